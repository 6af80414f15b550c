"""What other processes ask of a room: done in the transaction that takes the request away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from antiphon.room.contracts import Request
from antiphon.room.events import MessageSaid, NoticeGiven
from antiphon.runner.requests import VERBS, Inbox


def _request(conductor: Any, verb: str, **arguments: Any) -> Request:
    return Request(
        id=f"{verb}-{len(arguments)}",
        stream=conductor.room.lease.stream,
        verb=verb,
        arguments=arguments,
        by="person:ada",
    )


async def _do(stage: Any, conductor: Any, verb: str, **arguments: Any) -> None:
    await stage.journal.ask(_request(conductor, verb, **arguments))
    await Inbox({conductor.room.lease.stream: conductor}).look()
    assert await stage.journal.asked(None) == []


async def test_what_is_said_from_outside_is_heard_by_all(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await _do(stage, conductor, "say", text="hello")
    await conductor.run(turns=2)
    assert of_type(await stage.events(conductor), MessageSaid)[0].person == "ada"
    assert all(b"[ada]: hello" in speaker.heard[0] for speaker in stage.troupe.speakers.values())


async def test_a_whisper_reaches_its_seat_alone(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await _do(stage, conductor, "whisper", seat="AI-2", text="only you")
    await conductor.run(turns=2)
    assert b"only you" not in stage.troupe.speakers["AI-1"].heard[0]
    assert b"only you" in stage.troupe.speakers["AI-2"].heard[0]


async def test_a_pause_from_outside_lets_the_call_finish(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, seconds=0.05)
    running = asyncio.create_task(conductor.run())
    await asyncio.sleep(0.02)
    await _do(stage, conductor, "pause")
    await running
    assert conductor.room.state.phase == "paused"
    assert [body.text for body in of_type(await stage.events(conductor), MessageSaid)] == ["one"]


async def test_an_end_now_cuts_the_call(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, seconds=5.0)
    running = asyncio.create_task(conductor.run())
    await asyncio.sleep(0.02)
    await _do(stage, conductor, "end", now=True)
    await asyncio.wait_for(running, 1)
    assert (conductor.room.state.phase, conductor.room.state.why) == ("ended", "person")


async def test_mute_change_invite_and_remove_are_done(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await _do(stage, conductor, "mute", seat="AI-2")
    await _do(stage, conductor, "change", seat="Echo", what="temperature", value=0.5)
    await _do(stage, conductor, "change", seat="AI-1", what="prompt", value="Be brief.")
    await _do(stage, conductor, "invite", model="Listener", invitation="come in")
    await _do(stage, conductor, "remove", seat="AI-2")
    seats = conductor.room.state.seats
    assert seats["AI-2"].muted
    assert seats["AI-2"].left
    assert seats["AI-1"].temperature == 0.5
    assert seats["AI-1"].layers == ["Be brief."]
    assert seats["AI-3"].model == "listener"


@pytest.mark.parametrize("verb", [*VERBS, "dance"])
async def test_nothing_that_was_asked_vanishes(stage: Any, of_type: Any, verb: str) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    before = conductor.room.state.seq
    await _do(stage, conductor, verb, seat="nobody", text="x", model="none", what="what")
    events = [event for event in await stage.events(conductor) if event.seq > before]
    assert events
    if verb in {"dance", "whisper", "mute", "unmute", "remove", "change", "invite"}:
        assert of_type(events, NoticeGiven)[0].to == ()


async def test_a_request_to_an_ended_room_is_answered(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await conductor.run()
    await _do(stage, conductor, "say", text="too late")
    assert "fork" in of_type(await stage.events(conductor), NoticeGiven)[-1].text
