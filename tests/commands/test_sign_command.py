"""`!sign`: the same text under every name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table


def test_the_last_signature_makes_the_last_word(table: Callable[..., Table]) -> None:
    room = table(3)
    (first,) = room.say("AI-1", '!sign "We were here."')
    assert first.ran.result == "not signed yet by AI-2, AI-3"
    room.say("AI-2", '!sign "we  were here."')
    assert not room.notices()
    (last,) = room.say("AI-3", '!sign "We were here."')
    assert last.ran.result == "signed by all"
    (notice,) = room.notices()
    assert notice.text.endswith("We were here.")
    assert notice.to is None


def test_signing_again_neither_counts_twice_nor_tells_twice(table: Callable[..., Table]) -> None:
    room = table(2)
    room.say("AI-1", '!sign "x"')
    assert "already" in room.refusal("AI-1", '!sign "X"')
    room.say("AI-2", '!sign "x"')
    room.refusal("AI-2", '!sign "x"')
    assert len(room.notices()) == 1


def test_a_changed_signature_is_withdrawn_from_the_first_text(table: Callable[..., Table]) -> None:
    room = table(2)
    room.say("AI-1", '!sign "x"')
    room.say("AI-1", '!sign "y"')
    room.say("AI-2", '!sign "x"')
    assert not room.notices()


@pytest.mark.parametrize("text", ["!sign", '!sign "  "', f'!sign "{"x" * 2001}"'])
def test_nothing_and_too_much_cannot_be_signed(table: Callable[..., Table], text: str) -> None:
    table().refusal("AI-1", text)


def test_one_message_signs_once(table: Callable[..., Table]) -> None:
    assert table(2).outcomes("AI-1", '!sign "a"\n!sign "b"') == ["done", "refused"]
