"""Copies rooms from one journal to another, byte for byte, and checks every chain on the other side.

Parents come before their forks. What is there already and equal is left alone, so that a copy that was interrupted
is finished by the same call. Notebooks and snapshots stay: the first are not a room's, the second are a cache.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from msgspec import Struct

from antiphon.errors import BrokenChain, NotAllowed
from antiphon.journal.naming import names_in
from antiphon.room.journals import Journal, RoomRow
from antiphon.runner.verify import verify_room

__all__ = ["CopiedRoom", "copy_rooms"]


class CopiedRoom(Struct, frozen=True):
    """Says what became of one room: how many events of its own were copied; 0 where it was there already."""

    room: str
    events: int


async def copy_rooms(source: Journal, target: Journal) -> AsyncIterator[CopiedRoom]:
    """Copy every room; each is given once its chain was verified in the target.

    A room that is running is copied as it stood when it was looked at.

    Raises:
        NotAllowed: when the target has another room of the same name.
        BrokenChain: when a room's chain does not hold in the target: it was damaged in the source.
    """
    for row in _parents_first(await source.rooms()):
        there = await target.room(row.stream)
        if there is not None and (there.head_seq, there.head_hash) == (row.head_seq, row.head_hash):
            yield CopiedRoom(row.stream, 0)
            continue
        if there is not None:
            raise NotAllowed(
                f"room {row.stream} is in both journals and differs (seq {row.head_seq} and {there.head_seq}); "
                "delete it in the one where it is not wanted"
            )
        yield CopiedRoom(row.stream, await _copy(source, target, row))


async def _copy(source: Journal, target: Journal, row: RoomRow) -> int:
    records = await source.read(row.stream, until=row.head_seq)
    for name in sorted({name for name, _, _ in names_in(records)}):
        if (blob := await source.get_blob(name)) is not None:
            await target.put_blob(*blob)
    await target.take_in(row, records)
    found = await verify_room(target, row.stream)
    if found.broken is not None:
        raise BrokenChain(row.stream, found.broken.seq, found.broken.why)
    return found.events


def _parents_first(rows: list[RoomRow]) -> list[RoomRow]:
    """Order rooms so that each comes after its parent; a parent that is not there is nobody's."""
    by_name = {row.stream: row for row in rows}
    ordered: dict[str, RoomRow] = {}
    for row in rows:
        line: list[RoomRow] = []
        at: RoomRow | None = row
        while at is not None and at.stream not in ordered and at not in line:
            line.append(at)
            at = by_name.get(at.parent or "")
        ordered.update((one.stream, one) for one in reversed(line))
    return list(ordered.values())
