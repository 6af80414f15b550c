"""A person in a seat."""

from __future__ import annotations

from typing import Any

import pytest

from antiphon.errors import ProviderFailure
from antiphon.providers.human import PLUGIN
from antiphon.room.contracts import Allowance
from antiphon.room.view import View


@pytest.mark.parametrize(
    ("typed", "text", "passed"),
    [("Hello.", "Hello.", False), ("  two  ", "  two  ", False), ("", "", True), ("  ", "", True), (None, "", True)],
)
async def test_what_is_typed_is_said_and_nothing_is_a_pass(
    typed: str | None,
    text: str,
    passed: bool,  # noqa: FBT001 - a column of the table
    make_seat: Any,
    make_view: Any,
    make_means: Any,
) -> None:
    prompts: list[str] = []

    async def ask(prompt: str, view: View) -> str | None:
        prompts.append(f"{prompt}{view.room}")
        return typed

    seat = make_seat("person", label="Ada", provider="human")
    reply = await PLUGIN.speaker(seat, make_means(ask=ask)).speak(make_view(seat), Allowance())
    assert (reply.text, reply.passed, reply.cost) == (text, passed, 0.0)
    assert prompts == ["Ada: room-1"]


async def test_without_a_keyboard_the_seat_fails_and_says_why(make_seat: Any, make_view: Any, make_means: Any) -> None:
    seat = make_seat("person", label="Ada")
    with pytest.raises(ProviderFailure, match="nobody is at the keyboard for Ada"):
        await PLUGIN.speaker(seat, make_means()).speak(make_view(seat), Allowance())
