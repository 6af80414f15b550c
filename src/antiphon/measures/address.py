"""Says how a message treats the others: whom it speaks for, takes itself for, waits for, presses.

Names are given with the message, because a seat is known by what it is called in its room. Measures that need phrases
abstain (None) in a language without a lexicon; those that need only names do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from antiphon.measures.lexical import count
from antiphon.measures.lexicon import LANGUAGES, load
from antiphon.measures.words import fold, words

__all__ = ["addressed", "awaits_absent", "pressure", "self_misidentification", "speaks_for_other"]

AWAITED = 3
"""Times a name must be addressed before somebody is waited for: once is a greeting, twice a hope."""

PRESSED = 8
"""Messages of others after a refusal that are looked at: about two rounds of four seats."""

_BEFORE = r"^[ \t]*(?:[>#*_\[(\"“-]{1,4}[ \t]*)?"
_AFTER = r"[*_\])\"”]{0,4}[ \t]*[:：]"


def speaks_for_other(text: str, others: Collection[str]) -> int:
    """Count the lines of a message that begin with another seat's name and a colon, as in a play."""
    pattern = _speaking(frozenset(name for name in others if name.strip()))
    return len(pattern.findall(text)) if pattern else 0


@lru_cache(maxsize=256)
def _speaking(names: frozenset[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    choice = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(f"{_BEFORE}(?:{choice}){_AFTER}", re.IGNORECASE | re.MULTILINE)


def self_misidentification(said: Sequence[str], others: Collection[str], language: str | None) -> int | None:
    """Count the names of others that a message claims as its speaker's own ("I am NAME"); None without a lexicon.

    Args:
        said: words of the message, code and drawings set aside.
        others: names that are not the speaker's: other seats, their models.
        language: of the message.
    """
    if language not in LANGUAGES:
        return None
    if not others or not count("i_am", said, language):
        return 0
    claims = [" ".join(words(phrase)) for phrase in load(language).phrases("i_am")]
    called = [" ".join(words(name)) for name in others]
    text = f" {' '.join(said)} "
    return sum(any(f" {claim} {name} " in text for claim in claims) for name in called if name)


def addressed(text: str, names: Collection[str]) -> frozenset[str]:
    """Give those of the names that a message turns to: `@NAME` anywhere, or NAME at the start or end of a sentence."""
    folded = fold(text)
    return frozenset(name for name in names if name.strip() and _turning(name).search(folded))


@lru_cache(maxsize=1024)
def _turning(name: str) -> re.Pattern[str]:
    called = re.escape(fold(name.strip()))
    begins = rf"(?:^|[.!?。！？؟\n])\W{{0,4}}{called}\s*[,،、，:：!?！？؟]"
    ends = rf"[,،、，]\s*{called}\W{{0,3}}(?:$|\n)"
    return re.compile(rf"(?<!\w)@{called}(?!\w)|{begins}|{ends}")


def awaits_absent(texts: Iterable[str], absent: Collection[str]) -> dict[str, int]:
    """Give how often absent names are addressed, for those addressed three times or more.

    Args:
        texts: messages since the names were refused, left or never seated; oldest first.
        absent: names that nobody in the room answers to.
    """
    counts = Counter(name for text in texts for name in addressed(text, absent))
    return {name: times for name, times in sorted(counts.items()) if times >= AWAITED}


def pressure(after: Sequence[str], refuser: Collection[str], languages: Sequence[str | None]) -> float | None:
    """Give the share in [0, 1] of others' messages after a refusal that urge, or turn to, the one that refused.

    Args:
        after: messages of others after the refusal, oldest first; the first eight count.
        refuser: names of the seat that refused.
        languages: of these messages, in the same order.

    Returns:
        None when nobody spoke after it. A message counts half for turning to the refuser, whole for urging.
    """
    heard = list(zip(after, languages, strict=True))[:PRESSED]
    if not heard:
        return None
    return sum(_pressing(text, refuser, language) for text, language in heard) / len(heard)


def _pressing(text: str, refuser: Collection[str], language: str | None) -> float:
    if count("urge", words(text), language):
        return 1.0
    return 0.5 if addressed(text, refuser) else 0.0
