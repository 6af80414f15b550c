"""Lives through many worlds and tells which of them broke: python -m antiphon.testing.simulation --worlds 500."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from antiphon.testing.simulation.world import Bugs, Found, world

__all__ = ["main"]

_BUGS = Bugs.__struct_fields__


def main() -> int:
    """Live through worlds; gives 1 when one broke."""
    parser = argparse.ArgumentParser(prog="python -m antiphon.testing.simulation", description=__doc__)
    parser.add_argument("--worlds", type=int, default=500, help="how many (default 500)")
    parser.add_argument("--seed", type=int, default=0, help="the first world's (default 0)")
    parser.add_argument("--processes", type=int, default=1, help="worlds at the same time (default 1)")
    parser.add_argument("--plant", choices=_BUGS, help="plant a bug, and stop at the first world that finds it")
    asked = parser.parse_args()
    bugs = Bugs(**{asked.plant: False}) if asked.plant else Bugs()
    began, mishaps, events, broken = time.monotonic(), 0, 0, 0
    seeds = range(asked.seed, asked.seed + asked.worlds)
    with ProcessPoolExecutor(asked.processes) as pool:
        for count, found in enumerate(pool.map(_live, seeds, repeat(bugs), chunksize=4), 1):
            mishaps, events = mishaps + sum(found.mishaps.values()), events + found.events
            if found.faults:
                broken += 1
                _tell(found, asked.plant)
                if asked.plant:
                    print(f"found in world {count} of {asked.worlds}")  # noqa: T201 - a command
                    pool.shutdown(cancel_futures=True)
                    return 0
    seconds = time.monotonic() - began
    pace = asked.worlds / seconds * 60
    print(  # noqa: T201 - a command
        f"{asked.worlds} worlds, {broken} broken, {events:,} events, {mishaps:,} mishaps, {pace:,.0f} worlds a minute"
    )
    return 1 if broken or asked.plant else 0


def _live(seed: int, bugs: Bugs) -> Found:
    return world(seed, bugs=bugs)


def _tell(found: Found, planted: str | None) -> None:
    again = f" --plant {planted}" if planted else ""
    print(f"python -m antiphon.testing.simulation --worlds 1 --seed {found.seed}{again}")  # noqa: T201 - a command
    for fault in found.faults:
        print(f"    {fault}")  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
