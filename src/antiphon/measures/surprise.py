"""Finds which words of a message surprise, given what the room said before: spans of a text with their bits.

Incremental over one room, in bounded memory: what was said long ago is forgotten. It knows no seat, no screen and no
colour, and it does not know whether a surprise is a good one; a list of random words surprises most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from antiphon.measures.prediction import MOST, Prequential
from antiphon.measures.words import located

__all__ = ["LEVELS", "READ", "REMEMBERED", "Shade", "Surprise", "Surprises", "first_and_last", "fused", "level_of"]

LEVELS = (8.0, 16.0, 32.0, 48.0)
"""Bits of a word from which on its level is 1, 2, 3 and 4. Below the first is what a room's own past leads one to
expect; between it and the second are known words in new company; above are words that nobody had said, the longer the
more."""

REMEMBERED = 32 * 1024
"""Characters of words a model reads before it is made anew from the newest half: at most 4.6 MB of memory a room."""

READ = 16 * 1024
"""Characters of a message that are looked at: a wall of text costs no more than 30 ms."""

Shade: TypeAlias = tuple[int, int, int]
"""(start, end, level): where words of one level from 1 to 4 stand in a text, in characters."""


class Surprise(Struct, frozen=True):
    """Says how surprising one message was.

    Attributes:
        words: (start, end, bits) of each word, in order; places are characters of the message.
    """

    words: tuple[tuple[int, int, float], ...] = ()

    @property
    def mean(self) -> float | None:
        """Give the bits a word; None for a message without words."""
        return sum(bits for *_, bits in self.words) / len(self.words) if self.words else None

    def shades(self, text: str) -> tuple[Shade, ...]:
        """Give where a text is to be tinted and how much; neighbours of one level on one line are one stretch.

        Args:
            text: the message this was found in.
        """
        found: list[Shade] = []
        for start, end, bits in self.words:
            level = level_of(bits)
            if not level:
                continue
            if found and found[-1][2] == level and text[found[-1][1] : start] in {"", " "}:
                start = found.pop()[0]  # noqa: PLW2901 - the stretch before grows by this word
            found.append((start, end, level))
        return tuple(found)


class Surprises:
    """Reads the messages of one room, oldest first.

    Args:
        remembered: characters of words after which the older half is forgotten.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        """Start before the first message."""
        self._most, self._size = remembered, 0
        self._model = Prequential(most=MOST)
        self._said: deque[Sequence[str]] = deque()

    def see(self, text: str) -> Surprise:
        """Say how surprising the next message is, and learn it."""
        found = located(text[:READ])
        said = [word for *_, word in found]
        if not said:
            return Surprise()
        costs = self._model.costs(said)
        self._remember(said)
        return Surprise(tuple((start, end, bits) for (start, end, _), bits in zip(found, costs, strict=True)))

    def _remember(self, said: Sequence[str]) -> None:
        self._said.append(said)
        self._size += _size(said)
        if self._size <= self._most:
            return
        while len(self._said) > 1 and self._size > self._most // 2:
            self._size -= _size(self._said.popleft())
        self._model = Prequential(most=MOST)
        for one in self._said:
            self._model.model.learn(one)


def level_of(bits: float) -> int:
    """Give the level of a word that cost so many bits: 0 (expected) to 4."""
    return sum(bits >= least for least in LEVELS)


def fused(means: Sequence[float], most: int) -> list[float]:
    """Give at most so many numbers for a room's messages: neighbours are one, as their mean."""
    width = max(1, -(-len(means) // most))
    parts = [means[at : at + width] for at in range(0, len(means), width)]
    return [sum(part) / len(part) for part in parts]


def first_and_last(means: Sequence[float]) -> tuple[float, float]:
    """Give the mean of a room's first quarter of messages and that of its last; of at least one message."""
    part = max(1, len(means) // 4)
    return sum(means[:part]) / part, sum(means[-part:]) / part


def _size(said: Sequence[str]) -> int:
    return sum(map(len, said)) + len(said)
