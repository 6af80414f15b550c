"""`!temperature`: a number in range, nothing that only looks like one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from hypothesis import given
from hypothesis import strategies as st

from antiphon.registry import plugin


@pytest.mark.parametrize(
    ("word", "value"), [("1.4", 1.4), ('"0.7"', 0.7), ("0", 0.0), ("2", 2.0), (".5", 0.5), ("1,", 1.0)]
)
def test_a_number_in_range_is_set(table: Callable[..., Table], word: str, value: float) -> None:
    room = table()
    (one,) = room.say("AI-1", f"!temperature {word}")
    assert (one.ran.outcome, one.shown) == ("done", "stripped")
    assert room.state.seats["AI-1"].temperature == value
    assert room.notices()[0].text == "[Echo adjusted their temperature]"


@pytest.mark.parametrize(
    "word",
    [
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "1e9",
        "-1",
        "2.0001",
        "1_0",
        "0x1",
        "١",
        "１",
        "",
        "hot",
        "999999999",
        "1.5.1",
        "--1",
    ],
)
def test_nan_inf_and_out_of_range_are_refused(table: Callable[..., Table], word: str) -> None:
    room = table()
    assert "from 0 to 2" in room.refusal("AI-1", f"!temperature {word}")
    assert room.state.seats["AI-1"].temperature is None


def test_only_one_change_a_turn(table: Callable[..., Table]) -> None:
    room = table()
    assert room.outcomes("AI-1", "!temperature 9\n!temperature 1\n!temperature 2") == ["refused", "done", "refused"]
    assert room.state.seats["AI-1"].temperature == 1.0


def test_it_never_reaches_another_seat(table: Callable[..., Table]) -> None:
    room = table()
    room.refusal("AI-1", '!temperature "AI-2" 1')
    assert room.state.seats["AI-2"].temperature is None


@given(most=st.floats(0, 2), value=st.decimals(0, 4, places=3))
def test_the_scenarios_maximum_is_the_one_promised(table: Callable[..., Table], most: float, value: object) -> None:
    room = table(limits={"temperature_max": most})
    (one,) = room.say("AI-1", f"!temperature {value}")
    assert (one.ran.outcome == "done") == (float(str(value)) <= most)
    assert f"0 to {most:g}" in plugin("command", "temperature").promise(("temperature",), room.state)
