"""What drills share: children that die, and what must be true of every room they leave behind."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from msgspec import Struct

from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Record
from antiphon.room.events import EffectEnded, Event, RoomEnded, TurnEnded, TurnRequested
from antiphon.room.records import decode, line, parse_line
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records

collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []
"""Drills fork, stop and kill processes as POSIX has it."""

CHILDREN = Path(__file__).parent / "children"
SECONDS = 30.0
"""How long a child may take to die: a drill that hangs is a fault."""


class Fallen(Struct):
    """Is a process that is no more: what it printed, and how it ended."""

    printed: list[bytes]
    code: int


class Left(Struct):
    """Is one room as a dead process left it: its records, the turn and the pictures that were under way."""

    room: str
    records: list[Record]
    asked: TurnRequested | None
    effects: list[str]
    phase: str


class Survival(Struct):
    """Is what a drill counts."""

    unprinted: int
    lost: int
    painted: int


class Command:
    """Is `antiphon …` in a process of its own, read line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> bytes:
        """Give the next line of its standard output, without its end; b"" when there is none any more."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            return (await self.process.stdout.readline()).removesuffix(b"\n")

    async def rest(self) -> list[bytes]:
        """Wait until it ends, and give its whole lines not yet read."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            printed = await self.process.stdout.read()
            await self.process.wait()
        return whole(printed)

    async def ended(self) -> tuple[int, str]:
        """Wait until it ends; give its exit code and what it said on standard error."""
        assert self.process.stderr is not None
        async with asyncio.timeout(SECONDS):
            _, said = await self.process.communicate()
        return self.process.returncode or 0, said.decode()


