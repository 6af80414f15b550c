"""Too few are left. How few is the scenario's `min_seats`."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Left"]


class Left(RuleSettings, frozen=True, kw_only=True):
    """Ends the room when fewer than `min_seats` seats are present."""

    hint: ClassVar[str] = "The room ends when too many have left."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state counts
        """End when too few of those who came are still there."""
        return "left" if state.seats and len(state.present()) < state.scenario.min_seats else None


PLUGIN = Left
