"""Cost of noticing speech that comes apart, a piece of a stream and a whole message: `python bench/degeneration.py`.

Counted in CPU time; the same pieces are appended to a list in the same run, as every listener does anyway.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from statistics import median

from antiphon.monitor.degeneration import Listening, degeneration
from antiphon.testing.streams import talk

PIECE, SHORT, LONG, TIMES = 4, 800, 100_000, 9


def prose(size: int) -> str:
    """Make so many characters of sentences."""
    chance, text = Random(1), ""
    while len(text) < size:
        text += " ".join(said for _, said in talk(chance, 400)) + "\n"
    return text[:size]


def cost(work: Callable[[], object]) -> float:
    """Give the median CPU time of some runs, in microseconds."""
    took = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1e6)
    return median(took)


def main() -> None:
    """Measure and print."""
    text = prose(LONG)
    pieces = [text[start : start + PIECE] for start in range(0, LONG, PIECE)]

    def listen(part: list[str]) -> None:
        listening = Listening()
        for piece in part:
            listening.hear(piece)

    def append(part: list[str]) -> None:
        kept: list[str] = []
        for piece in part:
            kept.append(piece)  # noqa: PERF402 - as a listener does

    first, last = pieces[: len(pieces) // 10], pieces
    print(f"a piece of {PIECE} characters, first tenth: {cost(lambda: listen(first)) / len(first):.2f} us")
    print(f"a piece of {PIECE} characters, all of {LONG:,}: {cost(lambda: listen(last)) / len(last):.2f} us")
    print(f"the same appended to a list: {cost(lambda: append(last)) / len(last):.2f} us")
    message = text[:SHORT]
    print(f"a message of {SHORT}: {cost(lambda: [degeneration(message) for _ in range(1_000)]) / 1_000:.2f} us")
    for size in (4_000, 40_000):
        message = text[:size]
        assert degeneration(message) is None
        print(f"a message of {size:,}: {cost(lambda: degeneration(message)):.0f} us")  # noqa: B023 - called at once


if __name__ == "__main__":
    main()