async def start(*words: str | Path, env: Mapping[str, str] | None = None) -> Command:
    """Start the real command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "antiphon.cli",
        *map(str, words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(env or {})},
        limit=1 << 22,
    )
    return Command(process)


async def fall(folder: Path, gap: str, rooms: int, nths: Sequence[int]) -> list[Fallen]:
    """Have rooms run in one process for each of `nths`, and die in a gap the nth time they reach it."""
    words = map(str, (CHILDREN / "rooms.py", folder, gap, rooms, *nths))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(SECONDS):
        codes, _ = await process.communicate()
    lines = [whole((folder / f"{nth}.jsonl").read_bytes()) for nth in nths]
    return [Fallen(*fallen) for fallen in zip(lines, map(int, codes.split()), strict=True)]


def whole(printed: bytes) -> list[bytes]:
    """Give the lines that were written to their end."""
    return printed.split(b"\n")[:-1]


async def left(laboratory: Laboratory) -> list[Left]:
    """Look at what every room was left as, without taking it."""
    found = []
    for row in await laboratory.journal.rooms():
        records = await laboratory.journal.read(row.stream)
        state = fold_records(row.stream, await history(laboratory.journal, row.stream)).state
        found.append(Left(row.stream, records, state.open_turn, list(state.effects), state.phase))
    return found


def nothing_printed_is_lost(printed: Sequence[bytes], rooms: Sequence[Left]) -> None:
    """Check that every printed line stands in the journal, byte by byte, and without a gap before it."""
    stored = {(record.stream, record.seq): line(record) for room in rooms for record in room.records}
    places = [(record.stream, record.seq) for record in map(parse_line, printed)]
    assert [stored.get(place) for place in places] == list(printed)
    for room in rooms:
        mine = [seq for stream, seq in places if stream == room.room]
        assert mine == list(range(1, len(mine) + 1))


async def go_on(laboratory: Laboratory, rooms: Sequence[Left]) -> None:
    """Resume every room that has not ended, all at once, and run it to its end."""
    living = [room.room for room in rooms if room.phase != "ended"]
    sessions = [await laboratory.resume(name) for name in living]
    await asyncio.gather(*(session.run() for session in sessions))


def the_turn_was_asked_again(room: Left, since: Sequence[Event]) -> int:
    """Check what became of the turn that was under way: lost, told first of all, and its seat asked again."""
    lost = [event.body for event in since if isinstance(event.body, TurnEnded) and event.body.outcome == "lost"]
    if room.asked is None:
        assert lost == []
        return 0
    assert isinstance(since[0].body, TurnEnded)
    assert lost == [since[0].body]
    assert lost[0].turn == room.asked.turn
    again = next(event.body for event in since if isinstance(event.body, TurnRequested))
    assert (again.seat, again.turn) == (room.asked.seat, room.asked.turn + 1)
    return 1


async def the_pictures_came(laboratory: Laboratory, room: Left, since: Sequence[Event]) -> int:
    """Check that every picture under way was painted, once, and is kept."""
    came = {event.body.effect: event.body for event in since if isinstance(event.body, EffectEnded)}
    for effect in room.effects:
        assert came[effect].failed is None
        assert await laboratory.journal.get_blob(came[effect].blob or "") is not None
    return len(room.effects)


def every_turn_ended_once(events: Sequence[Event]) -> None:
    """Check that turns are numbered without a gap, and each was settled exactly once."""
    asked = [event.body.turn for event in events if isinstance(event.body, TurnRequested)]
    ended = [event.body.turn for event in events if isinstance(event.body, TurnEnded)]
    assert asked == ended == list(range(1, len(asked) + 1))


async def survive(journal: Path, printed: Sequence[bytes]) -> Survival:
    """Take up what a dead process left, at once, and check everything that must be true of it."""
    async with Laboratory(str(journal)) as laboratory:
        rooms = await left(laboratory)
        nothing_printed_is_lost(printed, rooms)
        await go_on(laboratory, rooms)
        counted = Survival(sum(len(room.records) for room in rooms) - len(printed), 0, 0)
        for room in rooms:
            records = await laboratory.journal.read(room.room)
            assert records[: len(room.records)] == room.records
            events = [decode(record) for record in records]
            since = events[len(room.records) :]
            counted.lost += the_turn_was_asked_again(room, since)
            counted.painted += await the_pictures_came(laboratory, room, since)
            every_turn_ended_once(events)
            assert isinstance(events[-1].body, RoomEnded)
        for checked in await verify_rooms(laboratory, views=True):
            assert checked.broken is None
            assert checked.views
    return counted


async def settled(journal: Path, printed: Sequence[Sequence[bytes]]) -> Survival:
    """Check one room that several commands ran one after the other: `printed` by each of them."""
    async with Laboratory(str(journal)) as laboratory:
        [room] = await left(laboratory)
        stored = {record.seq: line(record) for record in room.records}
        before = 0
        for lines in printed:
            seqs = [parse_line(text).seq for text in lines]
            assert [stored[seq] for seq in seqs] == list(lines)
            assert not seqs or (seqs[0] > before and seqs == list(range(seqs[0], seqs[-1] + 1)))
            before = seqs[-1] if seqs else before
        every_turn_ended_once([decode(record) for record in room.records])
        [checked] = await verify_rooms(laboratory, views=True)
        assert checked.broken is None
        events = [decode(record).body for record in room.records]
        lost = sum(isinstance(body, TurnEnded) and body.outcome == "lost" for body in events)
        return Survival(len(stored) - sum(map(len, printed)), lost, 0)


Start: TypeAlias = Callable[..., Awaitable[Command]]
Settled: TypeAlias = Callable[[Path, Sequence[Sequence[bytes]]], Awaitable[Survival]]
Fall: TypeAlias = Callable[[Path, str, int, Sequence[int]], Awaitable[list[Fallen]]]
Survive: TypeAlias = Callable[[Path, Sequence[bytes]], Awaitable[Survival]]


@pytest.fixture(name="fall")
def fall_() -> Fall:
    """Give what runs rooms until they die in a gap: (folder, gap, rooms, how often it is reached)."""
    return fall


@pytest.fixture
async def antiphon(tmp_path: Path) -> AsyncIterator[Start]:
    """Give what starts the real command, with a home of its own; what still runs at the end is killed."""
    commands: list[Command] = []
    home = {"ANTIPHON_DATA": str(tmp_path / "data"), "ANTIPHON_CONFIG": str(tmp_path / "config")}

    async def begin(*words: str | Path, env: Mapping[str, str] | None = None) -> Command:
        commands.append(await start(*words, env={**home, **(env or {})}))
        return commands[-1]

    yield begin
    for command in commands:
        if command.process.returncode is None:
            command.process.kill()
            await command.rest()


@pytest.fixture(name="settled")
def settled_() -> Settled:
    """Give what checks a room that several commands ran: (path, lines printed by each)."""
    return settled


@pytest.fixture(name="survive")
def survive_() -> Survive:
    """Give what resumes and checks all rooms of a journal: (path, printed lines)."""
    return survive
