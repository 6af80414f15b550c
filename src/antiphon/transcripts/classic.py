"""The shape of the classic text form, shared by the reader and the writer so that they cannot disagree.

A block is a heading `AI-1 (Model) ` and the message below it. The notices of a turn stand before the block of the
message that caused them; a picture is told of when it is finished. Each line of the form begins in one of the ways
listed in `_SHAPES`; a line of a message that begins so gets a back slash when written and loses it when read.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

__all__ = ["MARK", "MARKERS", "PERSON", "Shape", "escaped", "shape_of", "shortened", "unescaped"]

Shape: TypeAlias = Literal["heading", "painting", "told", "command", "full", "created"]

MARKERS = ("^C^C",)
"""How models of the classic rooms asked to end."""
MARK = "↔ antiphon classic"
"""First line of files that our writer made: no repair touches them, for what looks damaged in them was said so."""
PERSON = "Person"
"""Stands for the seat where a person speaks; the classic program itself wrote nothing for people."""
SHORT = 50
"""Characters of a description that the line of a picture in the making shows."""

_SIGN = r"(?:(?:[^\x00-\x7f\[]{1,12}|\?{1,4}) ?)?"
"""The emoji before a line, whatever damage made of it."""
_SEAT = r"(?P<seat>AI-[1-9][0-9]{0,3})"
_MODEL = r" \((?P<model>[^\n]{1,200})\)"
_SHAPES: dict[Shape, re.Pattern[str]] = {
    "painting": re.compile(rf'{_SIGN}\[{_SEAT}(?:{_MODEL})?\]: !image "(?P<text>[^\n]*)" \(generating\.\.\.\) ?$'),
    "told": re.compile(rf"\[{_SEAT} (?P<text>modified their system prompt|adjusted their temperature)\] ?$"),
    "command": re.compile(rf"{_SIGN}\[{_SEAT}\]: !(?P<name>prompt|temperature|add_ai)\b(?P<text>[^\n]*)$"),
    "full": re.compile(r"(?P<text>Maximum of [0-9]{1,3} AIs already reached) ?$"),
    "created": re.compile(rf"{_SIGN}{_SEAT}(?:{_MODEL})? created an image(?P<text>[^\w\n]*)$"),
    "heading": re.compile(rf"(?P<seat>AI-[1-9][0-9]{{0,3}}|{PERSON}){_MODEL}(?P<text> ?)$"),
}
_LONGEST_FIXED = 400
"""Characters of a heading or notice without free text at most; longer lines are speech."""
_FREE: frozenset[Shape] = frozenset({"painting", "command"})
_ESCAPED = re.compile(r"\\+")
_MAY_BEGIN = re.compile(rf"{_SIGN}\[?(?:AI-|Maximum of |{PERSON} )")


def shape_of(line: str) -> tuple[Shape, re.Match[str]] | None:
    """Tell which line of the form this is; None = a line of a message."""
    if not _MAY_BEGIN.match(line):
        return None
    for shape, pattern in _SHAPES.items():
        if (found := pattern.match(line)) is not None and (shape in _FREE or len(line) <= _LONGEST_FIXED):
            return shape, found
    return None


def escaped(text: str) -> str:
    """Put a back slash before each line of a message that would be read as a line of the form."""
    return "\n".join(f"\\{line}" if _looks(line) else line for line in text.split("\n"))


def unescaped(text: str) -> str:
    """Take away the back slashes that `escaped` put there."""
    return "\n".join(line[1:] if line.startswith("\\") and _looks(line[1:]) else line for line in text.split("\n"))


def _looks(line: str) -> bool:
    return shape_of(_ESCAPED.sub("", line, count=1) if line.startswith("\\") else line) is not None


def shortened(description: str) -> str:
    """Give what the line of a picture in the making shows of its description."""
    one_line = " ".join(description.split("\n"))
    return one_line if len(one_line) <= SHORT else f"{one_line[:SHORT]}..."
