"""So many seconds since the room opened. A call that runs then may finish."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "WallTime"]

_MS = 1_000
"""Milliseconds in a second."""


class WallTime(RuleSettings, frozen=True, kw_only=True):
    """Ends the room a while after it opened, pauses included; a fork counts from its own opening.

    Attributes:
        seconds: seconds.
    """

    seconds: Annotated[float, Meta(gt=0, le=3_000_000_000)]

    hint: ClassVar[str] = "The room ends after a while."

    def terms(self) -> str:
        """Tell the time."""
        return f"The room ends {self.seconds:.15g} seconds after it opened."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the clock counts
        """End when the time is over."""
        return "wall_time" if moment.now - state.opened_at >= self.seconds * _MS else None


PLUGIN = WallTime
