"""By lot: the same room draws the same seats. Chance comes in as the room's seed and sequence number."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.chance import pick
from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings, able
from antiphon.room.state import State

__all__ = ["PLUGIN", "Random"]


class Random(RuleSettings, frozen=True, kw_only=True):
    """Draws who speaks next by lot; never the same seat twice in a row, unless it is alone."""

    hint: ClassVar[str] = "Who speaks next is drawn by lot, never the same twice in a row."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - without memory
        """Draw one of the seats that may speak."""
        ready = able(state, moment)
        others = [seat for seat in ready if seat.id != state.last_turn] or ready
        return others[pick(state.seed, state.seq, "who_speaks", len(others))].id if others else None


PLUGIN = Random
