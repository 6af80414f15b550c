"""Notebooks: a seat's own, shown again when much was dropped, across rooms only under a memory's name."""

from __future__ import annotations

from typing import Any

REMEMBER = '!remember "the door was red"'


async def test_a_note_comes_back_in_a_later_room_of_the_same_memory(stage: Any) -> None:
    first = await stage.open({"AI-1": [REMEMBER], "AI-2": ["two"]}, rights=("*",), memory="house")
    await first.run(turns=1)
    later = await stage.open({"AI-1": ["what was it?"], "AI-2": ["two"]}, rights=("*",), memory="house")
    await later.run(turns=2)
    assert b"the door was red" in stage.troupe.speakers["AI-1"].heard[0]
    assert b"the door was red" not in stage.troupe.speakers["AI-2"].heard[0]


async def test_without_a_memory_nothing_crosses_from_room_to_room(stage: Any) -> None:
    first = await stage.open({"AI-1": [REMEMBER], "AI-2": ["two"]}, rights=("*",))
    await first.run(turns=1)
    for memory in ("", "another"):
        later = await stage.open({"AI-1": ["hm"], "AI-2": ["two"]}, rights=("*",), memory=memory)
        await later.run(turns=1)
        assert b"red" not in stage.troupe.speakers["AI-1"].heard[0]


async def test_the_notebook_is_shown_again_when_what_was_heard_is_dropped(stage: Any) -> None:
    words = "some words that fill a context quickly"
    conductor = await stage.open(
        {"AI-1": [REMEMBER, words], "AI-2": [words]},
        models=["small", "echo"],
        overflow="drop_oldest",
        rights=("remember",),
        rules={"when_it_ends": {"messages": {"count": 40}}},
    )
    await conductor.run()
    shown = [body for body in stage.troupe.speakers["AI-1"].heard if b"[your notebook]" in body]
    assert shown
    assert all(b"1. the door was red" in body for body in shown)
