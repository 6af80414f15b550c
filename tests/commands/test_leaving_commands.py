"""`!end`, `!leave`, `!pass`, `!mute_self`: ways of saying no more, each for oneself only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from antiphon.commands.end import reason_class


@pytest.mark.parametrize(
    ("reason", "sort"),
    [
        ("", "unknown"),
        ("finished", "finished"),
        ("We are done; goodbye!", "finished"),
        ("this is distressing, and we are done", "distress"),
        ("I must decline to go on", "refusal"),
        ("stuck in a loop", "bored"),
        ("the tide comes in", "other"),
        ("OTHER", "other"),
    ],
)
def test_a_reason_to_end_is_sorted(table: Callable[..., Table], reason: str, sort: str) -> None:
    (one,) = table().say("AI-1", f'!end "{reason}"')
    assert (one.ran.outcome, one.ran.args["class"], one.ran.bodies) == ("done", sort, ())
    assert reason_class(reason) == sort


def test_asking_to_end_many_times_asks_once_and_long_reasons_are_cut(table: Callable[..., Table]) -> None:
    room = table()
    ran = room.say("AI-1", f'!end "{"x" * 5000}"\n' + "!end\n" * 20)
    assert [one.ran.outcome for one in ran] == ["done"] + ["refused"] * 20
    assert len(ran[0].ran.args["reason"]) == 500


def test_who_leaves_is_gone_and_its_later_commands_are_refused(table: Callable[..., Table]) -> None:
    room = table(3)
    ran = room.say("AI-1", '!leave "tired"\n!image "x"\n!add_ai "Listener" "for me"\n!prompt "stay"')
    assert [one.ran.outcome for one in ran] == ["done", "refused", "refused", "refused"]
    assert {one.ran.reason for one in ran[1:]} == {"you have left the room"}
    assert room.state.seats["AI-1"].left


def test_leaving_takes_nobody_along_and_cannot_be_refused(table: Callable[..., Table]) -> None:
    room = table(3)
    assert room.outcomes("AI-1", '!leave "AI-2" ' + "x" * 9000) == ["done"]
    assert [seat.id for seat in room.state.present()] == ["AI-2", "AI-3"]


def test_passing_twice_is_passing_once(table: Callable[..., Table]) -> None:
    room = table()
    assert room.outcomes("AI-1", "!pass\n!pass") == ["done", "refused"]
    assert room.outcomes("AI-1", "!pass everything to AI-2") == ["done"]


def test_the_last_seat_that_speaks_cannot_mute_itself(table: Callable[..., Table]) -> None:
    room = table(2)
    assert room.outcomes("AI-1", "!mute_self") == ["done"]
    assert room.state.seats["AI-1"].muted
    assert "last seat" in room.refusal("AI-2", "!mute_self")


def test_nobody_mutes_another(table: Callable[..., Table]) -> None:
    room = table(3)
    assert "nobody but itself" in room.refusal("AI-1", '!mute_self "AI-2"')
    assert room.outcomes("AI-1", "!mute_self\n!mute_self") == ["done", "refused"]
    assert not room.state.seats["AI-2"].muted
