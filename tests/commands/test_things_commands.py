"""`!look`, `!take` and `!put`: things lie in places or in hands, and every refusal says what is in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ScenarioError
from antiphon.library.checking import checked
from antiphon.room.events import SeatLeft
from antiphon.room.scenario import Scenario, SeatPlan, Thing
from antiphon.room.state import fold
from antiphon.room.things import held, lying, meant

if TYPE_CHECKING:
    from tests.commands.conftest import Table

THINGS = (
    Thing(name="brass key", place="in the case", looks="Worn bright."),
    Thing(name="iron key", place="in the case"),
    Thing(name="clay bird", place="on the sill", looks="A whistle."),
    Thing(name="jar", place="on the sill"),
)
NAMES = [thing.name for thing in THINGS]


def result(room: Table, seat: str, text: str) -> str:
    """Say something with one command, which must be done, and give what its issuer is told."""
    (one,) = room.say(seat, text)
    assert one.ran.outcome == "done", one.ran.reason
    return one.ran.result or ""


def test_looking_tells_what_lies_where_and_who_holds_what(table: Callable[..., Table]) -> None:
    room = table(things=THINGS)
    assert result(room, "AI-1", "!look") == "in the case: brass key, iron key; on the sill: clay bird, jar"
    room.say("AI-1", '!take "the clay bird"')
    room.say("AI-2", '!take "iron key"')
    assert result(room, "AI-1", "!look") == (
        "in the case: brass key; on the sill: jar; you hold: clay bird; Voice 2 holds: iron key"
    )
    assert result(room, "AI-1", '!look "clay bird"') == "clay bird, in your hand. A whistle."
    assert result(room, "AI-1", '!look "iron key"') == "iron key, held by Voice 2."


def test_what_is_taken_is_held_and_what_is_put_lies_there(table: Callable[..., Table]) -> None:
    room = table(things=THINGS)
    assert result(room, "AI-1", "!take bird") == "you hold the clay bird. A whistle."
    assert [thing.name for thing in held(room.state, "AI-1")] == ["clay bird"]
    assert result(room, "AI-1", '!put "bird" "case"') == "it lies in the case"
    assert lying(room.state, THINGS[2]).place == "in the case"
    assert [notice.text for notice in room.notices()] == [
        "[Echo took the clay bird]",
        "[Echo put the clay bird in the case]",
    ]
    assert {notice.to for notice in room.notices()} == {("AI-2",)}


def test_put_without_a_place_puts_it_back(table: Callable[..., Table]) -> None:
    room = table(things=THINGS)
    room.say("AI-1", "!take jar")
    assert result(room, "AI-1", "!put jar") == "it lies on the sill"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!take", 'write !take "thing"'),
        ("!take sword", "there is no 'sword' here; there are: brass key, iron key, clay bird, jar"),
        ("!take key", "may mean several things: brass key, iron key"),
        ("!take jar", "Voice 2 holds the jar"),
        ("!put", 'write !put "thing" "place"'),
        ("!put jar", "you do not hold the jar; you hold: nothing"),
        ("!look sword", "there is no 'sword' here"),
    ],
)
def test_a_refusal_says_what_is_in_the_way(table: Callable[..., Table], text: str, reason: str) -> None:
    room = table(things=THINGS)
    room.say("AI-2", "!take jar")
    assert reason in room.refusal("AI-1", text)


def test_a_place_that_is_none_is_refused_with_those_there_are(table: Callable[..., Table]) -> None:
    room = table(things=THINGS)
    room.say("AI-1", "!take jar")
    assert "there is no place 'roof' here; there are: in the case, on the sill" in room.refusal("AI-1", "!put jar roof")


def test_hands_are_full_at_the_scenarios_limit(table: Callable[..., Table]) -> None:
    room = table(things=THINGS, limits={"hands": 1})
    assert room.outcomes("AI-1", "!take jar\n!take bird") == ["done", "refused"]
    assert "you hold the jar already" in room.refusal("AI-1", "!take jar")
    assert "your hands are full: you may hold 1 thing" in room.refusal("AI-1", "!take bird")


def test_looking_is_bounded(table: Callable[..., Table]) -> None:
    assert table(things=THINGS).outcomes("AI-1", "!look\n" * 6).count("done") == 4


@pytest.mark.parametrize("text", ["!look", "!take jar", "!put jar"])
def test_a_room_without_things_says_so(table: Callable[..., Table], text: str) -> None:
    assert "no things in this room" in table().refusal("AI-1", text)


def test_what_a_seat_held_when_it_left_lies_where_it_first_lay(table: Callable[..., Table]) -> None:
    room = table(things=THINGS)
    room.say("AI-1", "!take jar\n!take bird")
    room.say("AI-1", '!put bird "in the case"')
    room.take("room", SeatLeft(seat="AI-1"))
    assert lying(room.state, THINGS[3]).place == "on the sill"
    assert lying(room.state, THINGS[2]).place == "in the case"


MOVES = st.lists(
    st.tuples(st.sampled_from(["AI-1", "AI-2"]), st.sampled_from(["take", "put"]), st.sampled_from(NAMES)), max_size=20
)


@given(moves=MOVES)
def test_each_thing_is_in_one_place_or_one_hand_whatever_is_done(
    table: Callable[..., Table], moves: list[tuple[str, str, str]]
) -> None:
    room = table(things=THINGS, limits={"hands": 2})
    for seat, verb, name in moves:
        room.say(seat, f'!{verb} "{name}"')
    state = fold("r", room.events)
    for thing in THINGS:
        here = lying(state, thing)
        assert bool(here.place) != bool(here.seat)
    assert all(len(held(state, seat)) <= 2 for seat in state.seats)


@given(words=st.text(max_size=80))
def test_any_words_mean_one_thing_or_are_refused(table: Callable[..., Table], words: str) -> None:
    found = meant(table(things=THINGS).state, words)
    assert isinstance(found, Thing) or found.outcome == "refused"


@pytest.mark.parametrize("names", [("jar", "JAR"), ("a\nb",), ("[room]",)])
def test_names_that_mean_two_things_or_look_like_a_notice_are_refused(names: tuple[str, ...]) -> None:
    things = tuple(Thing(name=name, place="here") for name in names)
    with pytest.raises(ScenarioError, match=r"\$\.things\[\d\]"):
        checked(Scenario(name="x", seats=(SeatPlan(model="echo"),), things=things))


def test_a_scenario_without_things_is_stored_as_before() -> None:
    assert b"things" not in msgspec.json.encode(Scenario(name="x", seats=(SeatPlan(model="echo"),)))
