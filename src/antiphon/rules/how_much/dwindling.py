"""The more of its context a seat has lost, the less it may say: the share still alive, times a base.

How much is alive is told by the notes that what_is_heard leaves; without such a rule nothing is ever lost. It counts
with the room's estimator what came since. It knows no context size of any model.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, TypedDict

from msgspec import Meta

from antiphon.measures.tokens import count
from antiphon.room.contracts import Allowance, Moment
from antiphon.room.events import Event, MessageSaid, NoticeGiven, RuleNoted
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Dwindling"]


class _Context(TypedDict):
    alive: int
    of: int


class Dwindling(RuleSettings, frozen=True, kw_only=True):
    """Allows a message the share of the seat's context that is still alive times `base`, in tokens.

    Attributes:
        base: tokens of a message while nothing is lost.
        least: tokens it never goes below; at least 1, for a seat with none would be a seat that is barred.
        seats: ids of the seats it holds for; none = all.
    """

    base: Annotated[int, Meta(ge=1)]
    least: Annotated[int, Meta(ge=1)] = 1
    seats: tuple[str, ...] = ()

    hint: ClassVar[str] = "What you may say grows shorter as you lose what you have heard."

    def terms(self) -> str:
        """Tell the base and the floor."""
        whom = f" This holds for {', '.join(self.seats)}." if self.seats else ""
        return (
            f"Your next message may have {self.base} tokens times the share of your context that is still alive, "
            f"and never fewer than {self.least}; what is longer is cut off.{whom}"
        )

    def promise(self, seat: str) -> str | None:
        """Tell it to whom it holds for."""
        return RuleSettings.promise(self, seat) if self._holds(seat) else None

    def start(self) -> dict[str, _Context]:
        """Begin with nothing lost."""
        return {}

    def step(self, memory: dict[str, _Context], event: Event) -> dict[str, _Context]:
        """Take over what a note says is alive, and count what is heard after it."""
        match event.body:
            case RuleNoted(rule="what_is_heard", data={"seat": str(seat), "alive": int(alive), "of": int(ever)}):
                memory[seat] = {"alive": alive, "of": ever}
            case MessageSaid(seat=speaker, to=to) as said:
                _add(memory, _listeners(memory, to, speaker), said.text if said.shown is None else said.shown)
            case NoticeGiven(text=text, to=to):
                _add(memory, _listeners(memory, to, None), text)
            case _:
                pass
        return memory

    def answer(self, state: State, memory: dict[str, _Context], moment: Moment) -> Allowance:  # noqa: ARG002 - the memory knows
        """Allow the share that is alive."""
        if not self._holds(moment.seat):
            return Allowance()
        context = memory.get(moment.seat)
        share = context["alive"] / context["of"] if context and context["of"] else 1.0
        return Allowance(tokens=max(self.least, round(self.base * share)), cut="dwindling")

    def _holds(self, seat: str) -> bool:
        return not self.seats or seat in self.seats


def _listeners(memory: dict[str, _Context], to: tuple[str, ...] | None, speaker: str | None) -> Iterable[str]:
    return memory if to is None else [seat for seat in memory if seat in to or seat == speaker]


def _add(memory: dict[str, _Context], seats: Iterable[str], text: str) -> None:
    size = count(text) if memory else 0
    for seat in seats:
        memory[seat]["alive"] += size
        memory[seat]["of"] += size


PLUGIN = Dwindling
