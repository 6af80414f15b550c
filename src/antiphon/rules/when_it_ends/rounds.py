"""So many rounds. A round is as many turns as there were unmuted seats when it began."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings, counted
from antiphon.room.state import State

__all__ = ["PLUGIN", "Rounds"]


class Rounds(RuleSettings, frozen=True, kw_only=True):
    """Ends the room after a number of whole rounds; a fork counts its parent's unless these were enough already.

    Attributes:
        count: rounds.
    """

    count: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "The room ends after a number of rounds."

    def terms(self) -> str:
        """Tell the number."""
        return f"The room ends after {self.count} round{'' if self.count == 1 else 's'}."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state counts
        """End when the last round is complete."""
        return "rounds" if counted(state.round, state.round_at_opening, self.count) >= self.count else None


PLUGIN = Rounds
