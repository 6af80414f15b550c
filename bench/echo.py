"""Measures the echo: tokens a second of CPU, share of 8-grams found in its training text, training time.

Run: `python bench/echo.py`. Ratios count, not seconds: a bare pass of the token counter over the same speech is
measured in the same run, and the machine's load before it is told.
"""

from __future__ import annotations

import asyncio
import os
import time
import tracemalloc
from importlib.resources import files

from antiphon.measures.prediction import words
from antiphon.measures.tokens import count
from antiphon.providers import voices
from antiphon.providers.voices.echo import train, trained
from antiphon.testing.rehearsal import Rehearsal

RUN = 8
MESSAGES = 3_000
PROSE = files(voices).joinpath("prose.txt").read_text("utf-8")


def runs(text: str) -> list[tuple[str, ...]]:
    """Give the runs of eight words, case folded, without punctuation."""
    said = words(text)
    return [tuple(said[here : here + RUN]) for here in range(len(said) - RUN + 1)]


def training() -> None:
    """Print what training costs once a process."""
    began = time.process_time()
    train(PROSE)
    spent = time.process_time() - began
    tracemalloc.start()
    kept = train(PROSE)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"prose: {len(PROSE.encode()):,} bytes, {len(words(PROSE)):,} words, {len(set(words(PROSE))):,} different; "
        f"training {spent * 1000:.0f} ms of CPU, {kept.model.pairs:,} pairs, {size / 1e6:.1f} MB"
    )


def speaking(temperature: float | None, known: set[tuple[str, ...]]) -> None:
    """Print speed and share of quotation at one temperature."""
    room = Rehearsal("echo", "echo", "echo", seed=1, temperature=temperature, extra={"commands": False})
    began = time.process_time()
    texts = asyncio.run(room.talk(MESSAGES))
    spent = time.process_time() - began
    began = time.process_time()
    tokens = sum(count(text) for text in texts)
    counting = time.process_time() - began
    said = [run for text in texts for run in runs(text)]
    share = sum(run in known for run in said) / len(said)
    print(
        f"temperature {temperature if temperature is not None else 'default':>7}: {tokens / spent:>9,.0f} tokens/s "
        f"of CPU ({spent / counting:.0f} x counting them), {tokens / len(texts):.0f} tokens a message, "
        f"share of 8-grams found in the prose {share:.3f}"
    )
    assert share <= 0.30


def main() -> None:
    """Run the benchmark."""
    print(f"load before the run: {os.getloadavg()[0]:.2f}")
    training()
    trained()
    known = set(runs(PROSE))
    for temperature in (None, 0.0, 0.5, 1.5, 2.0):
        speaking(temperature, known)


if __name__ == "__main__":
    main()
