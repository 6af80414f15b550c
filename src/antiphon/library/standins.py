"""Reads which models are to speak for which seats of a room that exists: by seat, or all in order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.errors import UserError
from antiphon.room.state import State

__all__ = ["by_seat"]


def by_seat(state: State, seats: Sequence[str]) -> tuple[str, ...]:
    """Give every model its seat.

    Args:
        state: the room's.
        seats: "AI-1=MODEL" for single seats, or as many models in order as imported seats need somebody to speak.

    Returns:
        "AI-1=MODEL" for each.

    Raises:
        UserError: when it is not clear for which seat a model is to speak.
    """
    bare = [spec for spec in seats if "=" not in spec]
    if not bare:
        return tuple(seats)
    needing = [seat.id for seat in state.speakers() if seat.provider == "imported"]
    if len(bare) == len(seats) == len(needing):
        return tuple(f"{seat}={model}" for seat, model in zip(needing, bare, strict=True))
    wanted = f"the {len(needing)} imported seats need one model each" if needing else "every seat here has its model"
    example = next(iter(needing or [seat.id for seat in state.present()]), "AI-1")
    raise UserError(f"for which seat is {bare[0]!r} to speak? {wanted}; say {example}={bare[0]}")
