"""Looks after a journal: verify rooms and their pictures, and find a room's forks."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from antiphon.errors import BrokenChain
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import RoomRow
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room

__all__ = ["Checked", "forks_of", "verify_rooms"]


class Checked(Struct, frozen=True):
    """Is what verification found in one room; `broken` is None where everything holds.

    `views` counts the views that replay compared (None: not asked for).
    """

    room: str
    events: int
    erased: int
    views: int | None = None
    broken: str | None = None
    seq: int | None = None


async def verify_rooms(laboratory: Laboratory, rooms: Sequence[str] = (), *, views: bool = False) -> list[Checked]:
    """Check the hash chain of rooms (all of them when none is named), and with `views` play them again."""
    names = list(rooms) or [row.stream for row in await laboratory.journal.rooms()]
    return [await _verify(laboratory, name, views=views) for name in names]


async def _verify(laboratory: Laboratory, name: str, *, views: bool) -> Checked:
    found = await verify_room(laboratory.journal, name)
    if found.broken is not None:
        return Checked(name, found.events, found.erased, None, found.broken.why, found.broken.seq)
    if (wrong := await _picture(laboratory, name)) is not None:
        return Checked(name, found.events, found.erased, None, wrong[1], wrong[0])
    if not views:
        return Checked(name, found.events, found.erased)
    try:
        compared = replay(name, await history(laboratory.journal, name))
    except BrokenChain as broken:
        return Checked(name, found.events, found.erased, None, broken.why, broken.seq)
    return Checked(name, found.events, found.erased, compared)


async def _picture(laboratory: Laboratory, name: str) -> tuple[int, str] | None:
    """Find a picture that is missing or is not what its name says: its event's sequence number, and why."""
    for record in await laboratory.journal.read(name):
        if record.type != "effect.ended" or record.body is None:
            continue
        blob = getattr(decode(record).body, "blob", None)
        if blob is None:
            continue
        kept = await laboratory.journal.get_blob(blob)
        if kept is None:
            return record.seq, "its picture is missing"
        if f"sha256:{sha256(kept[0]).hexdigest()}" != blob:
            return record.seq, "its picture is not what was kept"
    return None


async def forks_of(laboratory: Laboratory, room: str) -> list[RoomRow]:
    """List the forks of a room, and their forks, parents before children."""
    rows = await laboratory.journal.rooms()
    found: list[RoomRow] = []
    wanted = {room}
    while True:
        more = [row for row in rows if row.parent in wanted and row not in found]
        if not more:
            return found
        found += more
        wanted |= {row.stream for row in more}
