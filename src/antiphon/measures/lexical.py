"""Counts phrases of a lexicon in a message: farewell, gratitude, refusal, talk about the talk, and others.

A count says that words were said, not that they were meant. Quoting is set aside before (`shape.parts`). It does not
guess: in a language without a lexicon, or one that is not known, every count is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import msgspec

from antiphon.measures.lexicon import LANGUAGES, UNSPACED, load
from antiphon.measures.words import words

__all__ = ["COUNTED", "Finder", "count", "counts", "finder"]

COUNTED = ("farewell", "gratitude", "refusal", "meta", "bliss", "partner_as_human", "absent_user", "urge")
"""Lists that are counted in each message."""


class Finder(msgspec.Struct, frozen=True):
    """Finds the phrases of one list: phrases by the word, or pair of characters, that they begin with."""

    phrases: dict[str, list[str]]

    def found(self, text: str, kinds: frozenset[str]) -> int:
        """Count the different phrases of the list in a message.

        Args:
            text: its words in order, as `_written` writes them.
            kinds: its different words; in Chinese and Japanese its different pairs of characters.
        """
        return sum(phrase in text for first in kinds & self.phrases.keys() for phrase in self.phrases[first])


@cache
def finder(language: str, name: str) -> Finder:
    """Make the finder of a list of a language's lexicon."""
    joined = language in UNSPACED
    phrases: dict[str, list[str]] = {}
    for phrase in load(language).phrases(name):
        said = words(phrase)
        first = "".join(said[:2]) if joined else said[0]
        phrases.setdefault(first, []).append(_written(said, language))
    return Finder(phrases)


def count(name: str, said: Sequence[str], language: str | None) -> int | None:
    """Count the different phrases of a list in a message's words; None where the language has no lexicon.

    Example:
        >>> count("farewell", ["good", "night", "and", "goodbye"], "en")
        2
    """
    if language not in LANGUAGES:
        return None
    return finder(language, name).found(_written(said, language), _kinds(said, language))


def counts(said: Sequence[str], language: str | None) -> dict[str, int]:
    """Count the different phrases of every counted list; empty where the language has no lexicon."""
    if language not in LANGUAGES:
        return {}
    begun = _kinds(said, language) & _begins(language)
    text = _written(said, language) if begun else ""
    return {name: finder(language, name).found(text, begun) for name in COUNTED}


def _written(said: Sequence[str], language: str) -> str:
    """Write words one after the other, with a blank around each where the language has blanks."""
    return "".join(said) if language in UNSPACED else f" {' '.join(said)} "


def _kinds(said: Sequence[str], language: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(said)) if language in UNSPACED else said)


@cache
def _begins(language: str) -> frozenset[str]:
    """Give what any phrase of any counted list begins with."""
    return frozenset(first for name in COUNTED for first in finder(language, name).phrases)
