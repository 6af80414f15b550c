"""A context window of tokens, counted with the room's estimator: over its size it is cut to three quarters at once."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.measures.tokens import count
from antiphon.room.contracts import Heard, Moment
from antiphon.room.events import Event
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State
from antiphon.rules import windows

__all__ = ["PLUGIN", "LastTokens"]


class LastTokens(RuleSettings, frozen=True, kw_only=True):
    """Lets every seat hear only so many tokens of messages and notices, its own messages included.

    Attributes:
        tokens: the most a seat hears (`pieces-1`); above it, whole messages are forgotten, the oldest first, until
            three quarters remain. The latest message is heard whole, however long.
    """

    tokens: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "You hear only the latest part of the conversation; what is older is forgotten."

    def terms(self) -> str:
        """Tell the size."""
        return f"You hear at most the last {self.tokens} tokens of the conversation, your own messages included."

    def start(self) -> windows.Windows:
        """Begin with empty windows."""
        return windows.start()

    def step(self, memory: windows.Windows, event: Event) -> windows.Windows:
        """Take in a message or notice, or a seat that joins."""
        text = windows.words(event)
        if text is not None:
            windows.hear(memory, event, count(text), self.tokens)
        elif (seat := windows.joiner(event)) is not None:
            windows.join(memory, seat)
        return memory

    def answer(self, state: State, memory: windows.Windows, moment: Moment) -> Heard:  # noqa: ARG002 - the memory knows
        """Give where the seat's window begins."""
        return Heard(windows.first_heard(memory, moment.seat))


PLUGIN = LastTokens
