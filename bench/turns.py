"""CPU per durable turn: `turn.requested` and the reply each acknowledged, views joined, 200 rooms at once.

    python bench/turns.py [--rooms 200] [--turns 100] [--runs 3]

In one run: the whole engine on SQLite, the same events stored alone, and a bare asyncio loop that keeps nothing.
The fake speaker receives the complete body as bytes; at 20 sampled turns it is compared with a naive rendering.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from antiphon import __version__
from antiphon.assembly import SystemClock, lookup, open_journal
from antiphon.measures.tokens import count
from antiphon.room.contracts import Allowance, Claim, Listen, Painter, Reply, Speaker, Write
from antiphon.room.events import RoomOpened, TurnRequested, Usage
from antiphon.room.models import Card, Models
from antiphon.room.scenario import Pictures, Scenario, SeatPlan
from antiphon.room.seating import seat_body
from antiphon.room.state import Seat
from antiphon.room.view import View
from antiphon.runner.conduct import Conductor
from antiphon.runner.opening import open_room

TEXT = (
    "It is the long way round, and she knew it before the lamp was lit; nothing in the room was where it had been. " * 8
)[:800]
USAGE = Usage(input=1000, output=200)
SAMPLES = 20


class Fake:
    """Takes the body and says 800 characters; compares sampled bodies with a naive rendering of the view."""

    def __init__(self, sample_every: int) -> None:
        """Compare every n-th call."""
        self._every, self._calls = sample_every, 0
        self.compared = 0
        self.received = 0

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002
        """Receive the whole body, give the text."""
        body = view.body
        self._calls += 1
        self.received += len(body)
        if self._calls % self._every == 0:
            assert json.loads(b"[" + body + b"]") == naive(view)
            self.compared += 1
        await asyncio.sleep(0)
        return Reply(text=f"{self._calls} {TEXT}", usage=USAGE)


def naive(view: View) -> list[dict[str, str]]:
    """Render a view the slow way: roles from the parts, neighbours of one role joined by a blank line."""
    messages: list[dict[str, str]] = []
    for role, text in view.lines():
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += "\n\n" + text
        else:
            messages.append({"role": role, "content": text})
    return messages


class Cast:
    """Seats one fake everywhere."""

    def __init__(self, fake: Fake) -> None:
        """Take the fake."""
        self._fake = fake

    def speaker(self, seat: Seat, seed: int) -> Speaker:  # noqa: ARG002 - one fake for all
        """Give the fake."""
        return self._fake

    def painter(self, pictures: Pictures) -> Painter:
        """Refuse: nobody paints here."""
        raise NotImplementedError(pictures)


async def engine(path: Path, rooms: int, turns: int, window: int) -> tuple[float, list[list[Write]], Fake]:
    """Run rooms to `turns` turns; returns CPU µs a turn over the last `window` turns of each, and their writes."""
    journal = open_journal(str(path))
    writes: list[list[Write]] = []
    append = journal.append

    async def kept(write: Write) -> object:
        writes[-1].append(write)
        return await append(write)

    fake = Fake(max(1, rooms * turns // SAMPLES))
    clock, found = SystemClock(), lookup(Models())
    scenario = Scenario(name="bench", seats=(SeatPlan(model="fake"), SeatPlan(model="fake")))
    card = Card(id="fake", provider="builtin", cost="free")
    conductors = []
    for number in range(rooms):
        opened = RoomOpened(scenario=scenario, seed=number, engine=__version__)
        room = await open_room(journal, clock, f"bench-{number}", opened)
        for plan in scenario.seats:
            room.take("scenario", seat_body(room.state, plan, card, commands=(), rules=room.rules))
        await room.flush()
        conductors.append(Conductor(room, Cast(fake), found, count))
    await asyncio.gather(*(conductor.run(turns - window) for conductor in conductors))
    writes.append([])
    journal.append = kept  # type: ignore[method-assign,assignment]  # the same journal, observed
    recorder = time.process_time()
    started = time.process_time()
    await asyncio.gather(*(conductor.run(window) for conductor in conductors))
    spent = time.process_time() - started
    del recorder
    await journal.close()
    return spent / (rooms * window) * 1e6, writes, fake


async def storing(path: Path, writes: list[Write]) -> float:
    """Store the same events again, alone; returns CPU µs a turn."""
    journal = open_journal(str(path))
    by_room: dict[str, list[Write]] = {}
    for write in writes:
        by_room.setdefault(write.stream, []).append(write)
    fences = {}
    for stream, own in by_room.items():
        lease = await journal.claim(Claim(stream=stream, create=True, head_seq=own[0].events[0].seq - 1))
        fences[stream] = lease.fence

    async def store(own: list[Write]) -> None:
        for write in own:
            await journal.append(
                Write(
                    stream=write.stream,
                    fence=fences[write.stream],
                    events=write.events,
                    phase=write.phase,
                    counters=write.counters,
                )
            )

    turns = sum(isinstance(event.body, TurnRequested) for write in writes for event in write.events)
    started = time.process_time()
    await asyncio.gather(*(store(own) for own in by_room.values()))
    spent = time.process_time() - started
    await journal.close()
    return spent / turns * 1e6


async def bare(rooms: int, turns: int, window: int) -> float:
    """Run the same talk keeping nothing but each room's list of texts; returns CPU µs a turn."""

    async def room() -> None:
        for _ in range(window):
            await asyncio.sleep(0)
            texts.append(TEXT)

    del turns
    texts: list[str] = []
    started = time.process_time()
    await asyncio.gather(*(room() for _ in range(rooms)))
    return (time.process_time() - started) / (rooms * window) * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--window", type=int, default=0, help="turns measured at the end; 0 = all")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    window = asked.window or asked.turns
    print(f"load before the run: {os.getloadavg()[0]:.2f}; {asked.rooms} rooms, {asked.turns} turns, last {window}")
    rows = []
    for _ in range(asked.runs):
        with tempfile.TemporaryDirectory() as folder:
            whole, writes, fake = asyncio.run(engine(Path(folder) / "a.db", asked.rooms, asked.turns, window))
            alone = asyncio.run(storing(Path(folder) / "b.db", writes[-1]))
        loop = asyncio.run(bare(asked.rooms, asked.turns, window))
        body = fake.received / fake._calls / 1024  # noqa: SLF001 - our own fake
        rows.append((whole, alone, loop))
        print(
            f"  engine {whole:7.1f} µs/turn   storing alone {alone:6.1f}   bare loop {loop:5.1f}   "
            f"ratio {whole / alone:4.2f}   mean body {body:,.0f} KB   bodies compared {fake.compared}"
        )
    whole, alone, loop = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"median: engine {whole:.1f}, storing alone {alone:.1f}, bare {loop:.1f}, ratio {whole / alone:.2f}")


if __name__ == "__main__":
    main()
