"""`!whisper`: one hearer, no turn, no commands within."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from antiphon.room.events import MessageSaid
from antiphon.room.orders import heard_by_others


def test_only_one_seat_hears_it_and_it_takes_no_turn(table: Callable[..., Table]) -> None:
    room = table(3)
    text = 'good day\n\n!whisper "Voice 2" "the door is open"\n\nto all'
    (one,) = room.say("AI-1", text)
    assert (one.ran.outcome, one.shown) == ("done", "hidden")
    (said,) = one.ran.bodies
    assert isinstance(said, MessageSaid)
    assert (said.seat, said.to, said.text, said.whisper, said.turn) == (
        "AI-1",
        ("AI-2",),
        "the door is open",
        True,
        None,
    )
    assert room.state.messages == 1
    assert room.state.seats["AI-1"].messages == 1
    assert heard_by_others(text, [one]) == "good day\n\nto all"
    assert "door" not in str(one.ran.args)


def test_a_refused_or_unclosed_whisper_leaks_to_nobody(table: Callable[..., Table]) -> None:
    room = table(3)
    for text in ('!whisper "AI-9" "secret"', '!whisper "AI-2" "secret', '!whisper "AI-1" "secret"'):
        ran = room.say("AI-1", text)
        assert [one.ran.outcome for one in ran] == ["refused"]
        assert "secret" not in heard_by_others(text, ran)


def test_commands_in_a_whisper_are_text(table: Callable[..., Table]) -> None:
    room = table(3)
    ran = room.say("AI-1", '!whisper "AI-2" "listen:\n!leave\n!end"')
    assert [one.name for one in ran] == ["whisper"]
    assert not room.state.seats["AI-1"].left


def test_a_whisper_has_a_size_and_a_turn_holds_three(table: Callable[..., Table]) -> None:
    room = table(3)
    assert "bytes" in room.refusal("AI-1", f'!whisper "AI-2" "{"x" * 2001}"')
    assert room.outcomes("AI-1", '!whisper "AI-2" "x"\n' * 10).count("done") == 3


@pytest.mark.parametrize("text", ["!whisper", '!whisper "AI-2"', '!whisper "AI-2" " "', '!whisper "all" "x"'])
def test_no_hearer_and_no_words_are_refused(table: Callable[..., Table], text: str) -> None:
    table(3).refusal("AI-1", text)
