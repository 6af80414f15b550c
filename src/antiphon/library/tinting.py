"""Tells of a room's messages which of their words surprise, wherever in the room one looks, for screens of any kind.

What was told of a message is kept while it is of use, so that two who look see the same. It knows no screen and no
colour; levels are those of `measures.surprise`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from antiphon.library.reading import stretch
from antiphon.measures.surprise import Shade, Surprises
from antiphon.room.contracts import Reads, Record
from antiphon.room.events import MessageSaid
from antiphon.room.records import decode
from antiphon.transcripts.tint import shaded

__all__ = ["Tint", "Tinted", "Tints"]

BEFORE = 200
"""Events before a stretch that are read for it: with messages of 800 characters more than an n-gram remembers."""

ROOMS = 16
"""Rooms that are remembered, each with an n-gram of up to 4.6 MB."""

KEPT = 1_000
"""Messages of a room whose tint is kept, about 2 KB each."""

_SAID = "message.said"


class Tint(Struct, frozen=True):
    """Says how surprising a message was.

    Attributes:
        spans: (start, end, level) in characters of the message, levels from 1 to 4; what lies between has level 0.
        bits: the mean of its words, None for a message without words.
    """

    spans: tuple[Shade, ...]
    bits: float | None


class Tinted(Struct, frozen=True, kw_only=True):
    """Is the tint of a stretch of a room's messages, by sequence number; `head` is the room's last event."""

    room: str
    tints: dict[int, Tint]
    first: int
    last: int
    head: int


class Tints:
    """Tells of the rooms of one journal."""

    def __init__(self, journal: Reads) -> None:
        """Read from `journal`, when something is asked."""
        self._journal = journal
        self._rooms: OrderedDict[str, _Room] = OrderedDict()
        self._one = asyncio.Lock()

    async def of(self, room: str, records: Sequence[Record]) -> dict[int, Tint]:
        """Give the tint of each message among consecutive records of a room, by sequence number.

        The newest messages cost 1 ms a KB; a stretch nobody looked at yet costs the messages before it as well. So a
        message's levels may differ a little from those of an exported page, which is read from the room's beginning.
        """
        if not any(record.type == _SAID for record in records):
            return {}
        async with self._one:
            known = self._rooms.setdefault(room, _Room())
            self._rooms.move_to_end(room)
            while len(self._rooms) > ROOMS:
                self._rooms.popitem(last=False)
            before: Sequence[Record] = ()
            if not known.goes_on(records):
                known.begin()
                first = records[0].seq
                before = await stretch(self._journal, room, max(0, first - 1 - BEFORE), first - 1)
            return await asyncio.to_thread(known.read, before, records)

    def forget(self, room: str) -> None:
        """Forget a room that was deleted."""
        self._rooms.pop(room, None)


class _Room:
    """Is what is known of one room: the tints of some messages, and an n-gram that has read up to `until`."""

    def __init__(self) -> None:
        self.tints: OrderedDict[int, Tint] = OrderedDict()
        self.begin()

    def _missing(self, records: Sequence[Record]) -> list[int]:
        return [record.seq for record in records if record.type == _SAID and record.seq not in self.tints]

    def goes_on(self, records: Sequence[Record]) -> bool:
        """Tell whether these records are known, or follow what was read."""
        missing = self._missing(records)
        return not missing or records[0].seq - 1 <= self.until < missing[0]

    def begin(self) -> None:
        """Forget what was read, but for the tints of messages."""
        self.surprises, self.until = Surprises(), 0

    def read(self, before: Sequence[Record], records: Sequence[Record]) -> dict[int, Tint]:
        """Read what was not read yet, and give the tints of all messages that still have a text."""
        if self._missing(records):
            for record in (*before, *records):
                self._see(record)
        said = [record.seq for record in records if record.type == _SAID and record.body is not None]
        found = {seq: self.tints[seq] for seq in said if seq in self.tints}
        while len(self.tints) > KEPT:
            self.tints.popitem(last=False)
        return found

    def _see(self, record: Record) -> None:
        if record.seq <= self.until:
            return
        self.until = record.seq
        if record.type == _SAID:
            body = decode(record).body
            text = body.text if isinstance(body, MessageSaid) else ""  # its owner may have erased it
            surprise = self.surprises.see(text)
            self.tints.setdefault(record.seq, Tint(shaded(text, surprise), surprise.mean))
