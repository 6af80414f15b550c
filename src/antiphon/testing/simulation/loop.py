"""An event loop whose time is virtual: it jumps to the next timer, so that hours pass in milliseconds, always alike.

It knows no socket, pipe or thread; who waits for one of those waits for ever, and is told so.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["Standstill", "VirtualLoop", "simulate"]

T = TypeVar("T")


class Standstill(Exception):
    """Tells that tasks wait and no timer will ever wake them: they wait for each other."""


class _Timers(selectors.SelectSelector):
    """Lets time pass instead of waiting for files."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Standstill("every task waits, and no timer is set")
        self.loop.seconds += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs tasks in virtual time.

    Attributes:
        seconds: since the loop began.
    """

    def __init__(self) -> None:
        """Begin at second 0."""
        self.seconds = 0.0
        timers = _Timers()
        timers.loop = self
        super().__init__(timers)

    def time(self) -> float:
        """Give the virtual time."""
        return self.seconds


def simulate(work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine sends and takes is asyncio's
    """Run a coroutine to its end in virtual time.

    Raises:
        Standstill: when it can never end.
    """
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(_ended(left))
        loop.close()


async def _ended(tasks: set[asyncio.Task[Any]]) -> None:  # Any: as above
    await asyncio.gather(*tasks, return_exceptions=True)
