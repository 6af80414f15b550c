"""`!remember`: a bounded notebook of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from antiphon.registry import plugin


def test_the_oldest_note_goes_first(table: Callable[..., Table]) -> None:
    room = table(limits={"memory_notes": 2})
    for note in ("one", "two", "three"):
        (one,) = room.say("AI-1", f'!remember "{note}"')
        assert (one.ran.outcome, one.shown) == ("done", "stripped")
    assert room.state.seats["AI-1"].notes == ["two", "three"]
    assert room.state.seats["AI-2"].notes == []
    assert not room.notices()


def test_a_note_has_a_size_and_a_turn_few_of_them(table: Callable[..., Table]) -> None:
    room = table(limits={"memory_bytes": 4})
    assert "at most 4" in room.refusal("AI-1", '!remember "ababa"')
    assert room.outcomes("AI-1", '!remember "x"\n' * 50).count("done") == 4


@pytest.mark.parametrize("text", ["!remember", '!remember ""'])
def test_nothing_is_not_remembered(table: Callable[..., Table], text: str) -> None:
    table().refusal("AI-1", text)


def test_a_room_without_notebooks_says_so(table: Callable[..., Table]) -> None:
    assert "no notebooks" in table(limits={"memory_notes": 0}).refusal("AI-1", '!remember "x"')


def test_its_promise_names_the_limits(table: Callable[..., Table]) -> None:
    state = table(limits={"memory_notes": 3, "memory_bytes": 77}).state
    promise = plugin("command", "remember").promise(("remember",), state)
    assert "3 notes" in promise
    assert "77 bytes" in promise
