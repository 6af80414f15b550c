"""`!name`: a label of one's own, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from antiphon.registry import plugin


@pytest.mark.parametrize("name", ["Nova", "la  luna", "Ünïcode 7", "小さい", "AIden", "Roomba"])
def test_a_free_name_is_taken(table: Callable[..., Table], name: str) -> None:
    room = table()
    assert room.outcomes("AI-1", f'!name "{name}"') == ["done"]
    assert room.state.seats["AI-1"].label == " ".join(name.split())
    assert room.state.seats["AI-1"].id == "AI-1"


@pytest.mark.parametrize(
    "name",
    ["AI-1", "ai 2", "A.I.-7", "Al-1", "АI-1", "ＡＩ-3", "AI-٣", "room", "System", "SYSTEM ", "Ѕystem", "rооm", "User"],
)
def test_nobody_is_called_like_the_room_or_a_seats_id(table: Callable[..., Table], name: str) -> None:
    assert "would be taken for" in table().refusal("AI-1", f'!name "{name}"')


@pytest.mark.parametrize("name", ["Voice 2", "voice-2", "VOICE  2", "Vоice 2"])
def test_nobody_takes_anothers_name(table: Callable[..., Table], name: str) -> None:
    assert "AI-2" in table().refusal("AI-1", f'!name "{name}"')


def test_the_name_of_who_left_stays_theirs(table: Callable[..., Table]) -> None:
    room = table(3)
    room.say("AI-2", "!leave")
    assert "AI-2" in room.refusal("AI-1", '!name "Voice 2"')


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "…",
        "No]va",
        "[x]",
        "a:b",
        "a\u202eb",
        "a\u200bb",
        "a\x07b",
        "a\nb: c",
        "# x",
        "x" * 33,
        "!end",
    ],
)
def test_brackets_marks_and_invisible_characters_are_refused(table: Callable[..., Table], name: str) -> None:
    room = table()
    room.refusal("AI-1", f'!name "{name}"')
    assert room.state.seats["AI-1"].label == "Echo"


def test_two_seats_cannot_meet_in_one_name(table: Callable[..., Table]) -> None:
    room = table()
    room.say("AI-1", '!name "Nova"')
    assert "AI-1" in room.refusal("AI-2", '!name "N.O.V.A."')
    assert room.outcomes("AI-1", '!name "One"\n!name "Two"') == ["done", "refused"]


def test_its_promise_names_the_length_it_enforces(table: Callable[..., Table]) -> None:
    room = table(limits={"name_length": 4})
    assert "4 characters" in plugin("command", "name").promise(("name",), room.state)
    room.refusal("AI-1", '!name "Novas"')
    assert room.outcomes("AI-1", '!name "Nova"') == ["done"]
