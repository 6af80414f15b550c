"""Runs rooms in processes of their own until a trap springs; each writes its acknowledged events as `--json` does.

    python rooms.py FOLDER GAP ROOMS NTH…

A process for each NTH, with the journal FOLDER/NTH.db and the lines in FOLDER/NTH.jsonl. Nothing follows the trap: the
process dies in the gap. That one ends by itself is a fault of the drill, and its status 3. Prints each status.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.contracts import Record
from antiphon.room.events import Event
from antiphon.room.records import line
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.testing.gaps import GAPS, Trap, TrappedJournal

LATENCY = (0.002, 0.012)
"""Seconds before a voice speaks: enough for rooms to overtake each other, little enough for many drills."""
RIGHTS = ("image", "prompt", "whisper")


def plan(gap: str) -> Scenario:
    """Plan three seats; where pictures are what matters, every message holds a command."""
    extra = {"gestures": "all"} if gap.startswith("picture") else {}
    return Scenario(
        name="drill",
        seats=tuple(SeatPlan(model=model, extra=extra) for model in ("echo", "listener", "suspect")),
        rights=RIGHTS,
        opening="Who was here before?",
        rules={"who_speaks": {"random": {}}, "when_it_ends": {"rounds": {"count": 5}}},
    )


def tell(event: Event, record: Record) -> None:  # noqa: ARG001 - a listener's signature
    """Print an acknowledged event, at once."""
    sys.stdout.buffer.write(line(record) + b"\n")
    sys.stdout.buffer.flush()


async def live(path: Path, trap: Trap, rooms: int) -> None:
    """Run some rooms at once, and all their writes through the trap."""
    async with Laboratory(TrappedJournal(path, trap), latency=LATENCY) as laboratory:
        sessions = [await laboratory.begin(plan(trap.gap), seed=seed, name=f"drill-{seed}") for seed in range(rooms)]
        await asyncio.gather(*(follow(session, trap) for session in sessions))


async def follow(session: Session, trap: Trap) -> None:
    session.listen(tell)
    session.conductor.chunks = lambda seat, text: trap.reach("in mid-stream")  # noqa: ARG005 - a listener's signature
    await session.run()


def begin(folder: Path, gap: str, rooms: int, nth: int) -> int:
    """Begin a process; it shares nothing with its siblings but what was imported."""
    if pid := os.fork():
        return pid
    os.dup2(os.open(folder / f"{nth}.jsonl", os.O_CREAT | os.O_WRONLY), sys.stdout.fileno())
    trap = Trap(next(known for known in GAPS if known == gap), nth)
    asyncio.run(live(folder / f"{nth}.db", trap, rooms))
    os._exit(3)


def main(folder: str, gap: str, rooms: str, *nths: str) -> None:
    pids = [begin(Path(folder), gap, int(rooms), int(nth)) for nth in nths]
    for pid in pids:
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))  # noqa: T201 - its one purpose


if __name__ == "__main__":
    main(*sys.argv[1:])
