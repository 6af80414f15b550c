"""Measures the measures: microseconds of CPU a message of 800 bytes, one by one, and what a meter weighs.

Run: `python bench/measures.py`. Ratios count, not microseconds: each is told as a multiple of cutting the words, in
the same run, and the machine's load before it is told. The prose is the echo's; messages go through a room of two.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from importlib.resources import files
from itertools import islice, pairwise

from antiphon.measures import address, drift, lexical, novelty, repetition, shape, tokens
from antiphon.measures.fixation import Fixations
from antiphon.measures.meter import Meter
from antiphon.measures.overview import summary
from antiphon.measures.prediction import Prequential
from antiphon.measures.words import content_words, language, words
from antiphon.providers import voices

SIZE = 800
MESSAGES = 64
PROSE = files(voices).joinpath("prose.txt").read_text("utf-8").replace("\n", " ")
TEXTS = [PROSE[at : at + SIZE] for at in range(0, SIZE * MESSAGES, SIZE)]
SAID = [words(text) for text in TEXTS]
NAMES = ["AI-1", "AI-2"]


def spent(deed: Callable[[], object]) -> float:
    """Give the microseconds of CPU a message that a deed over all messages takes: the best of seven."""
    best = float("inf")
    for _ in range(7):
        began = time.process_time()
        deed()
        best = min(best, time.process_time() - began)
    return best / MESSAGES * 1e6


def recent() -> None:
    """Pack and remember the 3-grams of every message, with their share of new ones."""
    ids, seen = novelty.WordIds(), novelty.Recent[int]()
    for said in SAID:
        grams = novelty.packed(ids.of(said), 3)
        seen.new(grams)
        seen.add(grams)


def near() -> None:
    """Compare every message with the eight before it."""
    texts = [repetition.comparable(said) for said in SAID]
    for at, text in enumerate(texts):
        repetition.likeness(text, texts[max(0, at - 8) : at])


def gained() -> None:
    """Compress every message after the 16 KiB before it."""
    for at, text in enumerate(TEXTS):
        novelty.gain("".join(TEXTS[max(0, at - 21) : at]).encode(), text)


def predicted() -> None:
    """Predict and learn every message."""
    model = Prequential()
    for text in TEXTS:
        model.see(text)


def fixed() -> None:
    """Follow where the content words of every message stem from."""
    fixations = Fixations()
    for at, said in enumerate(SAID):
        fixations.see("AB"[at % 2], content_words(said, "en"))


def metered(*, costly: bool) -> None:
    """Measure everything."""
    meter = Meter(costly=costly)
    for at, text in enumerate(TEXTS):
        meter.see("AB"[at % 2], text)


def pace() -> None:
    """Compare every message with the room's own pace."""
    room = novelty.Pace()
    for said in SAID:
        room.see(len(said), 9)


DEEDS: dict[str, Callable[[], object]] = {
    "words": lambda: [words(text) for text in TEXTS],
    "language (of 400 characters)": lambda: [language(text[:400]) for text in TEXTS],
    "content words": lambda: [content_words(said, "en") for said in SAID],
    "period": lambda: repetition.period(TEXTS),
    "near (of the last 8)": near,
    "jaccard": lambda: [repetition.jaccard(one, other) for one, other in pairwise(SAID)],
    "new 3-grams (of the last 64)": recent,
    "pace": pace,
    "distinct, entropy": lambda: [(novelty.distinct(said, 2), novelty.entropy(said)) for said in SAID],
    "parts, emoji, alphabetic": lambda: [
        (shape.parts(text), shape.emoji_share(text), shape.alphabetic_share(text)) for text in TEXTS
    ],
    "lexicon (8 lists)": lambda: [lexical.counts(said, "en") for said in SAID],
    "speaks for other, misidentification": lambda: [
        (address.speaks_for_other(text, NAMES), address.self_misidentification(said, NAMES, "en"))
        for text, said in zip(TEXTS, SAID, strict=True)
    ],
    "fixation": fixed,
    "drift (once a room)": lambda: drift.drift(SAID),
    "tokens": lambda: [tokens.count(text) for text in TEXTS],
    "gain": gained,
    "bits": predicted,
    "a row": lambda: metered(costly=False),
    "a row with gain and bits": lambda: metered(costly=True),
    "a summary (rows included)": lambda: summary([("AB"[at % 2], text) for at, text in enumerate(TEXTS)]),
}


def weight(messages: int, *, costly: bool) -> float:
    """Give the KiB that a meter holds after so many messages of new words: the worst a room can do."""
    tracemalloc.start()
    meter = Meter(costly=costly)
    numbers = iter(range(messages * 200))
    before, _ = tracemalloc.get_traced_memory()
    for at in range(messages):
        meter.see("AB"[at % 2], " ".join(f"w{n}" for n in islice(numbers, 115)))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / 1024


def main() -> None:
    """Run the benchmark."""
    print(f"load before the run: {os.getloadavg()[0]:.2f}; {MESSAGES} messages of {SIZE} bytes")
    for deed in DEEDS.values():
        deed()
    unit = spent(DEEDS["words"])
    for name, deed in DEEDS.items():
        took = spent(deed)
        print(f"{name:<38} {took:>8.1f} µs a message  {took / unit:>6.1f} x words")
    for messages in (64, 640, 1_280):
        print(f"a meter after {messages} messages: {weight(messages, costly=False):,.0f} KiB")
    print(f"a meter with gain and bits after 64 messages: {weight(64, costly=True):,.0f} KiB")


if __name__ == "__main__":
    main()
