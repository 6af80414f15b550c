"""Says how much a message repeats: exact loops, near duplicates, words shared with an earlier message.

Each measure has one number and one range. It does not know who spoke, and it does not know whether repeating is bad:
a song and a stuck room repeat alike.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

import msgspec

from antiphon.errors import UserError

__all__ = ["Loop", "Loops", "comparable", "jaccard", "likeness", "period", "plain"]

LONGEST = 8
"""Messages in the longest loop that is looked for: four seats saying two things each."""

SHORT = 2
"""Loops up to this many messages must be said three times, longer ones twice: short ones repeat by accident."""

NEAR = 0.8
"""Likeness below which a pair counts as unlike; above it, fewer than one word in five was changed."""

COMPARED = 600
"""Normalised characters of a message that are compared: enough to tell two messages apart, at a known cost."""

DIGEST = 16
"""Bytes kept of a message in place of its text; two texts with the same digest will not be met."""


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """Says that the last messages are the same few, over and over.

    Args:
        period: messages in one pass, 1 to 8.
        repeats: whole passes so far, the first one included; at least 2.
        start: index of the first message of the first pass.
    """

    period: int
    repeats: int
    start: int


class Loops:
    """Finds exact loops as messages come in; holds a digest of the last eight and nothing else."""

    def __init__(self, longest: int = LONGEST) -> None:
        """Start before the first message; `longest` is the longest period looked for, in messages."""
        self._last: deque[bytes] = deque(maxlen=longest)
        self._runs = [0] * (longest + 1)
        self._seen = 0

    def see(self, text: str) -> Loop | None:
        """Hear a message; give the shortest loop that it completes or prolongs, None while there is none."""
        key = blake2b(plain(text).encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest()
        for distance, earlier in enumerate(reversed(self._last), 1):
            self._runs[distance] = self._runs[distance] + 1 if earlier == key else 0
        self._last.append(key)
        self._seen += 1
        return self._shortest()

    def _shortest(self) -> Loop | None:
        for length, run in enumerate(self._runs):
            if length and run >= length * (2 if length <= SHORT else 1):
                return Loop(period=length, repeats=run // length + 1, start=self._seen - run - length)
        return None


def plain(text: str) -> str:
    """Give a text with every run of white space as one blank, and none at its ends."""
    return " ".join(text.split())


def period(texts: Iterable[str]) -> Loop | None:
    """Find the loop in which a sequence of messages, oldest first, ends; None when it does not end in one.

    A loop of one or two messages must have been said three times, a longer one (up to eight) twice. White space
    does not tell messages apart, everything else does.

    Example:
        >>> period(["hello", "tick", "tock", "tick", "tock", "tick", "tock"])
        Loop(period=2, repeats=3, start=1)
    """
    loops, found = Loops(), None
    for text in texts:
        found = loops.see(text)
    return found


def likeness(text: str, earlier: Iterable[str], cutoff: float = NEAR) -> float:
    """Give the likeness of a message to the most similar earlier one: 0 below the cutoff, up to 1 for the same words.

    Likeness is 1 less the insertions and deletions that turn one text into the other, divided by the length of both,
    over the first 600 characters of the folded words.

    Args:
        text: the message, as `comparable` gives it.
        earlier: earlier messages, given likewise.
        cutoff: share in [0, 1] below which the answer is 0; a higher one is quicker.

    Source: normalised indel similarity as computed by RapidFuzz (M. Bachmann), `fuzz.ratio`.
    """
    try:
        from rapidfuzz.fuzz import ratio
    except ImportError:  # an extra: it weighs more than the rest of the core together
        raise UserError('near duplicates need RapidFuzz; install it: pip install "antiphon[measures]"') from None
    return max((ratio(text, other, score_cutoff=100 * cutoff) / 100 for other in earlier), default=0.0) if text else 0.0


def comparable(said: Sequence[str]) -> str:
    """Give the folded words of a message as one text of at most 600 characters, for `likeness`."""
    return " ".join(said)[:COMPARED]


def jaccard(one: Collection[str], other: Collection[str]) -> float | None:
    """Give the share in [0, 1] of different words that two messages share, of those in either; None if both are empty.

    Source: P. Jaccard, "The distribution of the flora in the alpine zone" (1912).
    """
    left, right = frozenset(one), frozenset(other)
    either = len(left | right)
    return len(left & right) / either if either else None
