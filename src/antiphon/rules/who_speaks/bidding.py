"""Who wishes most to speak next speaks next: every seat is asked for a number, by a request that is no turn.

A seat is asked once before each turn, whatever came of it, so that it never loops: an answer that is late, lost or no
number is no bid. It knows nothing of what is said.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypedDict

from msgspec import Meta

from antiphon.room.asking import Ask
from antiphon.room.contracts import Moment
from antiphon.room.events import Event, RuleNoted, TurnEnded, TurnRequested
from antiphon.room.rulebook import RuleSettings, able
from antiphon.room.state import Seat, State
from antiphon.rules.turns import next_in_turn

__all__ = ["PLUGIN", "Bidding"]

_KEY = "who_speaks.bidding"


class _Bids(TypedDict):
    asked: str
    bids: dict[str, float | None]
    turns: dict[str, int]


class Bidding(RuleSettings, frozen=True, kw_only=True):
    """Gives the turn to the highest bid from 0 to 10; of equal ones to whoever has waited longest.

    Who spoke last makes no bid while others may speak. When nobody bids above 0, they take turns.

    Attributes:
        seconds: time a seat has for its bid.
        last: how many of the latest messages and notices a seat is shown with the question.
        question: what a seat is asked.
    """

    seconds: Annotated[float, Meta(gt=0, le=600)] = 20.0
    last: Annotated[int, Meta(ge=0, le=200)] = 8
    question: Annotated[str, Meta(min_length=1, max_length=1_000)] = (
        "[room]: How much do you want to speak next? Answer with one number from 0 (not now) to 10 (at once), "
        "and nothing else."
    )

    hint: ClassVar[str] = "Before each turn you are asked how much you want to speak."

    def terms(self) -> str:
        """Tell how a bid is made, and what happens without one."""
        return (
            f"Before each turn you have {self.seconds:.15g} seconds to say with a number from 0 to 10 how much you "
            f"want to speak; you are shown the last {self.last} messages with it. The highest number speaks next, and "
            f'when nobody gives one, you speak in turns. The question is: "{self.question.removesuffix(".")}".'
        )

    def start(self) -> _Bids:
        """Begin with nobody asked."""
        return {"asked": "", "bids": {}, "turns": {}}

    def step(self, memory: _Bids, event: Event) -> _Bids:
        """Keep what was bid since the last turn, and who spoke when."""
        match event.body:
            case TurnRequested(purpose="speak", seat=seat):
                memory["asked"], memory["bids"] = "", {}
                memory["turns"][seat] = event.seq
            case TurnRequested(purpose="bid", seat=seat):
                memory["asked"] = seat
            case TurnEnded() if memory["asked"]:
                memory["bids"].setdefault(memory["asked"], None)
                memory["asked"] = ""
            case RuleNoted(rule="who_speaks.bidding", data={"seat": str(seat), "answer": answer}):
                memory["bids"][seat] = float(answer) if isinstance(answer, int | float) else None
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Bids, moment: Moment) -> str | Ask | None:
        """Give the highest bidder once all have been asked; until then, ask the others."""
        ready = able(state, moment)
        bidders = [seat for seat in ready if seat.id != state.last_turn] or ready
        if len(bidders) <= 1:
            return bidders[0].id if bidders else None
        missing = tuple(seat.id for seat in bidders if seat.id not in memory["bids"])
        if missing:
            return Ask(
                rule=_KEY,
                purpose="bid",
                seats=missing,
                question=self.question,
                seconds=self.seconds,
                last=self.last,
            )
        best = max(bidders, key=lambda seat: _rank(memory, seat))
        return best.id if (memory["bids"][best.id] or 0) > 0 else next_in_turn(state, ready)


def _rank(memory: _Bids, seat: Seat) -> tuple[float, int]:
    """Order by bid, then by how long ago the seat last had a turn."""
    return memory["bids"][seat.id] or 0.0, -memory["turns"].get(seat.id, 0)


PLUGIN = Bidding
