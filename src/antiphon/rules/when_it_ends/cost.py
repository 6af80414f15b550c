"""So much money. Unlike the ceiling, which pauses, this is a planned end; free and unpriced seats cost it nothing."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Cost"]


class Cost(RuleSettings, frozen=True, kw_only=True):
    """Ends the room when its calls have cost so much; a fork counts from its own opening.

    Attributes:
        money: US dollars.
    """

    money: Annotated[float, Meta(gt=0, le=1_000_000)]

    hint: ClassVar[str] = "The room ends when its budget is spent."

    def terms(self) -> str:
        """Tell the budget."""
        return f"The room ends when it has cost ${self.money:g}."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state counts
        """End when what was settled reaches the budget."""
        return "cost" if state.cost >= self.money else None


PLUGIN = Cost
