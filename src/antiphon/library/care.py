"""Looks after a journal: verify rooms, copy it while it lives, delete rooms and messages for good."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from antiphon.errors import BrokenChain, NotAllowed, UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Claim, RoomRow
from antiphon.room.events import MessageSaid
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room

__all__ = ["Checked", "delete_message", "delete_room", "forks_of", "verify_rooms"]


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
    if not views:
        return Checked(name, found.events, found.erased)
    try:
        compared = replay(name, await history(laboratory.journal, name))
    except BrokenChain as broken:
        return Checked(name, found.events, found.erased, None, broken.why, broken.seq)
    return Checked(name, found.events, found.erased, compared)


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


async def delete_room(laboratory: Laboratory, room: str, *, with_forks: bool = False) -> list[str]:
    """Delete a room for good: events, pictures nobody else names, index, snapshots, notebooks.

    Returns:
        The ids deleted, children before parents.

    Raises:
        NotAllowed: when it has forks (they read its events) and `with_forks` is not set.
        RoomOwned: when a live process runs it or one of its forks.
    """
    forks = await forks_of(laboratory, room)
    if forks and not with_forks:
        names = ", ".join(row.stream for row in forks)
        raise NotAllowed(f"room {room} has forks that read its events ({names}); delete them too with --with-forks")
    doomed = [*(row.stream for row in reversed(forks)), room]
    for name in doomed:
        await _not_owned(laboratory, name)
    for name in doomed:
        await laboratory.journal.delete(name)
    return doomed


async def delete_message(laboratory: Laboratory, room: str, seq: int) -> int:
    """Erase one message for good: its body and salt, and what stems from it; the chain still verifies.

    Returns:
        How many events were erased: the message, and the commands that stood in it with what they brought.

    Raises:
        UnknownName: when there is no message at `seq`.
    """
    await _not_owned(laboratory, room)
    records = await laboratory.journal.read(room)
    messages = [record.seq for record in records if record.type == "message.said" and record.body is not None]
    if seq not in messages:
        raise UnknownName("message at seq", str(seq), [str(n) for n in messages[:20]])
    target = next(decode(record) for record in records if record.seq == seq)
    doomed = [seq]
    effects: set[str] = set()
    for record in records:
        if record.body is None or record.seq == seq:
            continue
        body = decode(record).body
        of_command = getattr(body, "message", None) == seq
        if of_command and getattr(body, "effect", None):
            effects.add(str(getattr(body, "effect")))  # noqa: B009 - only some bodies have one
        if of_command or getattr(body, "effect", None) in effects:
            doomed.append(record.seq)
    doomed += _consequences(records, target.body, seq)
    return await laboratory.journal.erase(room, sorted(set(doomed)))


def _consequences(records: Sequence[object], message: object, seq: int) -> list[int]:
    """Give the prompts, notes and notices that a message's commands left in the same transaction."""
    if not isinstance(message, MessageSaid):
        return []
    found: list[int] = []
    for record in records[seq:] if seq <= len(records) else ():
        kind = getattr(record, "type", "")
        if kind not in {"command.ran", "prompt.changed", "seat.changed", "notice.given", "rule.noted"}:
            break
        if kind in {"prompt.changed", "rule.noted"}:
            found.append(getattr(record, "seq"))  # noqa: B009 - a record's
    return found


async def _not_owned(laboratory: Laboratory, room: str) -> None:
    """Refuse when a live process runs the room."""
    row = await laboratory.journal.room(room)
    if row is None:
        raise UnknownName("room", room, [known.stream for known in (await laboratory.journal.rooms())[:10]])
    if row.owner_alive:
        lease = await laboratory.journal.claim(Claim(stream=room))
        await laboratory.journal.release(lease)
