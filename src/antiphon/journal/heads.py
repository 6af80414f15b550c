"""Where an owned room stands, counting what is queued but not yet durable; and how its next events are sealed.

Kept on the event loop's thread, so that two writes of a room can follow each other before the first commits. The
journal itself checks fence and head once more when it stores. This knows no storage.
"""

from __future__ import annotations

import os

from antiphon.errors import Fenced, JournalError, Stale
from antiphon.room.journals import Record, Write
from antiphon.room.records import SALT_BYTES, seal

__all__ = ["Head", "Heads", "Salts", "sealed"]

_SALTS = 1024
"""Salts drawn at a time: 16 KiB of chance."""


class Head:
    """Is the last event of one room, queued ones included; `broken` once a queued write was not stored."""

    __slots__ = ("broken", "fence", "hash", "row", "seq")

    def __init__(self, fence: int, seq: int, hash_: bytes, row: int = 0) -> None:
        """Begin where a lease begins; `row` is the journal's own number for the room."""
        self.fence, self.seq, self.hash, self.row = fence, seq, hash_, row
        self.broken = False


class Salts:
    """Gives fresh salts from chance drawn a page at a time: a system call a write would cost more than the rest."""

    __slots__ = ("_page", "_place")

    def __init__(self) -> None:
        """Begin without a page."""
        self._page, self._place = b"", 0

    def next(self) -> bytes:
        """Give a salt that was never given before."""
        if self._place >= len(self._page):
            self._page, self._place = os.urandom(SALT_BYTES * _SALTS), 0
        self._place += SALT_BYTES
        return self._page[self._place - SALT_BYTES : self._place]


class Heads(dict[str, Head]):
    """Keeps the heads of the rooms one journal object owns, and its salts."""

    def __init__(self) -> None:
        """Begin without rooms."""
        super().__init__()
        self.salts = Salts()

    def check(self, write: Write) -> Head:
        """Give the head a write continues.

        Raises:
            Fenced: when the room is not owned under the write's fence.
            Stale: when its first event is not the next one.
            JournalError: when an earlier write of this lease was lost.
        """
        head = self.get(write.stream)
        if head is None:
            raise Fenced(f"room {write.stream} is not owned here: claim it before writing")
        if head.fence != write.fence:
            raise Fenced(f"room {write.stream} was taken again: this writer's fence is {write.fence}, not {head.fence}")
        if head.broken:
            raise JournalError(
                f"room {write.stream}: an earlier write could not be stored; let the room go and claim it"
            )
        if write.events and write.events[0].seq != head.seq + 1:
            raise Stale(f"room {write.stream} stands at seq {head.seq}; the next is not {write.events[0].seq}")
        return head


def sealed(head: Head, write: Write, salts: Salts) -> tuple[Record, ...]:
    """Seal a write's events onto a head; the head itself does not move.

    Raises:
        Stale: when the events do not follow one another, or belong to another room.
    """
    seq, previous = head.seq, head.hash
    records: list[Record] = []
    for event in write.events:
        seq += 1
        if event.seq != seq or event.stream != write.stream:
            raise Stale(f"room {write.stream}: seq {seq} was expected, not {event.seq} of room {event.stream}")
        record = seal(previous, event, salts.next())
        previous = record.hash
        records.append(record)
    return tuple(records)
