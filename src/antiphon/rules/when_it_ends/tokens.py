"""So many tokens said, counted with the room's estimator over the messages of seats. It knows no bill."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypedDict

from msgspec import Meta

from antiphon.measures.tokens import count
from antiphon.room.contracts import Moment
from antiphon.room.events import Event, MessageSaid, RoomOpened
from antiphon.room.rulebook import RuleSettings, counted
from antiphon.room.state import State

__all__ = ["PLUGIN", "Tokens"]


class _Said(TypedDict):
    total: int
    before: int


class Tokens(RuleSettings, frozen=True, kw_only=True):
    """Ends the room after a number of tokens; a fork counts its parent's unless these were enough already.

    Attributes:
        count: tokens (`pieces-1`) of all messages of all seats together.
    """

    count: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "The room ends when enough has been said."

    def terms(self) -> str:
        """Tell the number."""
        return f"The room ends after {self.count} tokens, all messages together."

    def start(self) -> _Said:
        """Begin with nothing said."""
        return {"total": 0, "before": 0}

    def step(self, memory: _Said, event: Event) -> _Said:
        """Count a seat's message, or remember what a fork found."""
        match event.body:
            case MessageSaid(seat=str(), whisper=False, text=text):
                memory["total"] += count(text)
            case RoomOpened(parent=str()):
                memory["before"] = memory["total"]
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Said, moment: Moment) -> str | None:  # noqa: ARG002 - the memory counts
        """End at the message that reaches the number."""
        return "tokens" if counted(memory["total"], memory["before"], self.count) >= self.count else None


PLUGIN = Tokens
