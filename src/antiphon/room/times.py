"""Time stamps: milliseconds since 1970 in code, RFC 3339 in events."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["millis", "stamp"]


def stamp(now: int) -> str:
    """Write `now` (milliseconds since 1970, UTC) as RFC 3339, such as "2026-11-21T09:30:00.123Z"."""
    second, milli = divmod(now, 1000)
    return f"{_second(second)}.{milli:03d}Z"


_LAST: list[tuple[int, str]] = [(0, "1970-01-01T00:00:00")]
"""The last second written: rooms stamp thousands of events a second, and a date costs more than the rest."""


def _second(second: int) -> str:
    known, text = _LAST[0]
    if known != second:
        text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        _LAST[0] = (second, text)
    return text


def millis(at: str) -> int:
    """Read a time stamp written by `stamp` (or any RFC 3339 time with an offset) as milliseconds since 1970."""
    moment = datetime.fromisoformat(at)
    return round(moment.timestamp() * 1000)
