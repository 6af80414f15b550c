"""One seat's wish to end is enough. Who wrote `message.said` read the marker; nobody looks for it here."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "FirstMarker"]


class FirstMarker(RuleSettings, frozen=True, kw_only=True):
    """Ends the room as soon as one seat asks to end."""

    hint: ClassVar[str] = "The room ends as soon as one of you asks to end."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state knows
        """End when anybody asked."""
        return "first_marker" if state.asks else None


PLUGIN = FirstMarker
