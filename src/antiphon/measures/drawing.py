"""Tells lines of a drawing from lines of text, so that neither mark-up nor a detector mistakes one for the other.

Lines come in, kinds go out, in linear time. It knows no fences and no mark-up language: whoever asks says which lines
are code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal, TypeAlias

__all__ = ["FEWEST", "LineKind", "drawn", "line_kind"]

LineKind: TypeAlias = Literal["art", "indented", "blank", "text"]
"""What a line may be: drawn, beside a drawing perhaps, nothing, or words."""

FEWEST = 2
"""Drawn lines that make a drawing; a single one is a rule, an arrow or a smiley."""
_SHARE = 0.5
"""Share in [0, 1] of signs among the visible characters from which on a line counts as drawn."""
_DRAWN = re.compile(r"[\u2500-\u259f\u2800-\u28ff\u25a0-\u25ff]")
"""Box drawing, blocks, geometric shapes, braille patterns: no prose is made of them."""
_PROSE = re.compile(
    r"\s{0,3}(?:[-*+] |\d{1,9}[.)] |#{1,6} |> ?|!\w|\[[^\]\n]*\]\(|(?:[-*_] ?){3,}\s*$"
    r"|\*{1,2}[^\s*]|_{1,2}[^\s_]|\"|“|\(|\$)"
)
"""How lines of mark-up and speech begin that would otherwise pass for drawn."""
_TABLE = re.compile(r"\s{0,3}\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$")
_INDENT = 3
"""Leading spaces from which on a line may belong to a drawing beside it (a caption, say)."""
_GAP = re.compile(r"\S {3,}\S")
"""A hole in a line: prose has none, so that such a line too may belong to a drawing beside it."""


def line_kind(line: str) -> LineKind:
    """Tell what one line is, looked at alone."""
    visible = "".join(line.split())
    if not visible:
        return "blank"
    if _DRAWN.search(visible):
        return "art"
    indented = line.startswith(" " * _INDENT)
    if len(visible) > 1 and (indented or not _PROSE.match(line)):
        signs = sum(not sign.isalnum() for sign in visible)
        if signs / len(visible) >= _SHARE and (len(visible) > _INDENT or indented or visible[0] in "|/\\"):
            return "art"
    if visible in {"|", "/", "\\", "V", "v", "^", "·", "."} or (indented and _GAP.search(line)):
        return "art"
    return "indented" if indented or (_GAP.search(line) and not _PROSE.match(line)) else "text"


def drawn(lines: Sequence[str], kinds: Sequence[LineKind]) -> list[bool]:
    """Mark the lines of drawings: runs without plain text, with enough drawn lines, without blanks at their ends."""
    marks = [False] * len(lines)
    start = 0
    for is_text, members in groupby(kinds, key=lambda kind: kind == "text"):
        length = len(list(members))
        if not is_text:
            first, last = _trim(kinds, start, start + length)
            own = kinds[first:last]
            if own.count("art") >= FEWEST and not any(_TABLE.match(line) for line in lines[first:last]):
                marks[first:last] = [True] * (last - first)
        start += length
    return marks


def _trim(kinds: Sequence[LineKind], first: int, last: int) -> tuple[int, int]:
    while first < last and kinds[first] == "blank":
        first += 1
    while last > first and kinds[last - 1] == "blank":
        last -= 1
    return first, last
