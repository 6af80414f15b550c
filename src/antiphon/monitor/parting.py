"""Counts parting words near the end of a message: goodbyes, thanks, stillness, endings, refusals.

The lists are small, generic, versioned, one file a language; a message is looked up in all of them at once, since the
scripts and words hardly meet. A language without a list finds nothing: then these signals abstain. It knows no room.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise

import msgspec

from antiphon.monitor.words import STEM

__all__ = ["KINDS", "parting_words"]

KINDS = ("farewell", "gratitude", "stillness", "ending", "refusal", "exchange")
"""What is counted, in the order of the counts."""

LANGUAGES = ("ar", "de", "en", "ja", "ru", "zh")
"""Languages with a list."""

UNSPACED = ("ja", "zh")
"""Languages whose entries are looked for anywhere in the text, since nothing separates words."""

TAIL = 48
"""Words at a message's end that are looked at: a goodbye stands there, a quotation of one mostly does not."""

TAIL_CHARACTERS = 120
"""The same for scripts without spaces."""


class _Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    farewell: tuple[str, ...]
    gratitude: tuple[str, ...]
    stillness: tuple[str, ...]
    ending: tuple[str, ...]
    refusal: tuple[str, ...]
    exchange: tuple[str, ...]


class _Index(msgspec.Struct, frozen=True):
    """Holds every entry's kind: stems, pairs of stems, and pieces of text of unspaced scripts."""

    one: dict[str, int]
    two: dict[tuple[str, str], int]
    pieces: tuple[tuple[str, int], ...]


@cache
def _index() -> _Index:
    one: dict[str, int] = {}
    two: dict[tuple[str, str], int] = {}
    pieces: list[tuple[str, int]] = []
    for language in LANGUAGES:
        text = files("antiphon.monitor").joinpath("lexicons", f"{language}.toml").read_text("utf-8")
        lists = msgspec.convert(tomllib.loads(text), _Lists)
        for kind, name in enumerate(KINDS):
            for entry in getattr(lists, name):
                stems = [word[:STEM] for word in entry.split()]
                if language in UNSPACED:
                    pieces.append((entry, kind))
                elif len(stems) == 1:
                    one[stems[0]] = kind
                else:
                    two[stems[0], stems[1]] = kind
    return _Index(one, two, tuple(pieces))


def parting_words(text: str, words: list[str]) -> list[int]:
    """Count parting words of each kind in the last words of a message; `words` are all of its words, folded."""
    counts = [0] * len(KINDS)
    index = _index()
    tail = [word[:STEM] for word in words[-TAIL:]]
    one, two = index.one, index.two
    for stem in tail:
        if stem in one:
            counts[one[stem]] += 1
    for pair in pairwise(tail):
        if pair in two:
            counts[two[pair]] += 1
    if not text.isascii() and any(len(word) == 1 and word > "\u2e00" for word in words[-TAIL:]):
        end = text[-TAIL_CHARACTERS:]
        for piece, kind in index.pieces:
            if piece in end:
                counts[kind] += 1
    return counts
