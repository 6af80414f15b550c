"""Counts parting words near the end of a message: goodbyes, thanks, stillness, endings, refusals.

The words are those of the lexicons that measures have as well; a message is looked up in all of them at once, since the
scripts and words hardly meet. In a language without a lexicon nothing is found: then these signals abstain. It knows no
room, and it does not know whether a word was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import Struct, field

from antiphon.measures.lexicon import LANGUAGES, UNSPACED, load
from antiphon.measures.words import STEM, words

__all__ = ["KINDS", "TAIL", "parting_words"]

KINDS = ("farewell", "gratitude", "stillness", "ending", "refusal", "exchange")
"""What is counted, in the order of the counts."""

TAIL = 48
"""Words at a message's end that are looked at: a goodbye stands there, a quotation of one mostly does not."""

TAIL_CHARACTERS = 120
"""The same for scripts without spaces."""

PAIR = 2
"""Words that a phrase may have here: those of longer ones are common, and a pair of them tells enough."""

_NONE = -1
"""Stands where a word alone is of no kind, but begins a pair that is."""

_FIRST_UNSPACED = "\u2e00"
"""Characters from here on are of scripts without spaces, for the languages that have a lexicon."""


class _Entries(Struct):
    """Holds what is looked for.

    Attributes:
        kinds: by the stem of a word, the kind of that word alone (or -1), and kinds by the stem that follows.
        pieces: text of scripts without spaces, with its kind.
    """

    kinds: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)
    pieces: list[tuple[str, int]] = field(default_factory=list)


def parting_words(text: str, words: list[str]) -> list[int]:
    """Count parting words of each kind in the last words of a message; `words` are all of its words, folded."""
    counts = [0] * len(KINDS)
    entries = _entries()
    kinds = entries.kinds
    tail = [word[:STEM] for word in words[-TAIL:]]
    for place in [place for place, stem in enumerate(tail) if stem in kinds]:
        alone, pairs = kinds[tail[place]]
        if alone != _NONE:
            counts[alone] += 1
        if pairs and (kind := pairs.get(tail[place + 1] if place + 1 < len(tail) else "")) is not None:
            counts[kind] += 1
    if not text.isascii() and any(len(stem) == 1 and stem > _FIRST_UNSPACED for stem in tail):
        end = text[-TAIL_CHARACTERS:]
        for piece, kind in entries.pieces:
            if piece in end:
                counts[kind] += 1
    return counts


@cache
def _entries() -> _Entries:
    entries = _Entries()
    for language in sorted(LANGUAGES):
        for kind, name in enumerate(KINDS):
            if language in UNSPACED:
                entries.pieces += [(piece, kind) for piece in _pieces(language, name)]
                continue
            for first, second in _stems(language, name):
                alone, pairs = entries.kinds.get(first, (_NONE, {}))
                if second:
                    pairs[second] = kind
                entries.kinds[first] = (alone if second else kind), pairs
    return entries


def _pieces(language: str, kind: str) -> Iterator[str]:
    """Give the entries of a kind that hold no other one: what is inside one is found with it."""
    entries = {"".join(entry.split()) for entry in _listed(language, kind)}
    return (entry for entry in sorted(entries) if not any(other in entry for other in entries - {entry}))


def _stems(language: str, kind: str) -> Iterator[tuple[str, str]]:
    """Give the stems of a kind's words, each with "", and its pairs of stems of which neither is a word of it."""
    entries = {tuple(word[:STEM] for word in words(entry)) for entry in _listed(language, kind)}
    alone = {stems[0] for stems in entries if len(stems) == 1}
    yield from ((stem, "") for stem in sorted(alone))
    yield from ((stems[0], stems[1]) for stems in sorted(entries) if len(stems) == PAIR and not alone & set(stems))


def _listed(language: str, kind: str) -> tuple[str, ...]:
    lexicon = load(language)
    return (*lexicon.phrases(kind), *lexicon.parting[kind])
