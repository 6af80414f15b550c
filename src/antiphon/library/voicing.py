"""Changes how the seats of a session speak, by a person's hand: system texts and temperatures."""

from __future__ import annotations

from collections.abc import Mapping

from antiphon.errors import NotAllowed, UnknownName
from antiphon.library.session import Session
from antiphon.room.events import PromptChanged, SeatChanged
from antiphon.room.records import well_formed
from antiphon.room.state import Seat

__all__ = ["set_prompts", "set_temperatures"]

HIGHEST = 2.0
"""The highest temperature: the providers' range."""


async def set_prompts(session: Session, prompts: Mapping[str, str]) -> None:
    """Replace the system texts of seats, by id or label; the original stays in the journal.

    Raises:
        UnknownName: when no seat is called so.
    """
    wanted = [(_seat(session, name), text) for name, text in prompts.items()]
    for seat, text in wanted:
        session.conductor.room.take("person", PromptChanged(seat=seat.id, how="replace", text=well_formed(text)))
    await session.conductor.room.flush()


async def set_temperatures(session: Session, temperatures: Mapping[str, float]) -> None:
    """Set the temperatures of seats, by id or label, from 0 to 2.

    Raises:
        UnknownName: when no seat is called so.
        NotAllowed: when a temperature is out of range.
    """
    wanted = [(_seat(session, name), value) for name, value in temperatures.items()]
    for seat, value in wanted:
        if not 0 <= value <= HIGHEST:
            raise NotAllowed(f"a temperature is a number from 0 to {HIGHEST:g}, not {value} (for {seat.id})")
        body = SeatChanged(seat=seat.id, what="temperature", before=seat.temperature, after=value)
        session.conductor.room.take("person", body)
    await session.conductor.room.flush()


def _seat(session: Session, name: str) -> Seat:
    seat = session.state.by_label(name)
    if seat is None:
        raise UnknownName("seat", name, [f"{known.id} ({known.label})" for known in session.state.present()])
    return seat
