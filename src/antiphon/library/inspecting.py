"""Looks closely at a room: one seat with its past, and every message measured. Nothing is taken or changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from antiphon.errors import UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.measures.conversation import Line
from antiphon.measures.meter import Meter
from antiphon.measures.rows import Cell, columns
from antiphon.room.events import Event, MessageSaid, PromptChanged, SeatChanged, TurnEnded, TurnRequested
from antiphon.room.records import decode
from antiphon.room.state import fold
from antiphon.runner.history import history

__all__ = ["Changed", "Measured", "SeatPast", "Turn", "measured", "seat_past"]


class Changed(Struct, frozen=True, kw_only=True):
    """Is one change of a seat: what, from what to what, and by whom; of a prompt "add", "replace" or "revert"."""

    seq: int
    at: str
    by: str
    what: str
    before: Any = None  # Any: JSON, as the change has it
    after: Any = None  # Any: as above


class Turn(Struct, frozen=True, kw_only=True):
    """Is one turn of a seat: how it ended, what it cost, and how much of its view the provider could have kept.

    `kept_prefix` is a share in [0, 1]; `bytes` the view's size; `input` and `output` are tokens, None where unknown.
    """

    turn: int
    seq: int
    outcome: str
    bytes: int
    kept_prefix: float
    input: int | None
    output: int | None
    cost: float | None
    ms: int


class SeatPast(Struct, frozen=True, kw_only=True):
    """Is everything about one seat: its system text as it is read now, its layers, notes, changes and turns."""

    room: str
    seat: str
    label: str
    model: str
    original: str
    system: str
    layers: tuple[str, ...]
    replaced: bool
    temperature: float | None
    rights: tuple[str, ...]
    notes: tuple[str, ...]
    changes: tuple[Changed, ...]
    turns: tuple[Turn, ...]


class Measured(Struct, frozen=True, kw_only=True):
    """Holds every message's measures as a table: names of columns, then one row a message, `seqs` beside them."""

    room: str
    columns: tuple[str, ...]
    seqs: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


async def seat_past(laboratory: Laboratory, room: str, name: str) -> SeatPast:
    """Tell everything about one seat, by id or label; also of one that left.

    Raises:
        UnknownName: when nobody of that name ever sat there.
    """
    events = [decode(record) for record in await history(laboratory.journal, room)]
    state = fold(room, events)
    seat = state.seats.get(name) or state.by_label(name)
    if seat is None:
        raise UnknownName("seat", name, list(state.seats))
    return SeatPast(
        room=room,
        seat=seat.id,
        label=seat.label,
        model=seat.model,
        original=seat.system,
        system=seat.system_text(),
        layers=tuple(seat.layers),
        replaced=seat.replaced,
        temperature=seat.temperature,
        rights=seat.rights,
        notes=tuple(seat.notes),
        changes=tuple(found for event in events if (found := _changed(event, seat.id)) is not None),
        turns=tuple(_turns(events, seat.id)),
    )


def _changed(event: Event, seat: str) -> Changed | None:
    match event.body:
        case SeatChanged(seat=who, what=what, before=before, after=after) if who == seat:
            return Changed(seq=event.seq, at=event.at, by=event.by, what=what, before=before, after=after)
        case PromptChanged(seat=who, how=how, text=text) if who == seat:
            return Changed(seq=event.seq, at=event.at, by=event.by, what=how, after=text)
        case _:
            return None


def _turns(events: Sequence[Event], seat: str) -> list[Turn]:
    asked: dict[int, tuple[int, TurnRequested]] = {}
    found: list[Turn] = []
    for event in events:
        body = event.body
        if isinstance(body, TurnRequested) and body.seat == seat and body.purpose == "speak":
            asked[body.turn] = event.seq, body
        elif isinstance(body, TurnEnded) and body.turn in asked:
            seq, request = asked.pop(body.turn)
            usage = body.usage
            found.append(
                Turn(
                    turn=body.turn,
                    seq=seq,
                    outcome=body.outcome,
                    bytes=request.view.bytes,
                    kept_prefix=request.view.kept_prefix,
                    input=usage.input if usage is not None else None,
                    output=usage.output if usage is not None else None,
                    cost=body.cost,
                    ms=body.ms,
                )
            )
    return found


async def measured(laboratory: Laboratory, room: str) -> Measured:
    """Measure every message that was said aloud, in order; long rooms take a second and hold nobody up."""
    events = [decode(record) for record in await history(laboratory.journal, room)]
    return await asyncio.to_thread(_measure, room, events)


def _measure(room: str, events: Sequence[Event]) -> Measured:
    meter, seqs, rows = Meter(), [], []
    for event in events:
        if isinstance(body := event.body, MessageSaid) and body.seat is not None and not body.whisper:
            rows.append(columns(meter.hear(Line(body.seat, body.text, asks_end=body.asks_end is not None))))
            seqs.append(event.seq)
    names = tuple(rows[0]) if rows else ()
    return Measured(room=room, columns=names, seqs=tuple(seqs), rows=tuple(tuple(row.values()) for row in rows))
