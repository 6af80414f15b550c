"""Runs rooms in a process of its own until a trap springs; prints each acknowledged event as `--json` does.

    python rooms.py JOURNAL GAP NTH ROOMS

Nothing follows the trap: the process dies in the gap. That it ends by itself is a fault of the drill, and exit 3.
"""

from __future__ import annotations

import asyncio
import sys

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

DRILL = Scenario(
    name="drill",
    seats=tuple(SeatPlan(model=model, extra={"gestures": "all"}) for model in ("echo", "listener", "suspect")),
    rights=RIGHTS,
    opening="Who was here before?",
    rules={"when_it_ends": {"rounds": {"count": 5}}},
)


def tell(event: Event, record: Record) -> None:  # noqa: ARG001 - a listener's signature
    """Print an acknowledged event, at once."""
    sys.stdout.buffer.write(line(record) + b"\n")
    sys.stdout.buffer.flush()


async def main(path: str, gap: str, nth: int, rooms: int) -> None:
    trap = Trap(next(known for known in GAPS if known == gap), nth)
    async with Laboratory(TrappedJournal(path, trap), latency=LATENCY) as laboratory:
        sessions = [await laboratory.begin(DRILL, seed=seed, name=f"drill-{seed}") for seed in range(rooms)]
        await asyncio.gather(*(follow(session, trap) for session in sessions))


async def follow(session: Session, trap: Trap) -> None:
    session.listen(tell)
    session.conductor.chunks = lambda seat, text: trap.reach("in mid-stream")  # noqa: ARG005 - a listener's signature
    await session.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    sys.exit(3)
