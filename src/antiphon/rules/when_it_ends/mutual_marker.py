"""All must wish to end, at about the same time. Who wrote `message.said` read the marker; nobody looks for it here."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "MutualMarker"]


class MutualMarker(RuleSettings, frozen=True, kw_only=True):
    """Ends the room when every seat that takes turns has asked to end within the last rounds.

    A muted seat cannot ask, so it is not waited for.

    Attributes:
        rounds: rounds after which a seat's wish no longer counts.
    """

    rounds: Annotated[int, Meta(ge=1)] = 2

    hint: ClassVar[str] = "The room ends when all of you ask to end."

    def terms(self) -> str:
        """Tell how close together the wishes must be."""
        within = "one round" if self.rounds == 1 else f"{self.rounds} rounds"
        return f"The room ends when all of you ask to end within {within}."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state knows
        """End when nobody is left whose wish is missing or too old."""
        asked = [state.asks.get(seat.id) for seat in state.speakers()]
        agreed = bool(asked) and all(ask and state.round - ask.round <= self.rounds for ask in asked)
        return "mutual_marker" if agreed else None


PLUGIN = MutualMarker
