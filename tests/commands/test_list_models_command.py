"""`!list_models`: what `!add_ai` would accept, told to its issuer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from antiphon.room.scenario import Guest


def test_it_lists_whom_one_may_invite_and_who_is_here(table: Callable[..., Table]) -> None:
    (one,) = table(guests=(Guest(model="listener"), Guest(model="echo"), Guest(model="dear"))).say(
        "AI-1", "!list_models"
    )
    assert one.ran.result == "you may invite: Listener (listener), Dear (dear); here: AI-1 (echo), AI-2 (voice-2)"
    assert one.ran.bodies == ()


def test_a_long_list_is_cut_and_says_so(table: Callable[..., Table]) -> None:
    (one,) = table().say("AI-1", "!list_models please all")
    assert " and 23 more" in (one.ran.result or "")


def test_what_is_listed_is_accepted(table: Callable[..., Table]) -> None:
    (one,) = table(guests=(Guest(model="listener"),)).say("AI-1", "!list_models")
    assert "Listener" in (one.ran.result or "")
    room = table(guests=(Guest(model="listener"),))
    assert room.outcomes("AI-1", '!add_ai "listener" "x"') == ["done"]
    (after,) = room.say("AI-1", "!list_models")
    assert "you may invite: nobody" in (after.ran.result or "")


@pytest.mark.parametrize("text", ["!list_models " + "x " * 5000, '!list_models "dear"'])
def test_arguments_change_nothing(table: Callable[..., Table], text: str) -> None:
    (one,) = table().say("AI-1", text)
    assert "Dear" not in (one.ran.result or "")
