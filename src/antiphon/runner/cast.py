"""What the runner asks of assembly: who speaks for a seat, and who paints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from antiphon.room.contracts import Painter, Speaker
from antiphon.room.scenario import Pictures
from antiphon.room.state import Seat

__all__ = ["Cast", "Count"]

Count = Callable[[str], int]
"""Counts the tokens of a text with the room's one estimator."""


class Cast(Protocol):
    """Gives the real adapters; a test gives fakes."""

    def speaker(self, seat: Seat, seed: int) -> Speaker:
        """Give who speaks for a seat in a room of that seed; called again when the seat's model changed."""
        ...

    def painter(self, pictures: Pictures) -> Painter:
        """Give who paints for a room."""
        ...
