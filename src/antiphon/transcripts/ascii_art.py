"""Finds ASCII art in a message, so that it is set in a fixed pitch before anything reads the text as mark-up.

A pure function over one text, in linear time. CommonMark takes leading spaces, back slashes and underscores for its
own; a drawing does not survive that. It knows no HTML.
"""

from __future__ import annotations

from itertools import groupby

from msgspec import Struct

from antiphon.measures.drawing import LineKind, drawn, line_kind
from antiphon.room.quoting import fences, in_fences

__all__ = ["Passage", "passages"]


class Passage(Struct, frozen=True):
    """Is a stretch of a message: a drawing, or text."""

    drawn: bool
    text: str


def passages(text: str) -> list[Passage]:
    """Cut a message into drawings and text, in order; joined by newlines they are the message again."""
    lines = text.split("\n")
    marks = zip(drawn(lines, _kinds(text, lines)), lines, strict=True)
    made: list[Passage] = []
    for is_drawn, members in groupby(marks, key=lambda pair: pair[0]):
        made.append(Passage(is_drawn, "\n".join(line for _, line in members)))
    return made


def _kinds(text: str, lines: list[str]) -> list[LineKind]:
    """Tell of each line what it is; code stays text."""
    spans = fences(text)
    kinds: list[LineKind] = []
    place = 0
    for line in lines:
        kinds.append("text" if in_fences(spans, place) else line_kind(line))
        place += len(line) + 1
    return kinds
