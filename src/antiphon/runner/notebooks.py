"""Notebooks of seats: brought along from earlier rooms, shown again when much was dropped, kept for later rooms.

They cross from room to room only where the scenario names a memory. Nothing is decided here: which notes a seat
holds is the state's, written by `!remember`.
"""

from __future__ import annotations

from antiphon.room.events import NoticeGiven, SeatChanged
from antiphon.room.state import Seat, State
from antiphon.runner.owned import OwnedRoom

__all__ = ["bring", "keep_notes", "owner_of", "show"]


def owner_of(state: State, seat: Seat) -> str:
    """Name a notebook's owner across rooms: the model's display name, numbered where it sits more than once."""
    alike = [other.id for other in state.seats.values() if other.display == seat.display]
    place = alike.index(seat.id) + 1
    return seat.display if place == 1 else f"{seat.display} {place}"


async def bring(room: OwnedRoom, seat: Seat) -> None:
    """Before a seat's first turn, give it the notes it made in earlier rooms of the same memory."""
    memory = room.state.scenario.memory
    if not memory or seat.notes:
        return
    notes = await room.journal.get_notes(memory, owner_of(room.state, seat))
    if notes:
        room.take("room", SeatChanged(seat=seat.id, what="notes", after=notes))
        show(room, seat)


def show(room: OwnedRoom, seat: Seat) -> None:
    """Have a seat hear its own notebook, if there is anything in it."""
    if seat.notes:
        listed = "\n".join(f"{place}. {note}" for place, note in enumerate(seat.notes, start=1))
        room.take("room", NoticeGiven(text=f"[your notebook]\n{listed}", to=(seat.id,), kind="notebook"))


async def keep_notes(room: OwnedRoom, seat: Seat) -> None:
    """Keep a seat's notebook for later rooms, where the scenario names a memory."""
    if memory := room.state.scenario.memory:
        await room.journal.put_notes(memory, owner_of(room.state, seat), seat.notes, room.lease.stream)
