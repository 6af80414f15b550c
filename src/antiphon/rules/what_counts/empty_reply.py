"""The null token: a message with nothing in it. The first is an event of its own kind, and is heard.

Later ones are kept, heard by nobody else, and noted as poor, for whoever judges whether the room is still alive. A
seat that passes says nothing at all, which is something else.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypedDict

from antiphon.room.contracts import Moment, Verdict
from antiphon.room.events import Event, MessageSaid
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "EmptyReply"]

_NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
"""Characters that show nothing; a message of these alone is empty."""


class _First(TypedDict):
    first: int


class EmptyReply(RuleSettings, frozen=True, kw_only=True):
    """Records the first empty message of a room as an event, and keeps later ones from the others.

    Attributes:
        how: "recorded_once", the one way there is.
    """

    how: Literal["recorded_once"] = "recorded_once"

    hint: ClassVar[str] = "A message with nothing in it is noticed here."

    def terms(self) -> str:
        """Tell what becomes of an empty message."""
        return "An empty message is heard once in this room and recorded (recorded_once); later ones reach nobody."

    def start(self) -> _First:
        """Begin with none."""
        return {"first": 0}

    def step(self, memory: _First, event: Event) -> _First:
        """Keep where the first one stands."""
        match event.body:
            case MessageSaid(seat=str(), whisper=False, text=text) if not memory["first"] and _empty(text):
                memory["first"] = event.seq
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _First, moment: Moment) -> Verdict:  # noqa: ARG002 - the memory knows
        """Note the first empty message and pass it on; keep the others back."""
        if not (_empty(moment.text) and _empty(moment.raw)):
            return Verdict()
        if not memory["first"]:
            return Verdict(ok=False, reason="the first empty message", noted="empty_reply", data={"first": True})
        data = {"first": False, "first_at": memory["first"], "poor": True}
        return Verdict(ok=False, reason="another empty message", penalty="withhold", noted="empty_reply", data=data)


def _empty(text: str) -> bool:
    return not text.strip(_NOTHING)


PLUGIN = EmptyReply
