"""So many messages of seats. What people say, whispers and passed turns are not counted."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings, counted
from antiphon.room.state import State

__all__ = ["PLUGIN", "Messages"]


class Messages(RuleSettings, frozen=True, kw_only=True):
    """Ends the room after a number of messages; a fork counts its parent's unless these were enough already.

    Attributes:
        count: messages of all seats together.
    """

    count: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "The room ends after a number of messages."

    def terms(self) -> str:
        """Tell the number."""
        return f"The room ends after {self.count} message{'' if self.count == 1 else 's'}, all seats together."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state counts
        """End at the last message."""
        inherited = state.messages - state.spoken_since_opening
        return "messages" if counted(state.messages, inherited, self.count) >= self.count else None


PLUGIN = Messages
