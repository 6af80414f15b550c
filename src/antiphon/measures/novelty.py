"""Says how much of a message is new: against the whole room, the message before it, or the room's own pace.

Sets are exact and bounded: what was said more than 64 messages ago counts as never said. It does not know who spoke,
nor whether what is new matters; a list of random words is very new.
"""

from __future__ import annotations

import zlib
from collections import Counter, deque
from collections.abc import Collection, Hashable, Iterable, Sequence
from math import exp, log, log2, pow  # noqa: A004 - of floats, and typed as such
from statistics import median
from typing import Generic, TypeVar

__all__ = ["Pace", "Recent", "WordIds", "distinct", "entropy", "gain", "packed", "share_of"]

REACH = 64
"""Messages back that are remembered: with texts capped at 1,200 characters it bounds a room's memory."""

HISTORY = 16 * 1024
"""UTF-8 bytes of what was said before that the compressor is given; its own window is 32 KiB."""

ID_BITS = 20
"""Bits of a word's number in a packed n-gram: a million words, more than 64 messages can hold."""

SETTLED = 4
"""Messages with words before a room has a pace of its own."""

SPOKEN = 5
"""Words from which on a message counts for how long this room's messages are; below it is a nod or a marker."""


class WordIds:
    """Numbers the words of one room, from 1; a number is used again once its word was forgotten."""

    def __init__(self) -> None:
        """Start without words."""
        self._ids: dict[str, int] = {}
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._ids)

    def of(self, said: Sequence[str]) -> list[int]:
        """Give the number of each word, numbering those that are new."""
        for word in said:
            if word not in self._ids:
                self._ids[word] = self._free.pop() if self._free else len(self._ids) + 1
        return [self._ids[word] for word in said]

    def forget(self, gone: Iterable[str]) -> None:
        """Free the numbers of words that nothing remembered holds any more."""
        self._free += [self._ids.pop(word) for word in gone]


def packed(ids: Sequence[int], n: int) -> frozenset[int]:
    """Pack each run of `n` word numbers into one integer; fewer words than `n` are one run."""
    n = min(n, len(ids))
    if not n:
        return frozenset()
    grams = list(ids)
    for start in range(1, n):
        grams = [gram << ID_BITS | word for gram, word in zip(grams, ids[start:], strict=False)]
    return frozenset(grams)


Item = TypeVar("Item", bound=Hashable)


class Recent(Generic[Item]):
    """Remembers which items the last messages held, exactly.

    Args:
        reach: messages back that are remembered.
    """

    def __init__(self, reach: int = REACH) -> None:
        """Start before the first message."""
        self.reach = reach
        self._last: dict[Item, int] = {}
        self._held: deque[tuple[Item, ...]] = deque()
        self._seen = 0

    def __len__(self) -> int:
        return len(self._last)

    def new(self, items: Collection[Item], within: int | None = None) -> float | None:
        """Give the share in [0, 1] of different items not held by the last messages; None for no items.

        Args:
            items: of the message that comes next.
            within: messages back that count, at most `reach`, which it is by default.
        """
        kinds = frozenset(items)
        if not kinds:
            return None
        if within is None or within >= self.reach:
            return len(kinds.difference(self._last)) / len(kinds)
        oldest, last = max(0, self._seen - within), self._last
        return sum(last.get(item, -1) < oldest for item in kinds) / len(kinds)

    def add(self, items: Collection[Item]) -> list[Item]:
        """Remember a message's items; give those that it forgets, because only an older message held them."""
        kinds = items if isinstance(items, frozenset) else frozenset(items)
        self._last.update(dict.fromkeys(kinds, self._seen))
        self._held.append(tuple(kinds))
        self._seen += 1
        if len(self._held) <= self.reach:
            return []
        oldest = self._seen - 1 - self.reach
        gone = [item for item in self._held.popleft() if self._last[item] == oldest]
        for item in gone:
            del self._last[item]
        return gone


def share_of(items: Collection[Hashable], among: Collection[Hashable]) -> float | None:
    """Give the share in [0, 1] of different items that are among others; None for no items."""
    kinds = frozenset(items)
    return len(kinds & frozenset(among)) / len(kinds) if kinds else None


def gain(history: bytes, text: str) -> float | None:
    """Give how much of a text its past does not tell: (C(h·x) - C(h)) / C(x), C being bytes after zlib at level 9.

    About 0 for a text that was said before, about 1 for one that shares nothing with its past; 0 to 1.1. None for an
    empty text. Only the last 16 KiB of the history count. Other builds of zlib pack a little differently: compare
    numbers of one machine, and decide nothing by the third digit.

    Source: conditional compression as in R. Cilibrasi and P. Vitányi, "Clustering by compression" (2005).
    """
    said = text.encode("utf-8", "surrogatepass")
    if not said:
        return None
    past = history[-HISTORY:]
    alone = len(zlib.compress(said, 9))
    return max(0.0, (len(zlib.compress(past + said, 9)) - len(zlib.compress(past, 9))) / alone)


def distinct(said: Sequence[str], n: int) -> float | None:
    """Give the share in (0, 1] of a text's n-grams that are different; None when it has fewer than `n` words.

    Source: J. Li et al., "A diversity-promoting objective function for neural conversation models" (2016).
    """
    grams = list(zip(*(said[start:] for start in range(n)), strict=False))
    return len(set(grams)) / len(grams) if grams else None


def entropy(said: Sequence[str]) -> float | None:
    """Give the entropy of a text's words in bits a word: 0 for one word over and over, log2 of the words at most.

    Source: C. E. Shannon, "A mathematical theory of communication" (1948); the plain estimate, not corrected.
    """
    total = len(said)
    if not total:
        return None
    return max(0.0, log2(total) - sum(count * log2(count) for count in Counter(said).values()) / total)


class Pace:
    """Compares the new words of each message with what the room's own growth lets expect of a message.

    A room's vocabulary grows as K·n**b with the words said; both are fitted as the room goes, and a message of the
    room's median length is what is expected. So short messages without new words fall towards 0, whatever the room's
    language and subject, and 1 is this room's own pace.

    Source: H. S. Heaps, "Information Retrieval" (1978); least squares in logarithms.
    """

    def __init__(self) -> None:
        """Start before the first message."""
        self._words = self._new = self._points = 0
        self._sums = (0.0, 0.0, 0.0, 0.0)
        self._lengths: deque[int] = deque(maxlen=REACH)

    def see(self, said: int, new: int) -> float | None:
        """Hear a message of so many words, so many of them new to the room; None before the room has a pace."""
        expected = self._expected()
        self._learn(said, new)
        return new / expected if expected else None

    def _expected(self) -> float | None:
        """Give the new words expected of a message of median length; None when nothing can be expected."""
        if self._points < SETTLED:
            return None
        x, y, xx, xy = self._sums
        spread = self._points * xx - x * x
        slope = (self._points * xy - x * y) / spread if spread > 0 else 1.0
        slope = min(1.0, max(0.1, slope))
        level = (y - slope * x) / self._points
        more = self._words + median(self._lengths)
        return exp(level) * (pow(more, slope) - pow(self._words, slope))

    def _learn(self, said: int, new: int) -> None:
        self._words += said
        self._new += new
        if said < SPOKEN or not self._new:
            return
        self._lengths.append(said)
        self._points += 1
        across, up = log(self._words), log(self._new)
        x, y, xx, xy = self._sums
        self._sums = (x + across, y + up, xx + across * across, xy + across * up)
