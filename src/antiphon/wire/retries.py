"""When to ask again, and how long to wait before: bounded, without chance, and never after a seat began to speak.

It reads no clock: who retries gives the time and does the waiting.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from msgspec import Struct

from antiphon.errors import ProviderFailure

__all__ = ["RETRY_AFTER_LONGEST", "Retries", "read_retry_after", "worth_retrying"]

RETRY_AFTER_LONGEST = 60.0
"""Seconds a Retry-After is followed at most: one call lives three minutes, and a day's quota is a reason to pause the
room, not to sleep in it."""

_AGAIN = ("rate_limited", "unavailable", "disconnected")

_REQUEST_TIMEOUT = 408


class Retries(Struct, frozen=True, kw_only=True):
    """Bounds the attempts of one call.

    Attributes:
        attempts: calls made at most, the first included.
        first: seconds before the second attempt.
        factor: what each further pause is multiplied by.
        longest: seconds of one pause at most, where the endpoint names none.
    """

    attempts: int = 5
    first: float = 0.5
    factor: float = 2.0
    longest: float = 20.0

    def pause(self, failed: int, retry_after: float | None = None) -> float:
        """Give the seconds to wait after `failed` attempts (1 or more); a Retry-After wins when it is longer."""
        own = min(self.longest, self.first * self.factor ** min(failed - 1, 32))
        return max(own, min(retry_after or 0.0, RETRY_AFTER_LONGEST))


def worth_retrying(failure: ProviderFailure) -> bool:
    """Tell whether asking again can help and cannot make a seat speak twice."""
    if failure.partial:
        return False
    return failure.kind in _AGAIN or (failure.kind == "timeout" and failure.status == _REQUEST_TIMEOUT)


def read_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Read how many seconds an endpoint asks for; None when it does not say, or says nonsense.

    Args:
        headers: of the answer; `Retry-After` in seconds or as an HTTP date, `retry-after-ms` where it is given.
        now: seconds since 1970.
    """
    if (milli := _number(headers.get("retry-after-ms", ""))) is not None:
        return milli / 1000
    value = headers.get("retry-after", "")
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return max(0.0, moment.timestamp() - now)
    except (OverflowError, ValueError):
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
