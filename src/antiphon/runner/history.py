"""Reads a room's complete sequence of events: its own, and before them what it shares with its parents.

A fork keeps only what happened since; the prefix is read from where it was written. It decodes nothing.
"""

from __future__ import annotations

from antiphon.errors import JournalError, UnknownName
from antiphon.room.contracts import Reads, Record, RoomRow

__all__ = ["history", "lineage"]

GENERATIONS = 1000
"""How many parents are followed: more than anybody forks, few enough that a damaged table ends the search."""


async def history(journal: Reads, stream: str, until: int | None = None) -> list[Record]:
    """Give all records of a room with seq <= `until` (None: all), oldest first, its parents' prefixes included.

    Raises:
        UnknownName: when there is no such room, or a parent is gone.
        JournalError: when the parents go round in a circle.
    """
    found: list[Record] = []
    for _, records in reversed(await lineage(journal, stream)):
        found += records
    return found if until is None else [record for record in found if record.seq <= until]


async def lineage(journal: Reads, stream: str) -> list[tuple[RoomRow, list[Record]]]:
    """Give a room and its parents, youngest first, each with those of its own records that belong to the room.

    Raises:
        UnknownName: when there is no such room, or a parent is gone.
        JournalError: when the parents go round in a circle.
    """
    row = await _row(journal, stream)
    records = await journal.read(stream, until=row.head_seq)
    found = [(row, records)]
    cut = records[0].seq - 1 if records else row.head_seq
    while row.parent is not None:
        if row.parent in {known.stream for known, _ in found} or len(found) > GENERATIONS:
            raise JournalError(f"room {stream}: its parents go round in a circle at {row.parent}")
        row = await _row(journal, row.parent)
        records = await journal.read(row.stream, until=cut)
        found.append((row, records))
        cut = records[0].seq - 1 if records else cut
    return found


async def _row(journal: Reads, stream: str) -> RoomRow:
    row = await journal.room(stream)
    if row is None:
        raise UnknownName("room", stream, [known.stream for known in (await journal.rooms())[:10]])
    return row
