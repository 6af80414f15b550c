"""Reads parts of rooms: a stretch of events, a room as it stands now, what a seat was shown before a turn.

Nothing is taken or changed; rooms that other processes run are read like any other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from antiphon.errors import UnknownName, UserError
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Reads, Record, RoomRow
from antiphon.room.events import TurnRequested
from antiphon.room.records import decode
from antiphon.room.state import State, apply
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records, glance

__all__ = ["Shown", "ShownPart", "States", "known_room", "seat_view", "stretch"]

REMEMBERED = 64
"""Rooms whose states are remembered: those that tabs are open on, at some kilobytes each."""


class ShownPart(Struct, frozen=True, kw_only=True):
    """Is one part of a view: the role its model reads ("user", "assistant" or "system"), and the text."""

    role: str
    text: str


class Shown(Struct, frozen=True, kw_only=True):
    """Is exactly what a seat was shown, or would be if it spoke: system text, then the parts, oldest first.

    `after` is the last event that stands in it. `digest` is that of these parts and `bytes` their size; `sent` is the
    digest recorded when they were sent, None where nothing was.
    """

    room: str
    seat: str
    label: str
    after: int
    system: str
    parts: tuple[ShownPart, ...]
    bytes: int
    digest: str
    sent: str | None


async def known_room(journal: Reads, room: str) -> RoomRow:
    """Give a room's row; raises UnknownName, with some rooms there are, when there is none."""
    row = await journal.room(room)
    if row is None:
        raise UnknownName("room", room, [known.stream for known in (await journal.rooms())[:10]])
    return row


async def stretch(journal: Reads, room: str, after: int, until: int) -> list[Record]:
    """Give a room's records with after < seq <= until, oldest first; what lies before a fork is its parent's.

    Raises:
        UnknownName: when there is no such room, or a parent is gone.
    """
    found: list[Record] = []
    seen: set[str] = set()
    name: str | None = room
    while name is not None and name not in seen and after < until:
        seen.add(name)
        row = await known_room(journal, name)
        own = await journal.read(name, after=after, until=until)
        found = own + found
        until = own[0].seq - 1 if own else until
        name = row.parent
    return found


class States:
    """Gives rooms' states again and again at the cost of what is new: a page asks after each event.

    Only states are remembered, no texts but seats' own layers and notes; `forget` is for rooms something was erased in.
    """

    def __init__(self, laboratory: Laboratory) -> None:
        """Read from a laboratory's journal."""
        self._laboratory = laboratory
        self._known: OrderedDict[str, State] = OrderedDict()

    async def now(self, room: str) -> State:
        """Give a room's state: the live one where this process runs it, else folded from what is kept; read only.

        Raises:
            UnknownName: when there is no such room.
        """
        if (running := self._laboratory.running(room)) is not None:
            return running.room.state
        state = self._known.get(room)
        if state is None:
            state = self._known[room] = (await glance(self._laboratory.journal, room)).state
        self._known.move_to_end(room)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        for record in await self._laboratory.journal.read(room, after=state.seq):
            if record.seq > state.seq:  # nobody else was quicker
                apply(state, decode(record))
        return state

    def forget(self, room: str) -> None:
        """Forget a room that was deleted, or in which something was erased."""
        self._known.pop(room, None)


async def seat_view(
    laboratory: Laboratory, room: str, name: str, *, turn: int | None = None, at: int | None = None
) -> Shown:
    """Make again what a seat was shown before a turn, or would be shown after event `at` (neither: now).

    Raises:
        UnknownName: when there is no such room, or no such seat then.
        UserError: when there was no such turn of the seat.
    """
    records = await history(laboratory.journal, room)
    asked = _asked(records, turn) if turn is not None else None
    until = asked[0] - 1 if asked is not None else at
    fold = fold_records(room, [record for record in records if until is None or record.seq <= until])
    seat = fold.state.by_label(name)
    if seat is None:
        raise UnknownName("seat", name, [f"{known.id} ({known.label})" for known in fold.state.present()])
    if asked is not None and asked[1].seat != seat.id:
        raise UserError(f"turn {turn} was {asked[1].seat}'s, not {seat.id}'s")
    view, fact = fold.hearing.view(fold.state, seat), fold.hearing.fact(seat)
    return Shown(
        room=room,
        seat=seat.id,
        label=seat.label,
        after=fold.state.seq,
        system=view.system,
        parts=tuple(ShownPart(role=role, text=text) for role, text in view.lines()),
        bytes=fact.bytes,
        digest=fact.digest,
        sent=asked[1].view.digest if asked is not None else None,
    )


def _asked(records: Sequence[Record], turn: int) -> tuple[int, TurnRequested]:
    """Find the request of a turn, with its sequence number."""
    for record in records:
        body = decode(record).body if record.type == "turn.requested" else None
        if isinstance(body, TurnRequested) and body.turn == turn and body.purpose == "speak":
            return record.seq, body
    raise UserError(f"there was no turn {turn} in this room")
