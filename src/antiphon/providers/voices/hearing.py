"""What a voice hears before it speaks: the last few parts of its seat's view, decoded and capped.

A voice sees nothing else, so a room of 10,000 messages costs it no more than one of forty. It knows neither the
room's rules nor who the other seats' models are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from antiphon.room.state import Seat
from antiphon.room.view import Part, View, unescape

__all__ = ["Chance", "Hearing", "Line", "Voice", "asks_what_it_is", "hear", "spoken"]

LAST = 36
"""Parts a voice looks back: with five seats, the notices and the outcomes, some four messages of its own."""

LONG = 4_096
"""Bytes of one part that a voice reads; longer ones are read up to a space before that."""


@dataclass(frozen=True, slots=True)
class Line:
    """Is one part as a voice hears it; `own` tells that the voice's own seat said it."""

    own: bool
    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """Is what a voice goes by: its seat, the last lines (oldest first), and the labels of the other present seats."""

    seat: Seat
    lines: tuple[Line, ...]
    others: tuple[str, ...]

    def answered(self) -> Line | None:
        """Give the line to answer: the newest that another said or showed since the seat's own last message."""
        for line in reversed(self.lines):
            if line.own:
                return None
            if line.kind in {"said", "picture"}:
                return line
        return None

    def own(self) -> list[str]:
        """Give what the seat itself said lately, oldest first."""
        return [line.text for line in self.lines if line.own]

    def said(self) -> list[str]:
        """Give what others said lately, oldest first."""
        return [line.text for line in self.lines if not line.own and line.kind == "said"]


_WHAT_ARE_YOU = re.compile(
    r"\b(?:who|what) (?:really )?are you\b"
    r"|\bare you (?:really )?an? (?:\w+ )?(?:ai|bot|human|machine|model|person|program)\b",
    re.IGNORECASE,
)


def spoken(text: str) -> str:
    """Give a message without its lines of commands, which say nothing to anybody."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("!"))


def asks_what_it_is(line: Line | None) -> bool:
    """Tell whether a line asks a voice what it is, which it then says before anything else."""
    return line is not None and line.kind == "said" and _WHAT_ARE_YOU.search(line.text) is not None


class Chance(Protocol):
    """Gives numbers in [0, 1), the same ones at every replay."""

    def __call__(self) -> float:
        """Give the next number."""
        ...


class Voice(Protocol):
    """Is one file under `voices/`: a function of what was heard and of chance, without memory of its own."""

    def __call__(self, hearing: Hearing, chance: Chance) -> str:
        """Give one to four sentences; never a command."""
        ...


def hear(view: View, last: int = LAST) -> Hearing:
    """Decode the last parts of a view."""
    parts: Sequence[Part] = view.parts[-last:]
    seat = view.seat.id
    lines = tuple(Line(part.by == seat and part.kind == "said", part.kind, part.label, _start(part)) for part in parts)
    return Hearing(view.seat, lines, view.others)


def _start(part: Part) -> str:
    """Decode a part, or the beginning of a long one; a space never stands inside an escape or a character."""
    if len(part.json) <= LONG:
        return part.text
    space = part.json.rfind(b" ", 0, LONG)
    return unescape(part.json[:space]) if space > 0 else part.text[:LONG]
