"""A window over what a seat hears: over its size, it is cut to three quarters at once.

Shared by the rules of what_is_heard that forget. Memories are plain JSON types. It knows neither what is measured
(messages, tokens) nor how large a window may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from antiphon.room.events import Event, MessageSaid, NoticeGiven, SeatJoined

__all__ = ["EVERYBODY", "Window", "Windows", "first_heard", "hear", "join", "joiner", "start", "words"]


class Window(TypedDict):
    """Is what one seat still hears: [sequence number, size] of each, oldest first, and their sizes' sum."""

    first: int
    sizes: list[list[int]]
    total: int


Windows = dict[str, Window]
"""Seat id -> its window; "" is what everybody heard, with which a joiner begins."""

EVERYBODY = ""
_KEPT = (3, 4)
"""What stays of a full window: cutting a quarter at once breaks a provider's cache once, not at every turn."""


def hear(windows: Windows, event: Event, size: int, limit: int) -> None:
    """Let a message or notice of `size` into the windows of those who hear it, and cut what is over `limit`."""
    for window in _listeners(windows, event):
        window["sizes"].append([event.seq, size])
        window["total"] += size
        if window["total"] > limit:
            _cut(window, limit)


def join(windows: Windows, seat: str) -> None:
    """Give a seat that joins a window of its own, as full as everybody's."""
    common = windows[EVERYBODY]
    sizes = [list(one) for one in common["sizes"]]
    windows[seat] = {"first": common["first"], "sizes": sizes, "total": common["total"]}


def first_heard(windows: Windows, seat: str) -> int:
    """Give the first sequence number a seat still hears; 0 = everything."""
    window = windows.get(seat)
    return window["first"] if window else 0


def start() -> Windows:
    """Begin with nobody, who heard nothing."""
    return {EVERYBODY: {"first": 0, "sizes": [], "total": 0}}


def words(event: Event) -> str | None:
    """Give the text that seats hear of an event; None when it is neither a message nor a notice."""
    body = event.body
    if isinstance(body, MessageSaid):
        return body.text if body.shown is None else body.shown
    return body.text if isinstance(body, NoticeGiven) else None


def joiner(event: Event) -> str | None:
    """Name the seat that joined, if that is what happened."""
    return event.body.seat if isinstance(event.body, SeatJoined) else None


def _listeners(windows: Windows, event: Event) -> Iterable[Window]:
    body = event.body
    to = body.to if isinstance(body, MessageSaid | NoticeGiven) else None
    if to is None:
        return windows.values()
    own = (body.seat,) if isinstance(body, MessageSaid) and body.seat is not None and body.seat not in to else ()
    return [windows[seat] for seat in (*to, *own) if seat in windows]


def _cut(window: Window, limit: int) -> None:
    """Forget the oldest until three quarters of the limit remain; the newest is always kept."""
    keep = max(1, limit * _KEPT[0] // _KEPT[1])
    sizes, total, gone = window["sizes"], window["total"], 0
    while total > keep and gone < len(sizes) - 1:
        total -= sizes[gone][1]
        gone += 1
    del sizes[:gone]
    window["total"], window["first"] = total, sizes[0][0]
