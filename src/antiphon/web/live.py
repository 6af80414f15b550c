"""Pushes what happens to whoever looks: one reader of the journal, any number of listeners, nothing lost or doubled.

A frame of events bears the journal's position behind it; a browser that comes back gives that position, is told what
it missed, and joins the others. It knows no request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeAlias

from msgspec import Struct

from antiphon.errors import JournalError, UnknownName
from antiphon.room.contracts import Journal, Record
from antiphon.web.listening import Batch, Listener, frame
from antiphon.web.scroll import Scrolls
from antiphon.web.shapes import RoomLine, Told

__all__ = ["Live"]

_log = logging.getLogger("antiphon.web")

POLL = 0.05
"""Seconds between two looks at the journal while somebody listens; an idle look costs some microseconds."""

BATCH = 500
"""Records read at a time."""

FAR = 2_000
"""Records a listener may have missed and still be told one by one; with more it is told to look anew."""

CALM = 0.5
"""Seconds between two frames for the wall: a person sees no more of thousands of rooms."""

HEART = 15.0
"""Seconds between two comments, so that nothing between server and browser hangs up on a quiet room."""

SPEECH = 0.05
"""Seconds of speech gathered into one frame."""

Lines: TypeAlias = Callable[[set[str]], Awaitable[list[RoomLine]]]
"""Gives the lines of some rooms; of those that were deleted, none."""


class _Speech(Struct):
    """Is what a seat has said so far of a message, and how much of it was sent."""

    seat: str
    text: str = ""
    sent: int = 0


class Live:
    """Reads the journal's tail once for all listeners, while there are any."""

    def __init__(self, journal: Journal, scrolls: Scrolls, lines: Lines) -> None:
        """Follow `journal`; events are told by `scrolls`, the wall by `lines`."""
        self._journal, self._scrolls, self._lines = journal, scrolls, lines
        self._listeners: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._position = ""
        self._reading, self._woken, self._touching = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._touched: set[str] = set()
        self._speech: dict[str, _Speech] = {}
        self._closed = False

    async def __aenter__(self) -> Self:
        """Begin to read."""
        self._tasks = [asyncio.create_task(work()) for work in (self._read, self._tell_wall, self._beat, self._utter)]
        for task in self._tasks:
            task.add_done_callback(self._broken)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every stream and wait for the reader."""
        self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _broken(self, task: asyncio.Task[None]) -> None:
        """End every stream rather than let tabs wait for ever, when the reader itself failed."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("the live stream broke", exc_info=error)
            self.close()

    def close(self) -> None:
        """End every stream; nobody may join any more."""
        self._closed = True
        for listener in self._listeners:
            listener.close()

    # ------------------------------------------------------------------------------ joining

    async def join(self, listener: Listener, position: str | None) -> None:
        """Let a listener in; with a position it is told first what came since then."""
        if self._closed:
            listener.close()
            return
        if position is not None:
            listener.hold()
        self._listeners.add(listener)
        self._woken.set()
        await self._reading.wait()  # from here on the reader misses nothing
        if position is not None:
            await self._catch_up(listener, position)
            listener.join()

    def leave(self, listener: Listener) -> None:
        """Let a listener go."""
        self._listeners.discard(listener)

    async def _catch_up(self, listener: Listener, position: str) -> None:
        streams, missed = sorted(listener.rooms), 0
        while streams:
            try:
                records, position = await self._journal.tail(position, streams, BATCH)
            except JournalError:  # a position of another journal
                break
            if not records:
                return
            missed += len(records)
            if missed > FAR:
                break
            listener.missed(Batch(await self._tell(records, listener.rooms), position))
        end = await self._journal.end()
        listener.put(frame("resync", {"why": "far" if streams else "wall"}, end), end)

    # ------------------------------------------------------------------------------ reading

    def nudge(self) -> None:
        """Have the journal looked at now: something was committed here."""
        self._woken.set()

    async def _read(self) -> None:
        while True:
            if not self._listeners:
                self._reading.clear()
                await self._woken.wait()
                self._woken.clear()
                continue
            if not self._reading.is_set():
                self._position = await self._journal.end()
                self._reading.set()
            self._woken.clear()
            try:
                records, self._position = await self._journal.tail(self._position, None, BATCH)
                await self._broadcast(records)
            except JournalError as error:
                _log.warning("the journal could not be followed: %s", error)
                records = []
                await asyncio.sleep(1.0)
            if not records:
                await _either(self._woken, POLL)

    async def _broadcast(self, records: Sequence[Record]) -> None:
        if not records:
            return
        followed = frozenset[str]().union(*(listener.rooms for listener in self._listeners))
        batch = Batch(await self._tell(records, followed), self._position)
        if batch.told:
            for listener in tuple(self._listeners):
                if not listener.rooms.isdisjoint(batch.told):
                    listener.hear(batch)
        self.touch(*(record.stream for record in records))

    async def _tell(self, records: Sequence[Record], followed: frozenset[str]) -> dict[str, list[Told]]:
        by_room: dict[str, list[Record]] = {}
        for record in records:
            if record.stream in followed:
                by_room.setdefault(record.stream, []).append(record)
        told = {}
        for room, own in by_room.items():
            with suppress(UnknownName):  # it was deleted meanwhile
                told[room] = await self._scrolls.told(room, own)
        return told

    # ------------------------------------------------------------------------------ the wall

    def touch(self, *rooms: str) -> None:
        """Have the lines of rooms shown anew on every wall."""
        self._touched.update(rooms)
        self._touching.set()

    def gone(self, room: str) -> None:
        """Tell everybody that a room was deleted."""
        for listener in self._listeners:
            listener.put(frame("gone", {"room": room}))

    async def _tell_wall(self) -> None:
        while True:
            await self._touching.wait()
            self._touching.clear()
            touched, self._touched = self._touched, set()
            walls = [listener for listener in self._listeners if listener.wall]
            if walls and (lines := await self._lines(touched)):
                data = frame("rooms", {"rooms": lines})
                for listener in walls:
                    listener.put(data)
            await asyncio.sleep(CALM)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEART)
            for listener in self._listeners:
                listener.hint(b": \n\n")

    # ------------------------------------------------------------------------------ speech of rooms run here

    def chunk(self, room: str, seat: str, text: str) -> None:
        """Take in a piece of what a seat is saying."""
        speech = self._speech.get(room)
        if speech is None or speech.seat != seat:
            speech = self._speech[room] = _Speech(seat)
        speech.text += text

    def hush(self, room: str) -> None:
        """Forget what was being said: it is a message now, or nothing."""
        self._speech.pop(room, None)

    def spoken(self, room: str) -> str:
        """Give what a seat has said so far of a message that is not complete."""
        speech = self._speech.get(room)
        return speech.text if speech is not None else ""

    async def _utter(self) -> None:
        while True:
            await asyncio.sleep(SPEECH)
            for room, speech in self._speech.items():
                if speech.sent < len(speech.text):
                    piece = {"room": room, "seat": speech.seat, "at": speech.sent, "text": speech.text[speech.sent :]}
                    speech.sent = len(speech.text)
                    self._hint(room, frame("chunk", piece))

    def waits(self, room: str, seat: str) -> None:
        """Tell those who follow a room that a seat waits for a person's words."""
        for listener in self._listeners:
            if room in listener.rooms:
                listener.put(frame("waits", {"room": room, "seat": seat}))

    def _hint(self, room: str, data: bytes) -> None:
        for listener in self._listeners:
            if room in listener.rooms:
                listener.hint(data)


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, or for some seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
