"""Tells stretches of rooms as events with safe HTML, wherever in the room they begin.

An item needs to know who sat there and by which name; that is read once a room and kept. All HTML comes from
`transcripts.page`, the same that exports use, and so from the one function that makes foreign text safe.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from antiphon.library.reading import known_room, stretch
from antiphon.room.contracts import Journal, Record
from antiphon.room.events import Erased, Event
from antiphon.room.records import decode
from antiphon.transcripts.page import Page
from antiphon.web.shapes import Told

__all__ = ["Scrolls", "blob_address"]

ROOMS = 64
"""Rooms whose seats are remembered: those that tabs are open on, and some that were looked at lately."""

BEFORE = 4
"""Events before a stretch that are read with it: a message's tokens stand in its turn's end, just before it."""

_NAMES = frozenset({"seat.joined", "seat.changed"})
"""Types of events that say who sits where under which name."""


def blob_address(blob: str) -> str:
    """Give the address of a picture in our own store."""
    return f"/api/v1/blobs/{blob}"


class _Names:
    """Is what is known of a room's seats: the events about them up to a sequence number."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.until = 0

    def learn(self, records: Sequence[Record]) -> None:
        for record in records:
            if record.seq > self.until and record.type in _NAMES:
                self.events.append(decode(record))
        self.until = max(self.until, records[-1].seq) if records else self.until


class Scrolls:
    """Tells rooms of one journal."""

    def __init__(self, journal: Journal) -> None:
        """Read from `journal`, when something is asked."""
        self._journal = journal
        self._known: OrderedDict[str, _Names] = OrderedDict()

    async def tell(self, room: str, after: int, until: int) -> list[Told]:
        """Tell a room's events with after < seq <= until, oldest first."""
        records = await stretch(self._journal, room, max(0, after - BEFORE), until)
        return [told for told in await self.told(room, records) if told.seq > after]

    async def told(self, room: str, records: Sequence[Record]) -> list[Told]:
        """Tell consecutive records of a room."""
        if not records:
            return []
        names = await self._names(room, records[0].seq - 1)
        page = Page([], blob_address)
        for event in names.events:
            if event.seq >= records[0].seq:
                break
            page.learn(event)
            page.item(event)  # for the names it changes
        if names.until >= records[0].seq - 1:
            names.learn(records)
        events = [decode(record) for record in records]
        for event in events:  # first all: a message's tokens stand in its turn's end, wherever that is
            page.learn(event)
        return [_told(room, event, page.item(event)) for event in events]

    def forget(self, room: str) -> None:
        """Forget a room that was deleted."""
        self._known.pop(room, None)

    async def _names(self, room: str, until: int) -> _Names:
        names = self._known.setdefault(room, _Names())
        self._known.move_to_end(room)
        while len(self._known) > ROOMS:
            self._known.popitem(last=False)
        if names.until < until:
            await known_room(self._journal, room)
            names.learn(await stretch(self._journal, room, names.until, until))
        return names


def _told(room: str, event: Event, html: str | None) -> Told:
    body = None if isinstance(event.body, Erased) else event.body
    return Told(room=room, seq=event.seq, at=event.at, type=event.type, by=event.by, body=body, html=html)
