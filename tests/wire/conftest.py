"""What the wire's tests share: an event loop whose time is counted, not waited for."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, TypeVar

import pytest

T = TypeVar("T")
Simulate: TypeAlias = Callable[[Coroutine[Any, Any, Any]], Any]


class _Skipping(selectors.SelectSelector):
    """Waits for nothing: time moves on by as much as the loop would have slept."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is not None and timeout > 0:
            self.now += timeout
        elif not ready and timeout is None:
            raise RuntimeError("everybody waits and nobody ever comes: a wake-up was lost")
        return ready


def _simulate(work: Coroutine[Any, Any, T]) -> T:
    selector = _Skipping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign] # the whole point of this loop
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


@pytest.fixture
def simulate() -> Simulate:
    """Run a coroutine in simulated time; raises when everybody waits and nobody ever comes."""
    return _simulate
