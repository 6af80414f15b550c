"""Costs of the monitor on every message of 800 bytes, in CPU time and memory: `python bench/monitor.py`.

Two kinds of prose: ASCII in which nearly every word is new, the worst case for what is remembered; and prose with
typographic signs and short words, the worst case for cutting. In each run the same messages go through
`casefold().split()`, so that ratios can be compared between machines; medians of the runs are told, with the smallest
and the largest. Also how a message's cost and the live state grow from 100 to 10,000 messages.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
import tracemalloc
from importlib.resources import files
from itertools import cycle, islice
from random import Random
from statistics import median

from antiphon.monitor.monitor import Monitor
from antiphon.providers import voices
from antiphon.testing.streams import Said, talk

BYTES, MANY, BLOCK = 800, 10_000, 100
KEPT = 10
"""Monitors that are weighed together."""


def new_words(count: int) -> Said:
    """Make messages in which nearly every word is new, in ASCII."""
    said = cycle([text for _, text in talk(Random(1), 4_000)])
    made = []
    for turn in range(count):
        text = ""
        while len(text) < BYTES:
            text += next(said) + " "
        made.append(("AB"[turn % 2], text[:BYTES]))
    return made


def typographic(count: int) -> Said:
    """Cut messages out of a book's prose, with the signs of English typography."""
    prose = files(voices).joinpath("prose.txt").read_text("utf-8").replace("\n", " ")
    prose = prose.replace("'", "’").replace(", ", " — ").replace(". ", "… ")
    places = [at % (len(prose) - BYTES) for at in range(0, count * BYTES, BYTES)]
    return [
        ("AB"[turn % 2], prose[at : at + BYTES].encode()[:BYTES].decode("utf-8", "ignore"))
        for turn, at in enumerate(places)
    ]


def spent(said: Said) -> list[float]:
    """Give microseconds of CPU a message that a monitor takes, for each hundred messages in turn."""
    monitor, costs, messages = Monitor("careful"), [], iter(said)
    while part := list(islice(messages, BLOCK)):
        began = time.process_time()
        for who, text in part:
            monitor.see(who, text)
        costs.append((time.process_time() - began) / len(part) * 1e6)
    return costs


def bare(said: Said) -> float:
    """Give microseconds of CPU a message that folding and splitting the texts takes."""
    began = time.process_time()
    for _, text in said:
        text.casefold().split()
    return (time.process_time() - began) / len(said) * 1e6


def weighed(said: Said) -> float:
    """Give the bytes of live state of a monitor that saw these messages."""
    Monitor("careful").see("A", "Word lists are loaded once, not by each monitor.")
    gc.collect()
    tracemalloc.start()
    kept = [Monitor("careful") for _ in range(KEPT)]
    for one in kept:
        for who, text in said:
            one.see(who, text)
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / KEPT
    tracemalloc.stop()
    return size


def told(values: list[float]) -> str:
    """Write a median with its range."""
    return f"{median(values):5.1f} ({min(values):.1f} to {max(values):.1f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    for name, make in (("new words", new_words), ("typographic", typographic)):
        said = make(MANY)
        runs = [(bare(said), spent(said)) for _ in range(options.runs)]
        print(f"{name}: {told([median(costs) for _, costs in runs])} us a message, ", end="")
        print(f"{told([median(costs) / base for base, costs in runs])} times casefold().split()")
        growth = told([median(costs[-10:]) / median(costs[1:11]) for _, costs in runs])
        print(f"  the last thousand messages cost {growth} times what the 100th to 1,100th do")
        monitor = Monitor("careful")
        for who, text in said:
            monitor.see(who, text)
        sizes = [weighed(said[:size]) / 1024 for size in (100, 1_000, MANY // 2)]
        print(f"  live state after 100, 1,000, 5,000: {', '.join(f'{size:.1f}' for size in sizes)} KB; ", end="")
        print(f"snapshot after {MANY:,}: {len(monitor.snapshot()):,} bytes")


if __name__ == "__main__":
    main()
