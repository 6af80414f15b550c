"""What the monitor does to rooms that live: every shipped scenario with its builtin voices, seed by seed.

    python bench/living.py [--seeds 200] [--rounds 30] [--policy careful]

Prints stops and pauses by detector; endings that seats ask for do not count. Any other one is a fault, and its seeds
are named: exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from antiphon.assembly import scenario_names
from antiphon.testing.living import lasting, run_living


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=30, help="0 = as many as are shipped")
    parser.add_argument("--policy", default="careful")
    options = parser.parse_args()
    faults = 0
    for name in scenario_names():
        tally = asyncio.run(run_living(lasting(name, options.rounds or None), options.policy, range(options.seeds)))
        faults += len(tally.seeds)
        print(f"{name}: {tally.rooms} rooms, {tally.messages:,} messages, stopped {len(tally.seeds)}", end="")
        print(f" {dict(tally.stops)} (seeds {tally.seeds[:10]})" if tally.stops else "", end="")
        print(f"; {tally.mutes} mutes, {tally.nudges} nudges; flags", dict(tally.flags.most_common()) or "none")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
