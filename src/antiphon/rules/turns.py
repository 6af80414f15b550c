"""Taking turns, for rules that fall back to it. It knows seats by the order in which they joined, and nothing else."""

from __future__ import annotations

from antiphon.room.state import Seat, State

__all__ = ["next_in_turn"]


def next_in_turn(state: State, ready: list[Seat]) -> str | None:
    """Give the first of `ready` that joined after the seat that had the last turn, else the first of all."""
    order = list(state.seats)
    after = order.index(state.last_turn) if state.last_turn in order else -1
    return min(ready, key=lambda seat: (order.index(seat.id) <= after, order.index(seat.id))).id if ready else None
