"""The answers that several verbs give: a room in a list, a room as it stands, an event as it is told.

Types only, and how they are made from what the library gives. The OpenAPI document is made from them.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from antiphon.room.contracts import RoomRow
from antiphon.room.events import AnyBody, Phase
from antiphon.room.scenario import Ceilings
from antiphon.room.state import Seat, State

__all__ = ["Owner", "RoomLine", "RoomState", "SeatState", "Told", "line_of", "seat_of", "state_of"]


class Owner(Struct, frozen=True, kw_only=True):
    """Says who runs a room now: this server, or another process by its pid."""

    here: bool
    pid: int | None = None


class RoomLine(Struct, frozen=True, kw_only=True):
    """Is one room of the wall, from the table of rooms alone.

    `stopped` tells that nobody runs the room although it neither rests nor ended: its process is gone. `cost` is US
    dollars, and `cost_unknown` tells that more of it may have been spent. `novelty` says of the last 32 messages of a
    watched room how much was new in each, 0 to 9, oldest first. `trouble` is why it stopped running here.
    """

    room: str
    scenario: str
    title: str
    phase: str
    why: str
    models: tuple[str, ...]
    labels: dict[str, str]
    seats: int
    turn: int
    messages: int
    tokens: int
    cost: float
    cost_unknown: bool
    flags: int
    head: int
    parent: str | None
    forked_at: int
    owner: Owner | None
    stopped: bool
    created_at: str
    changed_at: str
    novelty: tuple[int, ...]
    trouble: str = ""


class SeatState(Struct, frozen=True, kw_only=True):
    """Is one seat as it stands; `colour` is 1 to 8, the same as in every export; `input` and `output` are tokens."""

    seat: str
    label: str
    model: str
    display: str
    provider: str
    colour: int
    temperature: float | None
    rights: tuple[str, ...]
    left: bool
    muted: bool
    free: bool
    turns: int
    messages: int
    input: int
    output: int
    cost: float
    layers: int
    waits: bool


class RoomState(Struct, frozen=True, kw_only=True):
    """Is a room as it stands after event `head`.

    `position` is where a live stream goes on without a gap. `speaking` is the seat that was asked and has not
    answered; `spoken` is what it said so far, where this server runs the room.
    """

    line: RoomLine
    position: str
    head: int
    phase: Phase
    why: str
    seats: tuple[SeatState, ...]
    speaking: str | None
    spoken: str
    ceilings: Ceilings
    round: int
    about: str
    policy: str


class Told(Struct, frozen=True, kw_only=True):
    """Is one event: header and body (None where its owner erased it), and safe HTML where a reader sees something."""

    room: str
    seq: int
    at: str
    type: str
    by: str
    body: AnyBody | None
    html: str | None = None


_RESTING = frozenset({"paused", "ended", "expired"})
"""Phases in which nobody need run a room."""

_COLOURS = 8
"""As the exported page has it: colours begin anew after so many seats."""


def line_of(row: RoomRow, *, here: bool, trouble: str = "") -> RoomLine:
    """Make a line of the wall."""
    known: dict[str, Any] = row.counters  # Any: JSON; rooms written by older programs lack some of it
    return RoomLine(
        room=row.stream,
        scenario=known.get("scenario", ""),
        title=known.get("title") or known.get("scenario", ""),
        phase=row.phase,
        why=known.get("why", ""),
        models=tuple(known.get("models", ())),
        labels=known.get("labels", {}),
        seats=known.get("seats", 0),
        turn=known.get("turn", 0),
        messages=known.get("messages", 0),
        tokens=known.get("tokens", 0),
        cost=known.get("cost", 0.0),
        cost_unknown=known.get("cost_unknown", False),
        flags=known.get("flags", 0),
        head=row.head_seq,
        parent=row.parent,
        forked_at=known.get("forked_at", 0),
        owner=Owner(here=here, pid=row.owner_pid) if row.owner_alive else None,
        stopped=not row.owner_alive and row.phase not in _RESTING,
        created_at=row.created_at,
        changed_at=row.changed_at,
        novelty=tuple(known.get("novelty", ())),
        trouble=trouble,
    )


def seat_of(seat: Seat, place: int, *, waits: bool) -> SeatState:
    """Tell one seat; `place` counts everybody who ever sat, from 0."""
    return SeatState(
        seat=seat.id,
        label=seat.label,
        model=seat.model,
        display=seat.display,
        provider=seat.provider,
        colour=place % _COLOURS + 1,
        temperature=seat.temperature,
        rights=seat.rights,
        left=seat.left,
        muted=seat.muted,
        free=seat.free,
        turns=seat.turns,
        messages=seat.messages,
        input=seat.input,
        output=seat.output,
        cost=seat.cost,
        layers=len(seat.layers),
        waits=waits,
    )


def state_of(state: State, line: RoomLine, *, position: str, spoken: str, waiting: list[str]) -> RoomState:
    """Tell a room as it stands."""
    asked = state.open_turn
    return RoomState(
        line=line,
        position=position,
        head=state.seq,
        phase=state.phase,
        why=state.why,
        seats=tuple(seat_of(seat, place, waits=seat.id in waiting) for place, seat in enumerate(state.seats.values())),
        speaking=asked.seat if asked is not None and asked.purpose == "speak" else None,
        spoken=spoken,
        ceilings=state.ceilings,
        round=state.round,
        about=state.scenario.about,
        policy="",
    )
