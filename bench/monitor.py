"""Costs of the monitor: microseconds and bytes of state, per message of 800 bytes: `python bench/monitor.py`.

Also what a message costs after 100 and after 10,000 of them. Counted in CPU time; the same words are split by
`str.split` in the same run, so that ratios can be compared between machines.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from itertools import cycle, islice
from random import Random

from antiphon.monitor.monitor import Monitor
from antiphon.testing.streams import talk

BYTES, MANY = 800, 10_000


def messages(count: int) -> list[tuple[str, str]]:
    """Make messages of 800 bytes."""
    chance = Random(1)
    said = cycle([text for _, text in talk(chance, 4_000)])
    made = []
    for turn in range(count):
        text = ""
        while len(text) < BYTES:
            text += next(said) + " "
        made.append(("AB"[turn % 2], text[:BYTES]))
    return made


def main() -> None:
    """Measure and print."""
    said = messages(MANY)
    began = time.process_time()
    for _, text in said:
        text.casefold().split()
    bare = (time.process_time() - began) / MANY * 1e6
    print(f"casefold and split: {bare:.1f} us a message")
    monitor = Monitor("careful")
    costs = []
    for start in range(0, MANY, 100):
        part = list(islice(said, start, start + 100))
        began = time.process_time()
        for who, text in part:
            monitor.see(who, text)
        costs.append((time.process_time() - began) / len(part) * 1e6)
    median = sorted(costs)[len(costs) // 2]
    print(f"see: median {median:.1f} us; first hundred {costs[0]:.1f}, last hundred {costs[-1]:.1f}")
    print(f"snapshot after {MANY:,}: {len(monitor.snapshot()):,} bytes")
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    kept = [Monitor("careful") for _ in range(10)]
    for one in kept:
        for who, text in said[:400]:
            one.see(who, text)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    print(f"live state: {(after - before) / len(kept) / 1024:.1f} KB")


if __name__ == "__main__":
    main()
