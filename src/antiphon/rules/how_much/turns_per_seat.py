"""A number of turns for every seat. Failed and lost turns cost nothing: the seat did not get to speak."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypedDict

from msgspec import Meta

from antiphon.room.contracts import Allowance, Moment
from antiphon.room.events import Event, MessageSaid, RoomOpened, TurnEnded, TurnRequested
from antiphon.room.rulebook import RuleSettings, counted
from antiphon.room.state import State

__all__ = ["PLUGIN", "TurnsPerSeat"]


class _Turns(TypedDict):
    asked: str
    done: dict[str, int]
    before: dict[str, int]


class TurnsPerSeat(RuleSettings, frozen=True, kw_only=True):
    """Lets every seat speak (or pass) a number of times; when nobody has a turn left, the room ends.

    A fork's seats go on with what they had left; those that had used up all of it begin anew.

    Attributes:
        turns: turns of each seat.
    """

    turns: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "You have a limited number of turns."

    def terms(self) -> str:
        """Tell the number."""
        return f"You have {self.turns} turn{'' if self.turns == 1 else 's'} in all."

    def start(self) -> _Turns:
        """Begin with no turns taken."""
        return {"asked": "", "done": {}, "before": {}}

    def step(self, memory: _Turns, event: Event) -> _Turns:
        """Count a turn when it ended with a message or a pass."""
        match event.body:
            case TurnRequested(seat=seat, purpose="speak"):
                memory["asked"] = seat
            case TurnEnded(outcome="said" | "passed" | "cut") if memory["asked"]:
                _count(memory, memory["asked"])
                memory["asked"] = ""
            case TurnEnded():
                memory["asked"] = ""
            case MessageSaid(turn=None, seat=str(seat), whisper=False):
                _count(memory, seat)
            case RoomOpened(parent=str()):
                memory["before"] = dict(memory["done"])
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Turns, moment: Moment) -> Allowance:  # noqa: ARG002 - the memory knows
        """Allow nothing to a seat whose turns are used up, and set no other limit."""
        done, before = memory["done"].get(moment.seat, 0), memory["before"].get(moment.seat, 0)
        return Allowance(tokens=0) if counted(done, before, self.turns) >= self.turns else Allowance()


def _count(memory: _Turns, seat: str) -> None:
    memory["done"][seat] = memory["done"].get(seat, 0) + 1


PLUGIN = TurnsPerSeat
