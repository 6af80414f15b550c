"""One stream of chance a world, and how likely each mishap is in it. It knows no room."""

from __future__ import annotations

from random import Random

from msgspec import Struct

__all__ = ["Chance", "Odds"]


class Odds(Struct, frozen=True, kw_only=True):
    """Says how likely mishaps are, each in [0, 1], at every place where a process waits for the journal.

    Attributes:
        crash: the process is killed there.
        stop: the process stands still for up to two leases, and then goes on as if nothing had been.
        before: the call never reaches the journal.
        after: the journal does it, and the answer is lost.
        slow: the answer takes seconds.
        twice: the journal is asked for the same write again.
        partition: nothing of this process reaches the journal for up to two leases.
        jump: the process's clock jumps by up to an hour, back or forth.
        failed: a provider does not answer with speech.
        hung: a provider never answers.
    """

    crash: float = 0.0015
    stop: float = 0.002
    before: float = 0.01
    after: float = 0.01
    slow: float = 0.02
    twice: float = 0.02
    partition: float = 0.002
    jump: float = 0.005
    failed: float = 0.05
    hung: float = 0.01


class Chance:
    """Draws a world's mishaps; the same seed draws the same ones, in the same order.

    Attributes:
        drawn: mishap -> how often it came.
    """

    def __init__(self, seed: int, odds: Odds) -> None:
        """Begin a stream."""
        self._random = Random(seed)
        self.odds = odds
        self.drawn: dict[str, int] = {}
        self.quiet = False

    def strikes(self, mishap: str) -> bool:
        """Tell whether a mishap comes now; never once the world is quiet."""
        hit = self._random.random() < float(getattr(self.odds, mishap)) and not self.quiet
        if hit:
            self.drawn[mishap] = self.drawn.get(mishap, 0) + 1
        return hit

    def seconds(self, least: float, most: float) -> float:
        """Draw a time."""
        return self._random.uniform(least, most)

    def below(self, count: int) -> int:
        """Draw a whole number from 0."""
        return self._random.randrange(count)
