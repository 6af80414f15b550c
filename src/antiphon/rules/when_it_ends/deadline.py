"""A moment at which the room ends, the same for its forks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State
from antiphon.room.times import millis

__all__ = ["PLUGIN", "Deadline"]


class Deadline(RuleSettings, frozen=True, kw_only=True):
    """Ends the room at a moment.

    Attributes:
        at: RFC 3339 with an offset, such as 2026-11-21T09:30:00Z.
    """

    at: Annotated[datetime, Meta(tz=True)]

    hint: ClassVar[str] = "The room ends at a set time."

    def terms(self) -> str:
        """Tell the moment."""
        return f"The room ends at {self.at.isoformat()}."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the clock tells
        """End when the moment has come."""
        return "deadline" if moment.now >= millis(self.at.isoformat()) else None


PLUGIN = Deadline
