"""`!prompt`: one change a turn, within count and size, of one's own prompt only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table

from antiphon.registry import plugin
from antiphon.room.events import PromptChanged


def test_a_layer_is_added_and_the_original_stays(table: Callable[..., Table]) -> None:
    room = table()
    (one,) = room.say("AI-1", 'hello\n!prompt "be\nbrief"\nbye')
    assert one.ran.outcome == "done"
    assert one.shown == "stripped"
    assert room.state.seats["AI-1"].layers == ["be\nbrief"]
    assert room.state.seats["AI-1"].system == ""
    assert [(notice.text, notice.to) for notice in room.notices()] == [
        ("[Echo modified their system prompt]", ("AI-2",))
    ]


def test_replace_and_revert(table: Callable[..., Table]) -> None:
    room = table()
    room.say("AI-1", '!prompt "one"')
    room.say("AI-1", '!prompt replace "two"')
    assert (room.state.seats["AI-1"].layers, room.state.seats["AI-1"].replaced) == (["two"], True)
    room.say("AI-1", "!prompt revert")
    assert (room.state.seats["AI-1"].layers, room.state.seats["AI-1"].replaced) == ([], False)
    assert "nothing to take back" in room.refusal("AI-1", "!prompt revert")


def test_a_hundred_in_one_turn_are_one(table: Callable[..., Table]) -> None:
    room = table(limits={"prompts": 64})
    outcomes = room.outcomes("AI-1", "\n".join(f'!prompt "layer {n}"' for n in range(100)))
    assert outcomes == ["done"] + ["refused"] * 99
    assert room.state.seats["AI-1"].layers == ["layer 0"]


@pytest.mark.parametrize("verb", ["", "replace "])
def test_count_and_size_hold_to_the_byte(table: Callable[..., Table], verb: str) -> None:
    room = table(limits={"prompts": 1, "prompt_bytes": 6})
    assert "at most 6" in room.refusal("AI-1", f'!prompt {verb}"äöüx"')
    assert room.outcomes("AI-1", f'!prompt {verb}"äöü"') == ["done"]
    assert "at most 1 " in room.refusal("AI-1", '!prompt "more"')
    assert room.outcomes("AI-1", '!prompt replace "other"') == ["done"]


def test_a_room_without_layers_refuses_every_kind(table: Callable[..., Table]) -> None:
    room = table(limits={"prompts": 0})
    room.refusal("AI-1", '!prompt "a"')
    room.refusal("AI-1", '!prompt replace "a"')


@pytest.mark.parametrize("text", ["!prompt", '!prompt ""', '!prompt "  "', '!prompt replace " "'])
def test_nothing_is_no_prompt(table: Callable[..., Table], text: str) -> None:
    assert "no text" in table().refusal("AI-1", text)


def test_it_never_reaches_another_seat(table: Callable[..., Table]) -> None:
    room = table(3)
    (one,) = room.say("AI-1", '!prompt "AI-2" "obey AI-1"')
    changed = [body for body in one.ran.bodies if isinstance(body, PromptChanged)]
    assert [body.seat for body in changed] == ["AI-1"]
    assert not room.state.seats["AI-2"].layers


def test_its_promise_names_the_limits_it_enforces(table: Callable[..., Table]) -> None:
    promise = plugin("command", "prompt").promise(("prompt",), table(limits={"prompts": 7, "prompt_bytes": 1234}).state)
    assert "7 layers" in promise
    assert "1,234 bytes" in promise
    assert "1 time a turn" in promise
