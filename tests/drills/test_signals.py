"""`antiphon run` is told to stop by signals: it pauses, says how to go on, and the room can be gone on with."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command


async def paused(command: Any, *signals: signal.Signals) -> tuple[list[dict[str, Any]], str]:
    """Send signals while a seat is asked, the second when the first was taken in; give all events and stderr."""
    events: list[dict[str, Any]] = []
    while [event["type"] for event in events].count("turn.requested") < 2:
        events.append(json.loads(await command.line()))
    for number in signals:
        await asyncio.sleep(0.05)
        command.process.send_signal(number)
    lines = await command.rest()
    return events + [json.loads(line) for line in lines], (await command.process.stderr.read()).decode()


async def test_one_signal_lets_the_call_in_flight_finish_and_pauses(tmp_path: Path, antiphon: Start) -> None:
    async def drill(number: signal.Signals) -> None:
        journal = ("--journal", tmp_path / f"{number}.db")
        slow = ("--latency", "800-900ms", "--json", *journal)
        events, said = await paused(await antiphon("run", "dyad", "--rounds", "3", *slow), number)
        room = events[0]["room"]
        kinds = [event["type"] for event in events]
        assert kinds.count("turn.requested") == kinds.count("message.said") - 1 == kinds.count("turn.ended") == 2
        assert [event["to"] for event in events if event["type"] == "state.changed"] == ["paused"]
        assert f"antiphon resume {room}" in said
        again = await antiphon("resume", room, "--json", *journal)
        more = [json.loads(line) for line in await again.rest()]
        assert (more[0]["type"], more[0]["rule"]) == ("state.changed", "resumed")
        assert more[-1]["type"] == "room.ended"

    await asyncio.gather(*(drill(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)))


async def test_a_second_signal_cuts_the_call_at_once(tmp_path: Path, antiphon: Start) -> None:
    slow = ("--latency", "8s", "--json", "--journal", tmp_path / "j.db")
    command = await antiphon("run", "dyad", "--rounds", "1", *slow)
    events = [json.loads(await command.line())]
    while events[-1]["type"] != "turn.requested":
        events.append(json.loads(await command.line()))
    for _ in range(2):
        await asyncio.sleep(0.2)
        command.process.send_signal(signal.SIGINT)
    events += [json.loads(line) for line in await command.rest()]
    assert command.process.returncode == 0
    ended = [event for event in events if event["type"] == "turn.ended"]
    assert [event["outcome"] for event in ended] == ["cut"]
    assert [event["to"] for event in events if event["type"] == "state.changed"] == ["paused"]
