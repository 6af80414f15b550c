"""One after the other, in the order of joining or in one that the scenario gives.

It knows nothing of what is said.
"""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings, able
from antiphon.room.state import State

__all__ = ["PLUGIN", "RoundRobin"]


class RoundRobin(RuleSettings, frozen=True, kw_only=True):
    """Gives the turn to the next seat of the round; who joins comes at its end, who is muted or gone is skipped.

    Attributes:
        order: seat ids in speaking order, such as ["AI-2", "AI-1"]; seats not named follow as they joined.
    """

    order: tuple[str, ...] = ()

    hint: ClassVar[str] = "You speak in turns."

    def terms(self) -> str:
        """Tell the order."""
        if self.order:
            return f"You speak in turns, in this order: {', '.join(self.order)}; who joins later comes last."
        return "You speak one after the other, in the order of joining."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - without memory
        """Give the next seat after the one that had the last turn."""
        seats = list(state.seats)
        if self.order:
            seats = [seat for seat in self.order if seat in state.seats]
            seats += [seat for seat in state.seats if seat not in self.order]
        ready = {seat.id for seat in able(state, moment)}
        after = seats.index(state.last_turn) + 1 if state.last_turn in seats else 0
        return next((seat for seat in seats[after:] + seats[:after] if seat in ready), None)


PLUGIN = RoundRobin
