"""A clock that stands still until it is told to move: time as a value, for tests and simulations."""

from __future__ import annotations

import asyncio

__all__ = ["ManualClock"]


class ManualClock:
    """Keeps the contract of `room.contracts.Clock` without ever looking at the machine's time."""

    def __init__(self, now: int = 1_700_000_000_000, step: int = 1) -> None:
        """Start at `now` (ms since 1970) and advance by `step` ms at each look."""
        self._now, self._step = now, step

    def now(self) -> int:
        """Give the time, and let `step` ms pass."""
        self._now += self._step
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += int(seconds * 1000)

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, giving others their turn."""
        self.advance(seconds)
        await asyncio.sleep(0)
