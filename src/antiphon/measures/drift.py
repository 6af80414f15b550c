"""Says how far a seat's way of speaking has moved: its last messages against its first.

Words that every room uses move nothing, so words are weighed by how few *other* rooms use them: a room is never part
of its own background. It does not know what moved the seat, nor which end is better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import log, sqrt

import msgspec

__all__ = ["Background", "distance", "drift"]

SPAN = 8
"""Messages at each end that are compared."""


class Background(msgspec.Struct, frozen=True):
    """Says how many of a number of rooms use a word.

    Args:
        rooms: rooms it was made from.
        spread: rooms that use a word, by word.
    """

    rooms: int = 0
    spread: Mapping[str, int] = {}

    @classmethod
    def of(cls, rooms: Sequence[Collection[str]]) -> Background:
        """Make the background of rooms, each given as the words it uses."""
        return cls(len(rooms), Counter(word for room in rooms for word in frozenset(room)))

    def without(self, room: Collection[str]) -> Background:
        """Give the background as it is without one of its rooms."""
        rest = Counter(self.spread)
        rest.subtract(frozenset(room))
        return Background(self.rooms - 1, +rest)

    def weight(self, word: str) -> float:
        """Give a word's weight: 1 where nothing is known, more the fewer rooms use it, above 0 always."""
        return 1 + log((1 + self.rooms) / (1 + self.spread.get(word, 0)))


NOTHING = Background()
"""No other rooms: every word weighs the same."""


def distance(one: Sequence[str], other: Sequence[str], background: Background = NOTHING) -> float | None:
    """Give 1 less the cosine of two bags of weighed words: 0 for the same mixture, 1 for no word shared; None if empty.

    Source: G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval" (1988).
    """
    left, right = _weighed(one, background), _weighed(other, background)
    if not left or not right:
        return None
    shared = sum(left[word] * right[word] for word in sorted(left.keys() & right.keys()))
    lengths = sqrt(sum(x * x for x in left.values()) * sum(x * x for x in right.values()))
    return min(1.0, max(0.0, 1 - shared / lengths))


def _weighed(said: Sequence[str], background: Background) -> dict[str, float]:
    return {word: times * background.weight(word) for word, times in Counter(said).items()}


def drift(messages: Sequence[Sequence[str]], background: Background = NOTHING) -> float | None:
    """Give the distance in [0, 1] of a seat's last eight messages from its first eight; None below sixteen.

    Args:
        messages: words of each message of one seat, oldest first.
        background: of other rooms, this one left out.
    """
    if len(messages) < 2 * SPAN:
        return None
    first = [word for said in messages[:SPAN] for word in said]
    last = [word for said in messages[-SPAN:] for word in said]
    return distance(first, last, background)
