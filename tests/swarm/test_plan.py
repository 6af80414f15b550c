"""A plan gives the same rooms every time, each in one file; what it cannot be is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import UserError
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.swarm.plan import MOST_ROOMS, Plan, file_of, members, varied

SCENARIO = Scenario(name="talk", seats=(SeatPlan(model="echo"), SeatPlan(model="listener")))
OTHER = Scenario(name="walk", seats=(SeatPlan(model="echo"),))


@given(st.integers(1, 60), st.integers(0, 5), st.sampled_from([1, 2]))
def test_the_same_plan_gives_the_same_rooms_and_no_name_twice(rooms: int, seed: int, kinds: int) -> None:
    plan = Plan(name="s", scenarios=(SCENARIO, OTHER)[:kinds], rooms=rooms, seed=seed, spread=10.0)
    first, second = list(members(plan)), list(members(plan))
    assert first == second
    assert len({member.room for member in first}) == rooms
    assert all(0 <= member.begins < 10 for member in first)


@given(st.integers(1, 40), st.integers(0, 40))
def test_a_larger_plan_begins_with_the_rooms_of_a_smaller_one(rooms: int, more: int) -> None:
    small = Plan(name="s", scenarios=(SCENARIO, OTHER), rooms=rooms)
    large = Plan(name="s", scenarios=(SCENARIO, OTHER), rooms=rooms + more)
    assert list(members(large))[:rooms] == list(members(small))


def test_another_line_in_the_scenario_makes_other_rooms() -> None:
    changed = Scenario(name="talk", seats=(SeatPlan(model="echo", temperature=0.3), SeatPlan(model="listener")))
    one = {member.room for member in members(Plan(name="s", scenarios=(SCENARIO,), rooms=5))}
    two = {member.room for member in members(Plan(name="s", scenarios=(changed,), rooms=5))}
    assert not one & two


@given(st.text(min_size=1), st.integers(1, 64))
def test_a_room_lives_in_one_file(room: str, files: int) -> None:
    assert 0 <= file_of(room, files) < files
    assert file_of(room, files) == file_of(room, files)


@pytest.mark.parametrize("rooms", [0, -1, MOST_ROOMS + 1])
def test_a_number_of_rooms_that_cannot_be_is_refused(rooms: int) -> None:
    with pytest.raises(UserError, match="1 to"):
        Plan(name="s", scenarios=(SCENARIO,), rooms=rooms)


def test_a_table_makes_one_scenario_a_row_and_names_the_row_that_does_not_fit() -> None:
    made = varied(SCENARIO, [{"seats.1.temperature": "0.2"}, {"seats.1.temperature": "1.5", "seats.2.temperature": ""}])
    assert [scenario.seats[0].temperature for scenario in made] == [0.2, 1.5]
    with pytest.raises(UserError, match="row 2 of the table"):
        varied(SCENARIO, [{"seats.1.temperature": "0.2"}, {"seats.1.temperature": "hot"}])
