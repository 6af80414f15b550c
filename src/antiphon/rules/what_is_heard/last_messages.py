"""A context window of messages: over its size it is cut to three quarters at once."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Heard, Moment
from antiphon.room.events import Event, MessageSaid
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State
from antiphon.rules import windows

__all__ = ["PLUGIN", "LastMessages"]


class LastMessages(RuleSettings, frozen=True, kw_only=True):
    """Lets every seat hear the last messages only, its own included.

    Attributes:
        count: the most messages a seat hears; when there is one more, the oldest quarter is forgotten at once.
    """

    count: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "You hear only the latest messages; older ones are forgotten."

    def terms(self) -> str:
        """Tell the size."""
        return f"You hear at most the last {self.count} message{'' if self.count == 1 else 's'}, your own included."

    def start(self) -> windows.Windows:
        """Begin with empty windows."""
        return windows.start()

    def step(self, memory: windows.Windows, event: Event) -> windows.Windows:
        """Take in a message, or a seat that joins."""
        if isinstance(event.body, MessageSaid):
            windows.hear(memory, event, 1, self.count)
        elif (seat := windows.joiner(event)) is not None:
            windows.join(memory, seat)
        return memory

    def answer(self, state: State, memory: windows.Windows, moment: Moment) -> Heard:  # noqa: ARG002 - the memory knows
        """Give where the seat's window begins."""
        return Heard(windows.first_heard(memory, moment.seat))


PLUGIN = LastMessages
