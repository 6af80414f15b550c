"""Learns how a conversation goes on, tells how well it foresaw each message, and speaks like it: the ghost's mind.

Prequential: a message is scored before it is learned. A word never met costs its spelling too, so that a mind which
knows nothing is surprised by everything. It is bounded, lives in memory only, and knows no room, seat or clock.

Source: A. P. Dawid, "The prequential approach" (1984), for scoring before learning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from antiphon.measures.prediction import Ngram, words

__all__ = ["MOST", "Mimic", "tokens"]

MOST = 60_000
"""(context, word) pairs a mind may hold: some 15,000 words of talk, about 10 MB."""

_ORDER = 4
"""Words in a run, the foreseen one included; at 5 two thirds of what it says are quotations."""

_SPELLED = 3.0
"""Bits a letter of an unknown word costs: what English costs a reader who knows its letters and nothing else."""

_SENTENCES = 2
"""Sentences it says at most."""

_LONGEST = 20_000
"""Characters of one message that are heard: a megabyte of noise is no conversation."""

_STOP = re.compile(r"([.,;:?!…。！？])")
_ENDS = frozenset(".?!…。！？")
_WIDE = "\u2e80"
"""From here on scripts write no space between their characters."""


def tokens(text: str, markers: Sequence[str] = ()) -> list[str]:
    """Cut a text into words and stops; end markers and lines that begin with "!" are left out.

    Example:
        >>> tokens('Hello, there. [END]', ["[END]"])
        ['hello', ',', 'there', '.']
    """
    for marker in markers:
        text = text.replace(marker, " ")
    spoken = " ".join(line for line in text[:_LONGEST].split("\n") if not line.lstrip().startswith(("!", "！")))
    found: list[str] = []
    for chunk in _STOP.split(spoken):
        found += [chunk] if _STOP.fullmatch(chunk) else words(chunk)
    return found


class Mimic:
    """Foresees, learns and speaks one conversation.

    Args:
        most: (context, word) pairs it may hold; at that size it learns nothing more.
        markers: strings it never learns, such as "[END]".
    """

    def __init__(self, most: int = MOST, markers: Sequence[str] = ()) -> None:
        """Begin knowing nothing."""
        self._model, self._markers = Ngram(_ORDER, most), tuple(markers)

    @property
    def pairs(self) -> int:
        """Give how many (context, word) pairs it holds."""
        return self._model.pairs

    def bits(self, text: str) -> float | None:
        """Give its surprise in bits per character; None where a text has no words."""
        found = tokens(text, self._markers)
        if not found:
            return None
        known, said, total = self._model.follows(()), ["."], 0.0
        for word in found:
            total += self._model.score(word, said) + (0.0 if word in known else _SPELLED * len(word))
            said.append(word)
        return total / sum(len(word) for word in found)

    def learn(self, text: str) -> None:
        """Learn how a message begins and goes on."""
        found = tokens(text, self._markers)
        if found:
            self._model.learn([".", *found])

    def speak(self, chance: Callable[[], float], most: int = 60) -> str:
        """Say one or two sentences in the manner of what it learned; "" when it learned nothing.

        Args:
            chance: gives numbers in [0, 1).
            most: words and stops at most.
        """
        said, ends = ["."], 0
        while len(said) <= most and ends < _SENTENCES:
            word = self._model.sample(said, chance, least=1)
            if not word or (len(said) == 1 and _STOP.fullmatch(word)):
                break
            said.append(word)
            ends += word in _ENDS
        return _written(said[1:])


def _written(said: Sequence[str]) -> str:
    """Join words and stops as people write them; the first line never begins with a command's mark."""
    text, begins = "", True
    for word in said:
        if _STOP.fullmatch(word):
            text += word
            begins = word in _ENDS
            continue
        spaced = text and not (word[0] >= _WIDE and text[-1] >= _WIDE)
        text += (" " if spaced else "") + (word[:1].upper() + word[1:] if begins else word)
        begins = False
    return text
