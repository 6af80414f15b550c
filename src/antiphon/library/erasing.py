"""Deletes rooms and messages for good: with everything that holds their words, in whichever room it stands.

A deletion that is interrupted can be asked for again: what was asked for goes last. Files that a person exported are
theirs. How bytes are made to vanish is the journal's affair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from antiphon.errors import NotAllowed, UnknownName, UserError
from antiphon.library.care import forks_of
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import fold_of
from antiphon.room.contracts import Claim, Record
from antiphon.room.events import Event, SeatChanged
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.runner.notebooks import owner_of
from antiphon.runner.opening import take_up
from antiphon.runner.traces import notes_written, traces, with_notes

__all__ = ["delete_message", "delete_room"]

_RESTING = frozenset({"ended", "expired"})
"""Phases in which no seat will write into its notebook any more."""


async def delete_room(laboratory: Laboratory, room: str, *, with_forks: bool = False) -> list[str]:
    """Delete a room for good: events, pictures nobody else names, index, snapshots, and its notes wherever they went.

    Returns:
        The ids deleted, children before parents.

    Raises:
        NotAllowed: when it has forks (they read its events) and `with_forks` is not set.
        RoomOwned: when a live process runs it, one of its forks, or a room that was given its notes.
    """
    forks = await forks_of(laboratory, room)
    if forks and not with_forks:
        names = ", ".join(row.stream for row in forks)
        raise NotAllowed(f"room {room} has forks that read its events ({names}); delete them too with --with-forks")
    doomed = [*(row.stream for row in reversed(forks)), room]
    await _nobody_runs(laboratory, doomed)
    notes: set[str] = set()
    for name in doomed:
        notes |= notes_written([decode(record) for record in await laboratory.journal.read(name)])
    await _forget_notes(laboratory, notes, but=doomed)
    for name in doomed:
        await laboratory.journal.delete(name)
    return doomed


async def delete_message(laboratory: Laboratory, room: str, seq: int) -> int:
    """Erase one message for good, and its traces in the room, its forks and notebooks; the chains still verify.

    Returns:
        How many events were erased.

    Raises:
        UserError: when there is no message at `seq`.
        NotAllowed: when it is the scenario's opening, which `room.opened` holds too.
        RoomOwned: when a live process runs the room, one of its forks, or a room that was given its notes.
    """
    family = [*(row.stream for row in reversed(await forks_of(laboratory, room))), room]
    await _nobody_runs(laboratory, family)
    _erasable(await laboratory.journal.read(room), room, seq)
    doomed: dict[str, set[int]] = {}
    notes: set[str] = set()
    for name in family:
        records = await history(laboratory.journal, name)
        if any((record.stream, record.seq) == (room, seq) for record in records):
            found = traces([decode(record) for record in records], seq)
            doomed[name] = {record.seq for record in records if record.stream == name} & found.seqs
            notes |= found.notes
    await _clean_notebooks(laboratory, room, notes)
    erased = await _forget_notes(laboratory, notes, but=family)
    for name, seqs in doomed.items():
        erased += await _erase(laboratory, name, seqs, notes)
    return erased


def _erasable(records: Iterable[Record], room: str, seq: int) -> None:
    """Refuse what is no message, and what cannot go without the room."""
    messages = {record.seq: record for record in records if record.type == "message.said" and record.body is not None}
    if seq not in messages:
        there_are = ", ".join(map(str, list(messages)[:20])) or "none"
        raise UserError(f"no message stands at {seq}; there are: {there_are}")
    if messages[seq].by == "scenario":
        raise NotAllowed(
            f"the opening of {room} stands in its scenario too, which the room is made of; delete the room"
        )


async def _forget_notes(laboratory: Laboratory, notes: Collection[str], *, but: Collection[str]) -> int:
    """Erase notes in rooms that were given them through a common memory; tells how many events that took."""
    if not notes:
        return 0
    found: dict[str, set[int]] = {}
    for row in await laboratory.journal.rooms():
        if row.stream not in but:
            found[row.stream] = with_notes(_events(await laboratory.journal.read(row.stream)), notes)
    await _nobody_runs(laboratory, [name for name, seqs in found.items() if seqs])
    return sum([await _erase(laboratory, name, seqs, notes) for name, seqs in found.items()])


def _events(records: Iterable[Record]) -> list[Event]:
    return [decode(record) for record in records if record.type in {"seat.changed", "notice.given"}]


async def _erase(laboratory: Laboratory, room: str, seqs: Collection[int], notes: Collection[str]) -> int:
    """Erase events of one room; the other notes of its seats, which the same events held, are written anew."""
    if not seqs:
        return 0
    before = (await fold_of(laboratory, room)).state
    erased = await laboratory.journal.erase(room, sorted(seqs))
    kept = {seat.id: [note for note in seat.notes if note not in notes] for seat in before.seats.values()}
    now = (await fold_of(laboratory, room)).state
    changed = {seat.id: kept[seat.id] for seat in now.seats.values() if seat.notes != kept.get(seat.id, [])}
    if changed and now.phase not in _RESTING:
        opened = await take_up(laboratory.journal, laboratory.clock, room)
        for seat, rest in changed.items():
            opened.take("room", SeatChanged(seat=seat, what="notes", after=rest))
        await opened.flush()
        await laboratory.journal.release(opened.lease)
    return erased


async def _clean_notebooks(laboratory: Laboratory, room: str, notes: Collection[str]) -> None:
    """Take notes out of the notebooks that the seats of a room keep across rooms."""
    state = (await fold_of(laboratory, room)).state
    memory = state.scenario.memory
    for seat in state.seats.values() if memory and notes else ():
        owner = owner_of(state, seat)
        kept = await laboratory.journal.get_notes(memory, owner)
        rest = [note for note in kept if note not in notes]
        if rest != kept:
            await laboratory.journal.put_notes(memory, owner, rest, room)


async def _nobody_runs(laboratory: Laboratory, rooms: Iterable[str]) -> None:
    """Refuse when a live process runs one of the rooms, before anything is erased."""
    for room in rooms:
        row = await laboratory.journal.room(room)
        if row is None:
            raise UnknownName("room", room, [known.stream for known in (await laboratory.journal.rooms())[:10]])
        laboratory.not_run_here(room)
        if row.owner_alive:
            await laboratory.journal.release(await laboratory.journal.claim(Claim(stream=room)))
