"""`!remove_ai`: a vote, never one voice's power."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table


def test_a_majority_of_the_others_within_a_round_carries(table: Callable[..., Table]) -> None:
    room = table(5)
    (first,) = room.say("AI-1", '!remove_ai "AI-3"')
    assert (first.ran.outcome, first.ran.result) == ("done", "1 of 3 votes needed")
    room.say("AI-2", '!remove_ai "Voice 3"')
    assert not room.state.seats["AI-3"].left
    (last,) = room.say("AI-4", "!remove_ai ai-3")
    assert "carried" in (last.ran.result or "")
    assert room.state.seats["AI-3"].left
    assert not any(seat.left for seat in room.state.seats.values() if seat.id != "AI-3")


def test_one_voice_in_a_dyad_removes_nobody(table: Callable[..., Table]) -> None:
    assert "2 voices" in table(2).refusal("AI-1", '!remove_ai "AI-2"')


def test_the_same_voice_counts_once(table: Callable[..., Table]) -> None:
    room = table(4)
    assert room.outcomes("AI-1", '!remove_ai "AI-2"\n' * 5) == ["done"] + ["refused"] * 4
    assert not room.state.seats["AI-2"].left


def test_the_target_has_no_voice_and_a_voice_may_be_taken_back(table: Callable[..., Table]) -> None:
    room = table(3)
    assert "itself" in room.refusal("AI-2", '!remove_ai "AI-2"')
    room.say("AI-1", '!remove_ai "AI-2"')
    room.say("AI-1", '!remove_ai "AI-2" no')
    room.say("AI-3", '!remove_ai "AI-2"')
    assert not room.state.seats["AI-2"].left


def test_votes_lapse_after_a_round(table: Callable[..., Table]) -> None:
    room = table(3)
    room.say("AI-1", '!remove_ai "AI-2"')
    room.pass_rounds(3)
    room.say("AI-3", '!remove_ai "AI-2"')
    assert not room.state.seats["AI-2"].left


@pytest.mark.parametrize("name", ["AI-9", "", "everybody", "room"])
def test_who_is_not_here_cannot_be_removed(table: Callable[..., Table], name: str) -> None:
    assert "there are: AI-2, AI-3" in table(3).refusal("AI-1", f'!remove_ai "{name}"')


def test_a_muted_seat_is_not_counted_among_the_voices(table: Callable[..., Table]) -> None:
    room = table(4)
    room.say("AI-4", "!mute_self")
    room.say("AI-1", '!remove_ai "AI-2"')
    room.say("AI-3", '!remove_ai "AI-2"')
    assert room.state.seats["AI-2"].left
