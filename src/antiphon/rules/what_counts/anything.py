"""Everything counts: the rule that says so in a scenario."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Moment, Verdict
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Anything"]


class Anything(RuleSettings, frozen=True, kw_only=True):
    """Lets every message count, the empty one too."""

    hint: ClassVar[str] = "You may say anything."

    def answer(self, state: State, memory: None, moment: Moment) -> Verdict:  # noqa: ARG002 - whatever it is
        """Let it pass."""
        return Verdict()


PLUGIN = Anything
