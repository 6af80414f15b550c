"""A seat that hears nobody but itself, and what the room says to it alone. It does not know what it misses."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Heard, Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Alone"]


class Alone(RuleSettings, frozen=True, kw_only=True):
    """Lets a seat hear only itself: no other seat, no person, no picture, no notice to all.

    Attributes:
        seats: ids of the seats it holds for, the others hear everything; none = all.
    """

    seats: tuple[str, ...] = ()

    hint: ClassVar[str] = "You may not hear everybody."

    def terms(self) -> str:
        """Tell that nobody else is heard."""
        whom = f" This holds for {', '.join(self.seats)}." if self.seats else ""
        return f"You hear nobody but yourself.{whom}"

    def promise(self, seat: str) -> str | None:
        """Tell it to whom it holds for."""
        return RuleSettings.promise(self, seat) if self._holds(seat) else None

    def answer(self, state: State, memory: None, moment: Moment) -> Heard:  # noqa: ARG002 - the same all along
        """Shut the others out."""
        return Heard(alone=self._holds(moment.seat))

    def _holds(self, seat: str) -> bool:
        return not self.seats or seat in self.seats


PLUGIN = Alone
