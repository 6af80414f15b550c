"""Says how much of what a seat says stems from one earlier message, beyond what the others take from it.

A word stems from the message that said it first, within the last 64. It knows no language: whoever calls it decides
which words carry matter.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

import msgspec

__all__ = ["Fixation", "Fixations"]

SPAN = 8
"""Messages of a seat that are looked at."""

REACH = 64
"""Messages back from which a word may stem."""


class Fixation(msgspec.Struct, frozen=True, kw_only=True):
    """Says from which message a seat takes most.

    Args:
        share: of the seat's content words over its last eight messages that stem from that message, less the share
            of the other seats' last eight each; in [0, 1].
        index: of that message.
    """

    share: float
    index: int


class Fixations:
    """Follows where each seat's words stem from; remembers 64 messages, and eight of each seat."""

    def __init__(self) -> None:
        """Start before the first message."""
        self._origin: dict[str, int] = {}
        self._firsts: deque[list[str]] = deque()
        self._spans: dict[str, deque[tuple[int, Counter[int], int]]] = {}
        self._seen = 0

    def see(self, seat: str, content: Sequence[str]) -> Fixation | None:
        """Hear a message's content words; None until the seat has eight messages, or when it says nothing."""
        here = self._seen
        firsts = [word for word in dict.fromkeys(content) if word not in self._origin]
        self._origin.update(dict.fromkeys(firsts, here))
        origins = Counter(map(self._origin.__getitem__, content))
        del origins[here]  # what a message says first stems from no earlier one
        self._spans.setdefault(seat, deque(maxlen=SPAN)).append((here, origins, len(content)))
        self._forget(firsts)
        return self._of(seat)

    def _forget(self, firsts: list[str]) -> None:
        self._firsts.append(firsts)
        self._seen += 1
        if len(self._firsts) > REACH:
            for word in self._firsts.popleft():
                del self._origin[word]

    def _of(self, seat: str) -> Fixation | None:
        span = self._spans[seat]
        if len(span) < SPAN:
            return None
        begins = span[0][0]
        own, total = _totals([span])
        rest, spoken = _totals([other for name, other in self._spans.items() if name != seat])
        most = Fixation(share=0.0, index=-1)
        for index, times in sorted(own.items()):
            share = times / total - (rest[index] / spoken if spoken else 0.0)
            if index < begins and share > most.share:
                most = Fixation(share=share, index=index)
        return most if most.index >= 0 else None


def _totals(spans: Sequence[Sequence[tuple[int, Counter[int], int]]]) -> tuple[Counter[int], int]:
    """Add up where the words of some spans stem from."""
    origins: Counter[int] = Counter()
    for span in spans:
        for _, counts, _ in span:
            origins.update(counts)
    return origins, sum(size for span in spans for _, _, size in span)
