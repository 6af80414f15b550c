"""Lists the flags of kept rooms and records what somebody thinks of one, whoever runs its room.

It raises none and judges nothing; how a flag lives is told in `room/flags.py`.
"""

from __future__ import annotations

from msgspec import Struct

from antiphon.errors import NotAllowed, UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.room.flags import Flag
from antiphon.room.records import decode
from antiphon.room.state import State, apply
from antiphon.runner.history import history

__all__ = ["Flagged", "answer", "flags_in", "flags_kept"]


class Flagged(Struct, frozen=True):
    """Is a flag with the room it stands in, and when it was raised first and last (RFC 3339)."""

    room: str
    flag: Flag
    first_at: str
    last_at: str


async def flags_in(laboratory: Laboratory, room: str) -> list[Flagged]:
    """List a room's flags, the first raised first; a fork's also has those it inherited."""
    state, times = State(room=room), dict[int, str]()
    for record in await history(laboratory.journal, room):
        apply(state, decode(record))
        times[record.seq] = record.at
    return [Flagged(room, flag, times[flag.first_seq], times[flag.last_seq]) for flag in state.flags.values()]


async def flags_kept(laboratory: Laboratory, *, waiting: bool = False) -> list[Flagged]:
    """List the flags of all rooms, each where it was raised; the room that changed last comes first.

    With `waiting` only those that wait for an answer, and rooms without one are not read.
    """
    counter = "open_flags" if waiting else "flags"
    rows = [row for row in await laboratory.journal.rooms() if row.counters.get(counter)]
    found = [await flags_in(laboratory, row.stream) for row in rows]
    return [one for flags in found for one in flags if not one.flag.inherited and (one.flag.waits or not waiting)]


async def answer(
    laboratory: Laboratory, flag: str, verdict: str, *, reason: str = "", by: str = "you", room: str | None = None
) -> tuple[Flagged, bool]:
    """Record what somebody thinks of a flag.

    Args:
        laboratory: knows the rooms.
        flag: its id, or a beginning of it that no other has.
        verdict: one of `antiphon.room.flags.VERDICTS`.
        reason: why, in a person's words.
        by: who says so.
        room: the id of the room it stands in; None = look in all rooms.

    Returns:
        The flag as it was found, and whether the answer was handed to a process that runs the room.

    Raises:
        NotAllowed: when several rooms have this flag, as the copy of a room does.
        UnknownName: when there is no such flag, or more than one.
    """
    known = await (flags_kept(laboratory) if room is None else flags_in(laboratory, room))
    exact = [one for one in known if one.flag.id == flag]
    found = exact or [one for one in known if flag and one.flag.id.startswith(flag)]
    if len(found) > 1 and len({one.flag.id for one in found}) == 1:
        rooms = ", ".join(one.room for one in found[:10])
        raise NotAllowed(f"flag {found[0].flag.id} stands in several rooms; say in which with --room: {rooms}")
    if len(found) != 1:
        raise UnknownName("flag", flag, [f"{one.flag.id} in {one.room}" for one in (found or known)[:10]])
    [meant] = found
    handed = await laboratory.ask(
        meant.room, "ack", by=f"person:{by}", flag=meant.flag.id, verdict=verdict, reason=reason
    )
    return meant, handed
