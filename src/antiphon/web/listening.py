"""Holds what waits for one browser tab: frames of server-sent events, never more than a bounded number of bytes.

A tab that reads too slowly loses its queue and is told to look at the state again. It knows no journal.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec

from antiphon.web.shapes import Told

__all__ = ["Batch", "Listener", "frame"]

MOST_FRAMES, MOST_BYTES = 256, 1_000_000
"""What waits for one listener at most: some seconds of a busy room, and little memory beside 300 others."""

_encode = msgspec.json.Encoder().encode


def frame(kind: str, data: Any, position: str = "") -> bytes:  # noqa: ANN401 - anything JSON
    """Write one server-sent event; with a position, the browser gives it back when it returns."""
    head = f"id: {position}\nevent: {kind}\n" if position else f"event: {kind}\n"
    return head.encode() + b"data: " + _encode(data) + b"\n\n"


class Batch:
    """Is what was committed between two positions, told room by room; equal frames are written once."""

    def __init__(self, told: dict[str, list[Told]], position: str) -> None:
        """Hold events by room, oldest first, and the position behind them."""
        self.told, self.position = told, position
        self._written: dict[frozenset[str], bytes] = {}

    def frame(self, rooms: frozenset[str]) -> bytes:
        """Write the frame for those who follow these rooms; b"" when nothing is in it."""
        written = self._written.get(rooms)
        if written is None:
            events = (event for room in self.told if room in rooms for event in self.told[room])
            written = self._written[rooms] = self._write(events)
        return written

    def _write(self, events: Iterable[Told]) -> bytes:
        found = list(events)
        return frame("events", {"events": found}, self.position) if found else b""

    def rest(self, rooms: frozenset[str], seen: dict[str, int]) -> bytes:
        """Write the frame for one who was told some of it already."""
        if all(told[0].seq > seen.get(room, 0) for room, told in self.told.items() if room in rooms):
            return self.frame(rooms)
        return self._write(
            event for room in self.told if room in rooms for event in self.told[room] if event.seq > seen.get(room, 0)
        )


class Listener:
    """Is one tab: what it follows, and the frames that wait for it.

    Attributes:
        rooms: followed event by event.
        wall: whether the lines of all rooms are followed.
        closed: whether the stream is over.
    """

    def __init__(self, rooms: Iterable[str] = (), *, wall: bool = False) -> None:
        """Follow rooms; nothing waits yet."""
        self.rooms, self.wall, self.closed = frozenset(rooms), wall, False
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._waiting: asyncio.Future[None] | None = None
        self._held: list[Batch] | None = None
        self._seen: dict[str, int] = {}

    # ------------------------------------------------------------------------------ filling

    def put(self, data: bytes, position: str = "") -> None:
        """Queue a frame; when too much waits, everything gives way to one frame that says so."""
        self._frames.append(data)
        self._bytes += len(data)
        if len(self._frames) > MOST_FRAMES or self._bytes > MOST_BYTES:
            self._frames.clear()
            data = frame("resync", {"why": "slow"}, position)
            self._frames.append(data)
            self._bytes = len(data)
        self._wake()

    def hint(self, data: bytes) -> None:
        """Queue what may be lost where much waits already: speech, lines of the wall, heart beats."""
        if len(self._frames) < MOST_FRAMES // 4:
            self.put(data)

    def hear(self, batch: Batch) -> None:
        """Queue a batch, or hold it while the listener catches up."""
        if self._held is not None:
            self._held.append(batch)
            return
        data = batch.rest(self.rooms, self._seen) if self._seen else batch.frame(self.rooms)
        if data:
            self.put(data, batch.position)

    # ------------------------------------------------------------------------------ catching up

    def hold(self) -> None:
        """Hold batches until `join`, since older events come first."""
        self._held = []

    def missed(self, batch: Batch) -> None:
        """Queue what the listener missed, and remember that it was told."""
        for room, told in batch.told.items():
            self._seen[room] = max(told[-1].seq, self._seen.get(room, 0))
        if data := batch.frame(self.rooms):
            self.put(data, batch.position)

    def join(self) -> None:
        """Go on with what everybody hears, without what was told already."""
        held, self._held = self._held or [], None
        for batch in held:
            self.hear(batch)

    # ------------------------------------------------------------------------------ emptying

    async def next(self) -> bytes:
        """Wait for frames and give all of them; b"" when the stream is over."""
        if not self._frames and not self.closed:  # one future a wait: an event costs as much again
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        data = b"".join(self._frames) if len(self._frames) != 1 else self._frames[0]
        self._frames.clear()
        self._bytes = 0
        return data

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
