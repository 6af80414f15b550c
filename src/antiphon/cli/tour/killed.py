"""Act 3: a room runs in a process of its own, which is killed while it speaks; it is resumed and verified here."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from antiphon.cli.options import again
from antiphon.cli.tour.stage import Stage
from antiphon.errors import AntiphonError
from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Record
from antiphon.room.events import TurnRequested
from antiphon.room.records import decode, parse_line

__all__ = ["NAME", "ROUNDS", "SEATS", "SETTINGS", "play"]

NAME = "killed"

SEATS = ("suspect", "listener")
"""Small programs: one is wary of everything, one asks about everything."""

ROUNDS = 6
"""Enough to be killed in the middle and to have something left to say."""

SETTINGS = (
    'title="One who suspects and one who asks"',
    'opening="Good evening. Who was here before us?"',
    "opening_seat=0",
)
"""What the room is otherwise than the dyad: a title, and words to begin with where that one has a blank."""

KILLED_IN = 6
"""The turn in which the process is killed."""

SHOWN = 7
"""Messages that are shown. The act after this one begins there, where the seat that it gives away speaks next."""

_LATENCY = {True: "600-900ms", False: "300-300ms"}
"""How long each voice waits, where a person reads along and where nobody does: long enough to be killed in."""

_WITHIN = {True: 0.5, False: 0.1}
"""Seconds into the turn at which the process is killed."""

_SPEED = 4.0
_LONGEST_LINE = 1 << 20
"""Bytes of one event that are read from the process."""


async def play(stage: Stage) -> None:
    """Run the room elsewhere, kill that process, go on with the room here, and check it."""
    await stage.title(
        3,
        "The journal: kill it while it speaks",
        "Another process runs this room. Its seats are small programs.",
        "In turn 6 it is killed with SIGKILL, which no program can catch.",
    )
    async with _elsewhere(stage) as process:
        room, last = await _watch(stage, process)
        await asyncio.sleep(_WITHIN[stage.paced])
        process.kill()
        code = await process.wait()
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    stage.say("", f"  process {process.pid}: {name}, in the middle of turn {KILLED_IN}; {last} events kept")
    await stage.sleep(2)
    stage.say("", f"  $ {again('resume', room, stage.journal)}")
    session = await stage.laboratory.resume(room)
    await stage.show(session, _SPEED, messages=range(1, SHOWN + 1))
    stage.say("", f"  … and {session.state.messages - SHOWN} messages more, to its end.")
    stage.say("", f"  $ {again('verify', room, stage.journal, '--replay')}")
    stage.say(f"  {await _verdict(stage.laboratory, room)}")
    await stage.sleep(3)


@asynccontextmanager
async def _elsewhere(stage: Stage) -> AsyncGenerator[Process]:
    """Start the room in another process; whatever happens here, that process does not outlive this."""
    words = ["run", "dyad", "--rounds", str(ROUNDS), "--latency", _LATENCY[stage.paced], "--json"]
    words += ["--journal", stage.journal] if stage.journal else []
    words += [word for seat in SEATS for word in ("--seat", seat)]
    words += [word for setting in SETTINGS for word in ("--set", setting)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "antiphon.cli", *words),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        limit=_LONGEST_LINE,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _watch(stage: Stage, process: Process) -> tuple[str, int]:
    """Show the room as its process acknowledges events, up to the turn in which that process is killed."""
    first = await _next(process)
    stage.rooms[NAME] = first.stream
    async with stage.screen(first.stream) as shown:
        record = first
        while True:
            event = decode(record)
            await shown.show(event, record)
            if isinstance(event.body, TurnRequested) and event.body.turn == KILLED_IN:
                return record.stream, record.seq
            record = await _next(process)


async def _next(process: Process) -> Record:
    """Read the next event that the other process has stored."""
    line = await process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise AntiphonError("the other process ended before it could be killed; can it write the journal?")
    return parse_line(line)


async def _verdict(laboratory: Laboratory, room: str) -> str:
    [found] = await verify_rooms(laboratory, [room], views=True)
    if found.broken is not None:
        return f"broken at seq {found.seq}: {found.broken}"
    return f"{found.events} events, nothing was changed; what seats read in {found.views} turns was rebuilt exactly"
