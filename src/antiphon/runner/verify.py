"""Verifies a room: that its stored events, and those it shares with its parents, are what was written.

It folds nothing: whether the events give the views that were sent is `replay`'s question.
"""

from __future__ import annotations

from msgspec import Struct

from antiphon.errors import BrokenChain, JournalError, UnknownName
from antiphon.room.contracts import Reads, Record, RoomRow
from antiphon.room.records import verify_chain
from antiphon.runner.history import lineage

__all__ = ["Verified", "verify_room"]


class Verified(Struct, frozen=True):
    """Is what verification found; `events` and `erased` count the room's own, not its parents'."""

    stream: str
    events: int
    erased: int
    broken: BrokenChain | None = None


async def verify_room(journal: Reads, stream: str) -> Verified:
    """Check a room's hash chain from the first event of its first ancestor to its own head.

    Raises:
        UnknownName: when there is no such room.
    """
    row = await journal.room(stream)
    if row is None:
        raise UnknownName("room", stream, [known.stream for known in (await journal.rooms())[:10]])
    try:
        family = await lineage(journal, stream)
    except (UnknownName, JournalError) as error:
        own = await journal.read(stream)
        why = f"its parent's events cannot be read: {error}"
        first = own[0].seq if own else row.head_seq
        return Verified(stream, len(own), _erased(own), BrokenChain(stream, first, why))
    own = family[0][1]
    try:
        _check(family)
    except BrokenChain as broken:
        return Verified(stream, len(own), _erased(own), broken)
    return Verified(stream, len(own), _erased(own))


def _erased(records: list[Record]) -> int:
    return sum(record.body is None for record in records)


def _check(family: list[tuple[RoomRow, list[Record]]]) -> None:
    """Follow the chain from the oldest ancestor's first event; each segment begins where the one before ended."""
    seq, previous = 0, b""
    for row, records in reversed(family):
        if not records:
            continue
        if records[0].seq != seq + 1:
            raise BrokenChain(row.stream, seq + 1, f"seq {records[0].seq} stands where this should")
        verify_chain(records, previous)
        seq, previous = records[-1].seq, records[-1].hash
    row = family[0][0]
    if (row.head_seq, row.head_hash) != (seq, previous):
        raise BrokenChain(
            row.stream, seq + 1, f"the room's events go up to seq {row.head_seq}, but {seq} is the last kept"
        )
