"""What is asked of a room is never lost, and nothing that is asked can take the room's ears away."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import RoomOwned
from antiphon.library.erasing import delete_room
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Request
from antiphon.room.events import MessageSaid, NoticeGiven, RoomEnded
from antiphon.room.records import decode

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command


async def test_what_was_asked_of_an_owner_that_died_first_is_carried_out_by_the_next(
    tmp_path: Path, antiphon: Start
) -> None:
    journal = tmp_path / "j.db"
    slow = ("--latency", "50-100ms", "--json", "--journal", journal)
    owner = await antiphon("run", "dyad", "--rounds", "30", *slow)
    room = json.loads(await owner.line())["room"]
    owner.process.send_signal(signal.SIGSTOP)  # it lives, holds its lock, and hears nothing
    async with Laboratory(str(journal)) as second:
        assert await second.ask(room, "say", by="person:ada", text="Are you there?")
    owner.process.kill()
    await owner.process.wait()
    heir = await antiphon("resume", room, *slow)
    while (event := json.loads(await heir.line()))["by"] != "person:ada":
        pass
    assert event["text"] == "Are you there?"


POISON: dict[str, dict[str, Any]] = {
    "say": {},
    "whisper": {"seat": "AI-1"},
    "mute": {"seat": 7},
    "resume": {"ceilings": {"bogus": 1}},
    "change": {"seat": "AI-1", "what": "prompt", "how": "sideways", "value": "x"},
    "invite": {},
    "dance": {},
}
"""Requests that no command line of ours writes, but any process may put."""


@pytest.mark.parametrize("verb", POISON)
async def test_a_request_that_makes_no_sense_is_told_and_the_next_one_is_heard(verb: str, tmp_path: Path) -> None:
    path = str(tmp_path / "j.db")
    async with Laboratory(path, latency=(0.05, 0.05)) as owner, Laboratory(path) as other:
        session = await owner.begin("dyad", seed=1)
        running = asyncio.create_task(session.run())
        request = Request(id=os.urandom(8).hex(), stream=session.id, verb=verb, arguments=POISON[verb], by="person:eve")
        await other.journal.ask(request)
        await other.ask(session.id, "say", by="person:ada", text="Can you hear me?")
        await other.ask(session.id, "end", by="person:ada")
        async with asyncio.timeout(10):
            await running
        events = [decode(record) for record in await owner.journal.read(session.id)]
    told = [event.body.text for event in events if isinstance(event.body, NoticeGiven) and event.by == "person:eve"]
    assert len(told) == 1
    assert told[0].startswith(verb)
    assert "Can you hear me?" in [event.body.text for event in events if isinstance(event.body, MessageSaid)]


async def test_a_process_may_ask_things_of_the_room_it_runs_itself(tmp_path: Path) -> None:
    async with Laboratory(str(tmp_path / "j.db"), latency=(0.05, 0.05)) as laboratory:
        session = await laboratory.begin("dyad", seed=1)
        running = asyncio.create_task(session.run())
        await asyncio.sleep(0.1)
        await laboratory.ask(session.id, "say", by="person:ada", text="Can you hear me?")
        with pytest.raises(RoomOwned, match=f"process {os.getpid()}"):
            await laboratory.resume(session.id)
        with pytest.raises(RoomOwned, match=f"process {os.getpid()}"):
            await delete_room(laboratory, session.id)
        await laboratory.ask(session.id, "end")
        async with asyncio.timeout(10):
            await running
        bodies = [decode(record).body for record in await laboratory.journal.read(session.id)]
    assert "Can you hear me?" in [body.text for body in bodies if isinstance(body, MessageSaid)]
    assert isinstance(bodies[-1], RoomEnded)
