"""Measures what tinting costs: milliseconds of CPU a message of 800 characters, and the memory of a room's n-gram.

Run: `python bench/tint.py`. The prose is the echo's; the figures are medians of nine runs over 64 messages.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from importlib.resources import files
from statistics import median

from antiphon.measures.surprise import REMEMBERED, Surprise, Surprises
from antiphon.providers import voices
from antiphon.transcripts.markup import marked_up
from antiphon.transcripts.tint import shaded, tinted

SIZE, MESSAGES, RUNS = 800, 64, 9
PROSE = files(voices).joinpath("prose.txt").read_text("utf-8").replace("\n", " ")
TEXTS = [PROSE[at : at + SIZE] for at in range(0, SIZE * MESSAGES, SIZE)]


def spent(deed: Callable[[], object]) -> tuple[float, float, float]:
    """Give milliseconds of CPU a message: median, least and most."""
    found = []
    for _ in range(RUNS):
        began = time.process_time()
        deed()
        found.append((time.process_time() - began) / MESSAGES * 1e3)
    return median(found), min(found), max(found)


def read() -> list[Surprise]:
    """Read a room from its beginning; it forgets its older half when it must."""
    room = Surprises()
    return [room.see(text) for text in TEXTS]


def held() -> int:
    """Give the bytes that a room holds at most while it says four times what is remembered."""
    tracemalloc.start()
    room = Surprises()
    for at in range(0, 4 * REMEMBERED, SIZE):
        room.see(PROSE[at : at + SIZE])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main() -> None:
    """Print one line a deed."""
    print(f"load {os.getloadavg()[0]:.1f}; {MESSAGES} messages of {SIZE} characters")
    found, pages = read(), [marked_up(text) for text in TEXTS]
    rows: dict[str, Callable[[], object]] = {
        "surprise": read,
        "spans outside drawings and code": lambda: [shaded(*pair) for pair in zip(TEXTS, found, strict=True)],
        "safe HTML alone": lambda: [marked_up(text) for text in TEXTS],
        "tint of safe HTML": lambda: [tinted(*triple) for triple in zip(pages, TEXTS, found, strict=True)],
    }
    for name, deed in rows.items():
        middle, least, most = spent(deed)
        print(f"{name:34} {middle:.2f} ms a message ({least:.2f} to {most:.2f})")
    plain = sum(map(len, pages))
    washed = sum(len(tinted(*triple)) for triple in zip(pages, TEXTS, found, strict=True))
    print(f"{'a tinted page':34} {washed / plain:.2f} times the untinted one")
    print(f"{'a room at most':34} {held() / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
