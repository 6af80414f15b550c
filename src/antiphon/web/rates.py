"""Bounds how often something may be done: a bucket of drops a client, refilled with time.

It knows no request; whoever asks names the client.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

__all__ = ["Rate"]

_CLIENTS = 1000
"""Clients remembered; with more, those whose bucket is full again are forgotten."""


class _Bucket(Struct):
    drops: float
    at: float


class Rate:
    """Lets each client do something `burst` times at once and `each_second` times a second in the long run."""

    def __init__(self, burst: int, each_second: float, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets; `now` gives seconds."""
        self._burst, self._each_second, self._now = burst, each_second, now
        self._buckets: dict[str, _Bucket] = {}

    def take(self, client: str) -> float:
        """Take a drop of a client's bucket; gives 0.0, or the seconds to wait when there is none."""
        now = self._now()
        bucket = self._buckets.setdefault(client, _Bucket(float(self._burst), now))
        bucket.drops = min(self._burst, bucket.drops + (now - bucket.at) * self._each_second)
        bucket.at = now
        if len(self._buckets) > _CLIENTS:
            self._forget(now)
        if bucket.drops < 1:
            return (1 - bucket.drops) / self._each_second
        bucket.drops -= 1
        return 0.0

    def _forget(self, now: float) -> None:
        full = self._burst / self._each_second
        self._buckets = {name: known for name, known in self._buckets.items() if now - known.at < full}
