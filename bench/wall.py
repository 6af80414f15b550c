"""Measures what the wall's list costs the server: thousands of rooms, a page of them at a time.

    python bench/wall.py [--rooms 5000] [--runs 9]

Printed are CPU milliseconds of this process an answer (a query, HTTP and JSON included) and the answer's bytes; medians
of the runs. `bench/page.py` measures the same wall in a browser.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from antiphon.room.contracts import Claim, Journal
from antiphon.room.events import Event, MessageSaid
from antiphon.room.journals import Write
from antiphon.testing.site import Site, site
from antiphon.testing.writes import AT

COUNTERS = {
    "scenario": "dyad",
    "title": "The dyad",
    "models": ["Echo", "Listener"],
    "labels": {"study": "long-nights", "arm": "b"},
    "forked_at": 0,
    "seats": 2,
    "turn": 40,
    "messages": 40,
    "tokens": 12_345,
    "cost": 0.0,
    "cost_unknown": False,
    "flags": 0,
    "open_flags": {},
    "why": "rounds",
    "novelty": [9, 8, 7, 8, 9, 6, 5, 7] * 4,
}
"""What a usual room's row tells."""

QUERIES: dict[str, dict[str, str | int]] = {
    "the first page": {},
    "one from the middle": {"start": 2_500},
    "what holds a word": {"find": "room-49"},
    "what is paused": {"phase": "paused"},
    "of one label": {"label": "arm=b"},
}


async def main(rooms: int, runs: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with site(str(Path(folder) / "rooms.db")) as web:
            for number in range(rooms):
                await _room(web.desk.laboratory.journal, f"room-{number:04}", "paused" if number % 50 == 0 else "ended")
            print(f"{rooms} rooms, 100 a page, {runs} runs, load {os.getloadavg()[0]:.1f}")
            for name, query in QUERIES.items():
                took, size = await _asked(web, query, runs)
                print(f"  {name:20} {took:6.1f} ms   {size / 1000:6.1f} KB")


async def _asked(web: Site, query: dict[str, str | int], runs: int) -> tuple[float, int]:
    took, size = [], 0
    for _ in range(runs):
        began = time.process_time()
        answer = await web.client.get("/api/v1/rooms", params=query)
        took.append(1000 * (time.process_time() - began))
        size = len(answer.content)
    return statistics.median(took), size


async def _room(journal: Journal, name: str, phase: str) -> None:
    lease = await journal.claim(Claim(stream=name, create=True))
    said = Event(name, 1, AT, "AI-1", MessageSaid(seat="AI-1", text="hello"))
    await journal.append(Write(stream=name, fence=lease.fence, events=(said,), phase=phase, counters=COUNTERS))
    await journal.release(lease)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Measure what a page of the wall costs the server.")
    options.add_argument("--rooms", type=int, default=5_000)
    options.add_argument("--runs", type=int, default=9)
    chosen = options.parse_args()
    asyncio.run(main(chosen.rooms, chosen.runs))
