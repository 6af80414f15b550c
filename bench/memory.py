"""Memory of a live room: 5 seats, 50 messages of 800 bytes, all views built.

    python bench/memory.py [--rooms 40]

Counted with tracemalloc as what goes away when the rooms do; the aim is 2.5 times a room's text and 5 KB.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import tracemalloc

from antiphon import __version__
from antiphon.assembly import SystemClock, lookup, open_journal
from antiphon.measures.tokens import count
from antiphon.room.contracts import Allowance, Journal, Listen, Painter, Reply, Speaker
from antiphon.room.events import RoomOpened
from antiphon.room.models import Card, Models
from antiphon.room.scenario import Pictures, Scenario, SeatPlan
from antiphon.room.seating import seat_body
from antiphon.room.state import Seat
from antiphon.room.view import View
from antiphon.runner.conduct import Conductor
from antiphon.runner.opening import open_room

SEATS, MESSAGES, BYTES = 5, 50, 800


class Fake:
    """Says 800 bytes."""

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002
        """Join the body, as a provider does, and answer."""
        assert view.body
        return Reply(text=f"{view.seat.id} {len(view.parts)} ".ljust(BYTES, "x"))


class Cast:
    """Seats the fake everywhere."""

    def speaker(self, seat: Seat, seed: int) -> Speaker:  # noqa: ARG002 - one fake for all
        """Give the fake."""
        return Fake()

    def painter(self, pictures: Pictures) -> Painter:
        """Refuse: nobody paints here."""
        raise NotImplementedError(pictures)


async def live(journal: Journal, number: int) -> Conductor:
    """Run a room to `MESSAGES` messages and keep it live."""
    scenario = Scenario(name="bench", seats=(SeatPlan(model="fake"),) * SEATS)
    card = Card(id="fake", provider="builtin", cost="free")
    opened = RoomOpened(scenario=scenario, seed=number, engine=__version__)
    room = await open_room(journal, SystemClock(), f"bench-{number}", opened)
    for plan in scenario.seats:
        room.take("scenario", seat_body(room.state, plan, card, commands=(), rules=room.rules))
    await room.flush()
    conductor = Conductor(room, Cast(), lookup(Models()), count)
    await conductor.run(MESSAGES)
    for seat in room.state.present():
        assert room.hearing.view(room.state, seat).body
    return conductor


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", type=int, default=40)
    rooms = parser.parse_args().rooms

    async def measure(path: str) -> float:
        journal = open_journal(path)
        warm = await live(journal, 0)
        tracemalloc.start()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        kept = [await live(journal, number + 1) for number in range(rooms)]
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
        del warm
        await journal.close()
        return (after - before) / len(kept)

    with tempfile.TemporaryDirectory() as folder:
        each = asyncio.run(measure(f"{folder}/journal.db"))
    text = MESSAGES * BYTES
    print(f"a live room: {each / 1024:.1f} KB for {text / 1024:.1f} KB of text: {each / text:.2f} times its text")
    print(f"aim: {(2.5 * text + 5 * 1024) / 1024:.1f} KB ({'kept' if each <= 2.5 * text + 5 * 1024 else 'missed'})")


if __name__ == "__main__":
    main()
