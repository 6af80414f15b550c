"""What every verb of the API works with: the laboratory, the rooms that run here, the live stream, and the door.

It knows no request.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from antiphon.library.laboratory import Laboratory
from antiphon.library.reading import States, known_room
from antiphon.library.tinting import Tints
from antiphon.room.contracts import RoomRow
from antiphon.web.guard import Door
from antiphon.web.hosting import Hosting
from antiphon.web.keys import Keys
from antiphon.web.live import Live
from antiphon.web.people import People
from antiphon.web.scroll import Scrolls
from antiphon.web.shapes import RoomLine, line_of

__all__ = ["Desk"]

_FEW = 20
"""Rooms whose rows are read one by one; for more the whole table is quicker."""


class Desk:
    """Is one server's inside.

    Attributes:
        laboratory: opens rooms and asks things of them.
        door: what the server lets in.
        people: who sits in rooms that run here.
        keys: who was let in.
        live: what is pushed.
        hosting: the rooms that run here.
        scrolls: tells events with HTML.
        states: tells rooms as they stand.
        tints: tells which words of messages surprise.
    """

    def __init__(self, laboratory: Laboratory, door: Door, people: People, keys: Keys) -> None:
        """Take an open laboratory that asks `people`; nothing runs before the desk is entered."""
        self.laboratory, self.door, self.people, self.keys = laboratory, door, people, keys
        self.scrolls, self.states = Scrolls(laboratory.journal), States(laboratory)
        self.tints = Tints(laboratory.journal)
        self.live = Live(laboratory.journal, self.scrolls, self.lines)
        self.hosting = Hosting(self.live, people)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        people.tell = self.live.waits

    async def __aenter__(self) -> Self:
        """Begin to push and to host."""
        await self.live.__aenter__()
        await self.hosting.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Pause what runs here, then end every stream."""
        try:
            await self.hosting.__aexit__(kind, error, trace)
        finally:
            await self.live.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def alone(self, room: str) -> AsyncIterator[None]:
        """Do one thing after the other to a room: two that took it at once would fence each other out."""
        lock = self._locks.setdefault(room, asyncio.Lock())
        async with lock:
            await self.hosting.settled(room, running=self.laboratory.running(room) is not None)
            yield

    def forget(self, room: str) -> None:
        """Forget what is remembered of a room that was deleted, or in which something was erased."""
        self.scrolls.forget(room)
        self.states.forget(room)
        self.tints.forget(room)

    def line(self, row: RoomRow) -> RoomLine:
        """Make a line of the wall."""
        room = row.stream
        return line_of(row, here=room in self.hosting.sessions, trouble=self.hosting.troubles.get(room, ""))

    async def line_of(self, room: str) -> RoomLine:
        """Give a room's line; raises UnknownName when there is no such room."""
        return self.line(await known_room(self.laboratory.journal, room))

    async def lines(self, rooms: set[str]) -> list[RoomLine]:
        """Give the lines of some rooms; of those that are not there, none."""
        journal = self.laboratory.journal
        if len(rooms) > _FEW:
            return [self.line(row) for row in await journal.rooms() if row.stream in rooms]
        rows = [await journal.room(room) for room in sorted(rooms)]
        return [self.line(row) for row in rows if row is not None]
