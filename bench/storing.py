"""Measures what storing a turn costs: CPU of all threads, per turn of three events in two acknowledged writes.

    python bench/storing.py [--rooms 200] [--turns 50] [--runs 5] [--folder DIR]

Each room waits for its acknowledgement before it goes on, as a room that runs does. Beside it stands the same loop
over a journal that keeps nothing, the same rows put into SQLite without hashing, heads or acknowledgements, and one
room alone (whose acknowledgement must not be held up). Read the figures as ratios within one run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import astuple

from antiphon.journal.schema import connect, create
from antiphon.journal.sqlite import SqliteJournal
from antiphon.room.events import Event, MessageSaid, TurnEnded, TurnRequested, Usage, ViewFact
from antiphon.room.journals import Claim, Lease, Record, Write
from antiphon.room.records import SALT_BYTES, seal

AT = "2026-11-21T09:30:00.123Z"
COUNTERS = {"scenario": "backrooms", "seats": 5, "turn": 1, "messages": 1, "tokens": 812, "cost": 0.0, "flags": 0}
TEXT = "The corridor hums at a pitch that only the two of us have agreed to hear. " * 11
"""About 800 bytes: what a message in a recorded room has on average."""


class Nothing:
    """Is a journal that keeps nothing and is heard at the loop's next turn."""

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Keep nothing."""
        assert write.events
        await asyncio.sleep(0)
        return ()


def requested(stream: str, seq: int) -> Event:
    """Make the event before a call."""
    view = ViewFact(bytes=40_000, digest="0123456789abcdef" * 4, kept_prefix=0.98)
    body = TurnRequested(turn=seq, seat="AI-1", heard=seq - 1, model="echo", parameters={"temperature": 1.0}, view=view)
    return Event(stream, seq, AT, "runner", body)


def ended(stream: str, seq: int) -> tuple[Event, Event]:
    """Make the two events after it."""
    usage = Usage(input=10_000, output=200, cached=9_800)
    body = TurnEnded(turn=seq, outcome="said", usage=usage, cost=0.0, finish="stop", ms=812, first_token_ms=120)
    said = MessageSaid(turn=seq, seat="AI-1", text=TEXT)
    return Event(stream, seq, AT, "runner", body), Event(stream, seq + 1, AT, "AI-1", said)


async def run_room(journal: Nothing | SqliteJournal, lease: Lease, turns: int) -> None:
    """Take turns, each write acknowledged before the next."""
    stream, fence, seq = lease.stream, lease.fence, lease.head_seq
    for _ in range(turns):
        events: tuple[Event, ...] = (requested(stream, seq + 1),)
        await journal.append(Write(stream=stream, fence=fence, events=events, phase="live", counters=COUNTERS))
        events = ended(stream, seq + 2)
        await journal.append(Write(stream=stream, fence=fence, events=events, phase="live", counters=COUNTERS))
        seq += 3


async def measure(journal: Nothing | SqliteJournal, rooms: int, turns: int) -> tuple[float, float]:
    """Give microseconds of CPU, and of waiting, per turn."""
    names = [f"backrooms-20261121-{number:08x}" for number in range(rooms)]
    if isinstance(journal, SqliteJournal):
        leases = await asyncio.gather(*(journal.claim(Claim(stream=name, create=True)) for name in names))
    else:
        leases = [Lease(stream=name, owner="", fence=1, head_seq=0, head_hash=b"") for name in names]
    cpu, wall = time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for lease in leases:
            group.create_task(run_room(journal, lease, turns))
    spent, waited = time.process_time() - cpu, time.perf_counter() - wall
    if isinstance(journal, SqliteJournal):
        await journal.close()
    return spent / (rooms * turns) * 1e6, waited / turns * 1e6


def several(runs: int, rooms: int, turns: int, folder: str | None) -> tuple[float, float]:
    """Give the medians over fresh journals; without a folder, over journals that keep nothing."""
    found: list[tuple[float, float]] = []
    for _ in range(runs):
        if folder is None:
            found.append(asyncio.run(measure(Nothing(), rooms, turns)))
            continue
        with tempfile.TemporaryDirectory(dir=folder) as place:
            found.append(asyncio.run(measure(SqliteJournal(Path(place) / "journal.db"), rooms, turns)))
    return statistics.median(cpu for cpu, _ in found), statistics.median(wait for _, wait in found)


def floor(rooms: int, turns: int, folder: str) -> float:
    """Give microseconds of CPU per turn for the same rows put into SQLite by a loop that does nothing else."""
    salt = b"s" * SALT_BYTES
    names = [f"backrooms-20261121-{number:08x}" for number in range(rooms)]
    groups: list[list[tuple[object, ...]]] = []
    for seq in range(1, 3 * turns, 3):
        before = [seal(b"h" * 32, requested(name, seq), salt) for name in names]
        after = [seal(b"h" * 32, event, salt) for name in names for event in ended(name, seq + 1)]
        groups += [[astuple(record)[:10] for record in part] for part in (before, after)]
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "journal.db"
        create(path)
        connection = connect(path)
        cpu = time.process_time()
        for rows in groups:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO event (stream, seq, at, type, by, v, salt, body, digest, hash) VALUES "
                "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            connection.execute("COMMIT")
        spent = time.process_time() - cpu
        connection.close()
    return spent / (rooms * turns) * 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", default=tempfile.gettempdir())
    chosen = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"load before the run: {load:.2f}; Python {sys.version.split()[0]}; {chosen.runs} runs, medians")
    least = statistics.median(floor(chosen.rooms, chosen.turns, chosen.folder) for _ in range(chosen.runs))
    print(f"the same rows into SQLite, {chosen.rooms} turns a commit, nothing else: {least:.1f} µs CPU a turn")
    for interval in (0.005, 0.0005):
        sys.setswitchinterval(interval)
        print(f"switch interval {interval * 1000:g} ms")
        bare, _ = several(chosen.runs, chosen.rooms, chosen.turns, None)
        kept, wait = several(chosen.runs, chosen.rooms, chosen.turns, chosen.folder)
        print(f"  a loop that keeps nothing, {chosen.rooms} rooms: {bare:7.1f} µs CPU a turn")
        print(f"  stored, {chosen.rooms} rooms: {kept:7.1f} µs CPU a turn, a room waits {wait / 1000:.1f} ms a turn")
        alone = kept - bare
        print(f"  storing alone: {alone:7.1f} µs CPU a turn of 3 events, {alone / least:.1f} times the bare rows")
        single, wait = several(chosen.runs, 1, 200, chosen.folder)
        print(f"  stored, 1 room: {single:7.1f} µs CPU a turn, it waits {wait / 1000:.2f} ms a turn (2 commits)")


if __name__ == "__main__":
    main()
