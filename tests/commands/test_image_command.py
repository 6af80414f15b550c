"""`!image`: pending pictures, no copies, no storms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Table


def test_a_picture_is_pending_under_an_effect_of_its_own(table: Callable[..., Table]) -> None:
    room = table()
    ran = room.say("AI-1", '!image "a door"\n!image again "a door"\n!image a bare hill')
    assert [one.ran.outcome for one in ran] == ["pending"] * 3
    assert [one.ran.args["text"] for one in ran] == ["a door", "a door", "a bare hill"]
    assert [one.ran.args["variant"] for one in ran] == [0, 1, 0]
    assert len(room.state.effects) == 3
    assert {one.shown for one in ran} == {"stays"}


def test_eight_of_which_two_are_copied_are_six(table: Callable[..., Table]) -> None:
    room = table()
    first = room.say("AI-1", "\n".join(f'!image "picture {n}"' for n in "abcd"))
    copies = ["!image “PICTURE   A”", "!image 'ｐicture\u200b b'", '!image "picture e"', '!image "picture f"']
    second = room.say("AI-2", "\n".join(copies))
    assert [one.ran.outcome for one in first + second] == ["pending"] * 4 + ["refused"] * 2 + ["pending"] * 2
    assert second[0].ran.reason == "already asked within the last 8 messages by AI-1"
    assert room.state.images == 6


def test_ones_own_copy_in_the_same_message_is_refused(table: Callable[..., Table]) -> None:
    room = table()
    ran = room.say("AI-1", '!image "x"\n!image "x"')
    assert [one.ran.outcome for one in ran] == ["pending", "refused"]
    assert "by you" in (ran[1].ran.reason or "")


@pytest.mark.parametrize(("between", "outcome"), [(7, "refused"), (8, "pending")])
def test_the_window_is_counted_in_messages(table: Callable[..., Table], between: int, outcome: str) -> None:
    room = table()
    room.say("AI-1", '!image "x"')
    for _ in range(between):
        room.say("AI-2", "hm")
    assert room.outcomes("AI-2", '!image "x"') == [outcome]


def test_a_refused_one_does_not_block_the_next(table: Callable[..., Table]) -> None:
    room = table(limits={"images": 1})
    room.say("AI-1", '!image "x"')
    room.refusal("AI-1", '!image "y"')
    assert "picture" in room.refusal("AI-2", '!image "y"')


def test_a_window_of_nothing_refuses_nothing(table: Callable[..., Table]) -> None:
    room = table(limits={"repeat_window": 0})
    assert room.outcomes("AI-1", '!image "x"\n!image "x"') == ["pending", "pending"]


def test_pictures_run_out_within_one_message(table: Callable[..., Table]) -> None:
    room = table(limits={"images": 3})
    assert room.outcomes("AI-1", "\n".join(f'!image "{n}"' for n in range(50))).count("pending") == 3


@pytest.mark.parametrize("text", ["!image", '!image ""', f'!image "{"x" * 4001}"'])
def test_nothing_and_too_much_are_refused(table: Callable[..., Table], text: str) -> None:
    table().refusal("AI-1", text)
