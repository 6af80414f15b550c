"""Everything is heard, as long as it fits. What happens when it does not is the scenario's `overflow`."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Heard, Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Whole"]


class Whole(RuleSettings, frozen=True, kw_only=True):
    """Lets every seat hear the whole conversation."""

    hint: ClassVar[str] = "You hear the whole conversation."

    def answer(self, state: State, memory: None, moment: Moment) -> Heard:  # noqa: ARG002 - the same for all
        """Leave out nothing."""
        return Heard()


PLUGIN = Whole
