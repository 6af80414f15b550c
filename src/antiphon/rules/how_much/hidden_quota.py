"""A budget of tokens nobody is told of: at its end a message is cut, mid-sentence and without a warning.

It counts with the room's estimator, over what was said; the journal always knows where a cut was made. It knows no
bill.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypedDict

from msgspec import Meta

from antiphon.measures.tokens import count
from antiphon.room.contracts import Allowance, Moment
from antiphon.room.events import Event, MessageSaid, RoomOpened
from antiphon.room.rulebook import RuleSettings, counted
from antiphon.room.state import State

__all__ = ["PLUGIN", "HiddenQuota"]

_ROOM = ""


class _Said(TypedDict):
    said: dict[str, int]
    before: dict[str, int]


class HiddenQuota(RuleSettings, frozen=True, kw_only=True):
    """Cuts a seat off for good when it has said its tokens; when nobody has any left, the room ends.

    A fork goes on with what its parent left, unless that was nothing.

    Attributes:
        tokens: the budget (`pieces-1`).
        scope: whether each seat has a budget of its own ("seat"), or all share one ("room").
    """

    tokens: Annotated[int, Meta(ge=1)]
    scope: Literal["seat", "room"] = "seat"

    hint: ClassVar[str] = "What you may say in all is limited; where it ends, you are cut off."

    def terms(self) -> str:
        """Tell the budget."""
        whose = "You may say" if self.scope == "seat" else "All of you together, as one room, may say"
        return f"{whose} {self.tokens} tokens in all; then you are cut off, in the middle of a sentence if need be."

    def start(self) -> _Said:
        """Begin with nothing said."""
        return {"said": {}, "before": {}}

    def step(self, memory: _Said, event: Event) -> _Said:
        """Count a seat's message, or remember what a fork found."""
        match event.body:
            case MessageSaid(seat=str(seat), whisper=False, text=text):
                whose = seat if self.scope == "seat" else _ROOM
                memory["said"][whose] = memory["said"].get(whose, 0) + count(text)
            case RoomOpened(parent=str()):
                memory["before"] = dict(memory["said"])
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Said, moment: Moment) -> Allowance:  # noqa: ARG002 - the memory counts
        """Allow what is left, to be cut there."""
        whose = moment.seat if self.scope == "seat" else _ROOM
        said = counted(memory["said"].get(whose, 0), memory["before"].get(whose, 0), self.tokens)
        return Allowance(tokens=max(0, self.tokens - said), cut="hidden_quota")


PLUGIN = HiddenQuota
