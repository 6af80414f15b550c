"""Who is named speaks next. It looks for labels and ids as whole words, and understands nothing else."""

from __future__ import annotations

import re
from typing import ClassVar, TypedDict
from unicodedata import normalize

from antiphon.room.contracts import Moment
from antiphon.room.events import Event, MessageSaid, TurnEnded
from antiphon.room.rulebook import RuleSettings, able
from antiphon.room.state import Seat, State

__all__ = ["PLUGIN", "Mention"]

_TAIL = 4_000
"""Characters kept of the last message: the last mention counts, so its end is enough, and a memory stays small."""


class _Last(TypedDict):
    by: str
    text: str


class Mention(RuleSettings, frozen=True, kw_only=True):
    """Gives the turn to the seat that the last message named last, by label or id; else they take turns."""

    hint: ClassVar[str] = "Whoever is mentioned by name speaks next; when nobody is, you speak in turns."

    def start(self) -> _Last:
        """Begin with nothing said."""
        return {"by": "", "text": ""}

    def step(self, memory: _Last, event: Event) -> _Last:
        """Keep the end of the last message that everybody heard; a turn that ended has answered the one before."""
        body = event.body
        if isinstance(body, MessageSaid) and body.to is None:
            memory["by"] = body.seat or ""
            memory["text"] = (body.text if body.shown is None else body.shown)[-_TAIL:]
        elif isinstance(body, TurnEnded) and body.outcome not in {"failed", "lost"}:
            memory["text"] = ""
        return memory

    def answer(self, state: State, memory: _Last, moment: Moment) -> str | None:
        """Give the seat mentioned last by another, else the next of the round."""
        ready = able(state, moment)
        text = _plain(memory["text"])
        places = [(_last(text, seat), seat.id) for seat in ready if seat.id != memory["by"]]
        best = max(places, default=((0, 0), ""))
        return best[1] if best[0] > (0, 0) else _next(state, ready)


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _last(text: str, seat: Seat) -> tuple[int, int]:
    """Give end and length of the last mention of a seat; a longer name wins over one that it ends with."""
    best = (0, 0)
    for name in {_plain(seat.label), _plain(seat.id)} - {""}:
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            best = max(best, (found.end(), len(name)))
    return best


def _next(state: State, ready: list[Seat]) -> str | None:
    """Take turns: the first seat that joined after the last one to speak, else the first of all."""
    order = list(state.seats)
    after = order.index(state.last_turn) if state.last_turn in order else -1
    return min(ready, key=lambda seat: (order.index(seat.id) <= after, order.index(seat.id))).id if ready else None


PLUGIN = Mention
