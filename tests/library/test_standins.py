"""Models are given to the seats they are to speak for, in order only where the order says it all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import UserError
from antiphon.library.standins import by_seat
from antiphon.room.events import SeatChanged
from antiphon.testing.events import Script

MODELS = st.lists(st.sampled_from(["echo", "listener", "openai:x"]), min_size=1, max_size=5)


def imported(seats: int) -> Script:
    """Seat participants whom nobody speaks for."""
    script = Script(seats)
    for seat in list(script.state.seats):
        script.add(SeatChanged(seat=seat, what="model", after={"provider": "imported"}))
    return script


@given(MODELS)
def test_models_in_order_are_taken_when_there_is_one_for_each_imported_seat(models: list[str]) -> None:
    given_to = [f"AI-{number}={model}" for number, model in enumerate(models, 1)]
    state = imported(len(models)).state
    assert by_seat(state, models) == tuple(given_to)
    assert by_seat(state, given_to) == tuple(given_to)


@pytest.mark.parametrize("seats", [["echo"], ["echo", "echo", "echo"], ["echo", "AI-2=echo"]])
def test_any_other_number_of_models_is_refused_with_what_to_say(seats: list[str]) -> None:
    with pytest.raises(UserError, match=r"2 imported seats.*say AI-1=echo"):
        by_seat(imported(2).state, seats)


def test_a_room_whose_seats_have_their_models_wants_the_seat_named() -> None:
    with pytest.raises(UserError, match="say AI-1=echo"):
        by_seat(Script(2).state, ["echo", "echo"])
    assert by_seat(Script(2).state, []) == ()
