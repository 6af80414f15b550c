"""Kept prefix: the share of a seat's previous view that stands unchanged at the start of the next.

    python bench/prefix.py [--rooms 20]

Rooms of the shipped scenarios with builtin voices, every command allowed; rooms in which a prompt was replaced or
taken back, and rooms with a context window, are counted apart. The aim is 1.000 in all others.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics

from antiphon import Laboratory
from antiphon.room.events import PromptChanged, RuleNoted, TurnRequested
from antiphon.room.records import decode
from antiphon.runner.history import history


async def room(laboratory: Laboratory, scenario: str, seed: int) -> tuple[bool, list[float]]:
    """Run one room; tells whether anything in it may break a prefix, and the kept share of each turn."""
    session = await laboratory.begin(scenario, seed=seed)
    await session.run()
    bodies = [decode(record).body for record in await history(laboratory.journal, session.id)]
    breaks = any(isinstance(body, PromptChanged) and body.how != "add" for body in bodies)
    breaks |= any(isinstance(body, RuleNoted) and "unheard_before" in body.data for body in bodies)
    return breaks, [body.view.kept_prefix for body in bodies if isinstance(body, TurnRequested)]


async def measure(rooms: int) -> None:
    """Run and print."""
    async with Laboratory("memory:") as laboratory:
        for scenario in ("backrooms", "dyad", "group-chat", "solo"):
            found = [await room(laboratory, scenario, seed) for seed in range(rooms)]
            plain = [share for breaks, shares in found for share in shares if not breaks]
            broken = [share for breaks, shares in found for share in shares if breaks]
            shown = (
                f"mean {statistics.mean(plain):.4f}, least {min(plain):.4f} over {len(plain)} turns"
                if plain
                else "none"
            )
            rest = f"; with replace, revert or windows: mean {statistics.mean(broken):.4f}" if broken else ""
            print(f"{scenario:12} {shown}{rest}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", type=int, default=20)
    asyncio.run(measure(parser.parse_args().rooms))
