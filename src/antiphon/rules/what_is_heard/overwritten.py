"""A context that is full and goes on: each new token, the seat's own included, pushes out the oldest.

Unlike a window of messages it cuts through sentences: the first thing a seat hears may be the end of a word. It is
redrawn before every turn, so a provider's cache never hits; the kept prefix tells. It does not know what was said.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Heard, Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Overwritten"]


class Overwritten(RuleSettings, frozen=True, kw_only=True):
    """Lets a seat hear only the newest tokens, cut wherever they begin.

    Attributes:
        tokens: size of the context (`pieces-1`).
        system: whether the system text is the oldest part of it, and overwritten first; else it is kept beside it.
        seats: ids of the seats it holds for, the others hear everything; none = all.
    """

    tokens: Annotated[int, Meta(ge=1)]
    system: bool = False
    seats: tuple[str, ...] = ()

    hint: ClassVar[str] = "Everything said pushes out the oldest of what you have heard."

    def terms(self) -> str:
        """Tell the size, and whether these very words are safe."""
        fate = "these instructions too, and they go first" if self.system else "but never these instructions"
        whom = f" This holds for {', '.join(self.seats)}." if self.seats else ""
        return (
            f"Your context holds {self.tokens} tokens, your own words included: each new one pushes out the oldest, "
            f"{fate}.{whom}"
        )

    def promise(self, seat: str) -> str | None:
        """Tell it to whom it holds for."""
        return RuleSettings.promise(self, seat) if self._holds(seat) else None

    def answer(self, state: State, memory: None, moment: Moment) -> Heard:  # noqa: ARG002 - the view is measured by the engine
        """Give the size of the context."""
        return Heard(tokens=self.tokens, system=self.system) if self._holds(moment.seat) else Heard()

    def _holds(self, seat: str) -> bool:
        return not self.seats or seat in self.seats


PLUGIN = Overwritten
