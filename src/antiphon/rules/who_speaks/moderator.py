"""A moderator says who speaks next: a seat of the room, or a model that sits nowhere.

It is asked once before each turn; an answer that is late, lost or names nobody is none, and the seats take turns. It
does not know who is asked how, nor what was said.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypedDict

from msgspec import Meta

from antiphon.room.asking import NOT_SEATED, Ask
from antiphon.room.contracts import Moment
from antiphon.room.events import Event, RuleNoted, TurnEnded, TurnRequested
from antiphon.room.rulebook import RuleSettings, able
from antiphon.room.state import Seat, State
from antiphon.rules.turns import next_in_turn

__all__ = ["PLUGIN", "Moderator"]

_KEY = "who_speaks.moderator"


class _Said(TypedDict):
    asked: bool
    done: bool
    choice: str


class Moderator(RuleSettings, frozen=True, kw_only=True):
    """Lets one seat, or a model without a seat, name who speaks next; without an answer they take turns.

    Attributes:
        seat: id of the seat that moderates, such as "AI-1"; give this or `model`.
        model: id or name of a model that sits nowhere; it must be known, and one that costs money is asked only
            in a room with ceilings.
        speaks: whether the moderating seat also takes turns of its own.
        seconds: time for an answer.
        last: how many of the latest messages and notices are shown with the question.
    """

    seat: str = ""
    model: str = ""
    speaks: bool = True
    seconds: Annotated[float, Meta(gt=0, le=600)] = 20.0
    last: Annotated[int, Meta(ge=0, le=200)] = 12

    hint: ClassVar[str] = "A moderator says who speaks next."

    def __post_init__(self) -> None:
        """Refuse a moderation by nobody, or by two."""
        if bool(self.seat) == bool(self.model):
            msg = 'either a seat moderates (seat = "AI-1") or a model without one (model = "gpt-4o-mini")'
            raise ValueError(msg)

    def terms(self) -> str:
        """Tell who moderates, and what happens without an answer."""
        who = self.seat or f"{self.model} (who sits nowhere)"
        return (
            f"The moderator is {who}: it says who speaks next, and has {self.seconds:.15g} seconds for it and the last "
            f"{self.last} messages to go by; without an answer you speak in turns."
        )

    def start(self) -> _Said:
        """Begin with nothing asked."""
        return {"asked": False, "done": False, "choice": ""}

    def step(self, memory: _Said, event: Event) -> _Said:
        """Keep what the moderator said since the last turn."""
        match event.body:
            case TurnRequested(purpose="speak"):
                memory["asked"], memory["done"], memory["choice"] = False, False, ""
            case TurnRequested(purpose="moderate"):
                memory["asked"] = True
            case TurnEnded() if memory["asked"]:
                memory["asked"], memory["done"] = False, True
            case RuleNoted(rule="who_speaks.moderator", data={"answer": answer}):
                memory["done"] = True
                memory["choice"] = answer if isinstance(answer, str) else ""
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Said, moment: Moment) -> str | Ask | None:
        """Give the seat that was named, ask for one, or take turns."""
        ready = able(state, moment)
        ready = [seat for seat in ready if self.speaks or seat.id != self.seat] or ready
        if len(ready) <= 1:
            return ready[0].id if ready else None
        if memory["choice"] in {seat.id for seat in ready}:
            return memory["choice"]
        if memory["done"] or not self._there(state):
            return next_in_turn(state, ready)
        return self._ask(ready)

    def _there(self, state: State) -> bool:
        """Tell whether somebody can be asked: a seat that left or is muted cannot."""
        return bool(self.model) or ((seat := state.seats.get(self.seat)) is not None and seat.speaks)

    def _ask(self, ready: list[Seat]) -> Ask:
        labels = ", ".join(seat.label for seat in ready)
        return Ask(
            rule=_KEY,
            purpose="moderate",
            seats=(self.seat or NOT_SEATED,),
            model=self.model,
            question=f"[room]: Who speaks next? Answer with one of these names, and nothing else: {labels}.",
            seconds=self.seconds,
            tokens=32,
            last=self.last,
            choices=tuple((name, seat.id) for seat in ready for name in (seat.label, seat.id)),
        )


PLUGIN = Moderator
