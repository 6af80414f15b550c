"""Which parts of a message are quoted or code: fences, inline code, `>` quotations, indented blocks.

The shape is CommonMark's, read for caution: what could be code is code. Three choices are our own. A fence that
opens with an info string inside an open fence of the same kind is nested and wants its own close. An unclosed
fence runs to the end. A line after a `>` line that bears no `>` itself is no part of the quotation, for models mark
every line they quote. Time is linear in the message. It does not know what a command is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Literal

__all__ = ["Fence", "Outside", "fences", "in_fences", "quote", "quoted_line"]

MOST_MARKS = 4_096
"""Fence lines and refused candidates looked at in one message; a message with more is noise, and its rest is held
to be code. It bounds the time a hostile megabyte can take."""

MOST_RUNS = 16_384
"""Runs of backticks looked at in one message; what stands behind the last is held to be code."""

_OPENS = re.compile(r"^ {0,3}(?:`{3,}+(?=[^`\n]*$)|~{3,}+)", re.MULTILINE)
_CALLS = re.compile(
    r"^ {0,3}(?:(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)|!(?P<name>[^\W\d_][\w-]*+)|(?P<alias>web_search)(?=[ \t]*\())",
    re.MULTILINE,
)
_FENCE_LINES = {
    "`": re.compile(r"^ {0,3}(`{3,}+)([^`\n]*)$", re.MULTILINE),
    "~": re.compile(r"^ {0,3}(~{3,}+)([^\n]*)$", re.MULTILINE),
}
_RUN = re.compile(r"`++")
_BREAK = re.compile(r"\n(?=[ \t\r]*+(?:\n|\Z)| {0,3}(?:>|`{3,}+[^`\n]*$|~{3}))", re.MULTILINE)
_QUOTED_LINE = re.compile(r" {0,3}>| {4}| {0,3}\t")
_INSIDE_RUNS = re.compile(r"`+|~+")


class Outside:
    """Walks over the lines of one message that begin like a command and stand outside all code."""

    def __init__(self, text: str) -> None:
        """Look at `text`; nothing is read before it is asked for."""
        self._text = text
        self._marks = 0
        self._code: _InlineCode | None = None

    def next_call(self, pos: int) -> re.Match[str] | None:
        """Find the next command-like line at or after `pos`, where a block begins.

        Returns:
            The match, with the group `name` or `alias` set; None when there is no more.
        """
        text, low = self._text, pos
        while (match := _CALLS.search(text, pos)) is not None:
            self._marks += 1
            if self._marks > MOST_MARKS:
                return None
            if match["fence"]:
                pos = low = self._fence_end(match)
                continue
            if self._code is None:
                self._code = _InlineCode(text)
            end = self._code.covering(low, match.start())
            if end is None:
                self._marks -= 1
                return match
            pos = low = end
        return None

    def _fence_end(self, opening: re.Match[str]) -> int:
        end, lines = _fence_end(self._text, opening, MOST_MARKS - self._marks)
        self._marks += lines
        return end


class _InlineCode:
    """Knows the inline code of one message: a run of backticks, to the next run as long within its paragraph."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._horizon = len(text) + 1
        for match in _RUN.finditer(text):
            if len(self._starts) == MOST_RUNS:
                self._horizon = match.start()
                break
            self._starts.append(match.start())
            self._ends.append(match.end())
        self._partner = self._partners()
        self._break_from, self._break_at = 0, -1

    def _partners(self) -> list[int]:
        """Give for each run the index of the next one of its length, -1 where there is none."""
        partner, seen = [-1] * len(self._starts), dict[int, int]()
        for index in range(len(self._starts) - 1, -1, -1):
            length = self._ends[index] - self._starts[index]
            partner[index] = seen.get(length, -1)
            seen[length] = index
        return partner

    def covering(self, low: int, place: int) -> int | None:
        """Give the end of the code that covers `place`, reading from `low` where none is open; None = not code."""
        if place >= self._horizon:
            return len(self._text)
        index = bisect_left(self._starts, low)
        while index < len(self._starts) and self._starts[index] < place:
            partner = self._partner[index]
            if partner < 0 or self._parted(self._starts[index], self._starts[partner]):
                index += 1
            elif self._starts[partner] > place:
                return self._ends[partner]
            else:
                index = partner + 1
        return None

    def _parted(self, first: int, second: int) -> bool:
        """Tell whether a paragraph ends between two places."""
        if not self._break_from <= first <= self._break_at:
            found = _BREAK.search(self._text, first)
            self._break_from, self._break_at = first, found.start() if found else len(self._text)
        return self._break_at < second


def _fence_end(text: str, opening: re.Match[str], most: int) -> tuple[int, int]:
    """Give where a fence ends, behind its last line, and how many fence lines were looked at."""
    mark = opening.group().lstrip()
    lengths, lines, pos = [len(mark)], 0, text.find("\n", opening.end())
    pattern = _FENCE_LINES[mark[0]]
    while pos >= 0 and lines < most and (match := pattern.search(text, pos)) is not None:
        lines += 1
        pos = match.end()
        if len(match[1]) < lengths[-1]:
            continue
        if match[2].strip():
            lengths.append(len(match[1]))
            continue
        lengths.pop()
        if not lengths:
            return min(pos + 1, len(text)), lines
    return len(text), lines


def fences(text: str) -> list[tuple[int, int]]:
    """List the (start, end) of every fence, the fence lines included, first to last."""
    found: list[tuple[int, int]] = []
    if "```" not in text and "~~~" not in text:
        return found
    pos, left = 0, MOST_MARKS
    while (match := _OPENS.search(text, pos)) is not None:
        pos, lines = _fence_end(text, match, left)
        left = max(0, left - lines - 1)
        found.append((match.start(), pos))
    return found


class Fence:
    """Follows fences line by line, as a message comes in: says of each line what `fences` says of the whole."""

    __slots__ = ("_lengths", "_mark")

    def __init__(self) -> None:
        """Begin outside, at the message's first line."""
        self._mark = ""
        self._lengths: list[int] = []

    @property
    def open(self) -> bool:
        """Tell whether the next line begins inside a fence."""
        return bool(self._lengths)

    def holds(self, line: str) -> bool:
        """Take the next whole line in, without its line break; tell whether it is part of a fence."""
        inside = self.open
        if "```" not in line and "~~~" not in line:
            return inside
        if not inside:
            opening = _OPENS.match(line)
            if opening is not None:
                mark = opening.group().lstrip()
                self._mark, self._lengths = mark[0], [len(mark)]
            return opening is not None
        match = _FENCE_LINES[self._mark].match(line)
        if match is not None and len(match[1]) >= self._lengths[-1]:
            if match[2].strip():
                self._lengths.append(len(match[1]))
            else:
                self._lengths.pop()
        return True


def in_fences(spans: list[tuple[int, int]], place: int) -> bool:
    """Tell whether `place` lies in one of the fences that `fences` listed."""
    index = bisect_left(spans, (place + 1, 0)) - 1
    return index >= 0 and place < spans[index][1]


def quoted_line(line: str) -> bool:
    """Tell whether a line is a `>` quotation, or indented by four columns."""
    return _QUOTED_LINE.match(line) is not None


def quote(text: str, how: Literal["mark", "fence", "indent"] = "mark") -> str:
    """Quote a message so that nothing in it is a command.

    Args:
        text: any message.
        how: "mark" = `>` before every line; "fence" = a fence longer than any inside; "indent" = four spaces.
    """
    match how:
        case "mark":
            return "> " + text.replace("\n", "\n> ")
        case "indent":
            return "    " + text.replace("\n", "\n    ")
        case "fence":
            longest = max((len(run) for run in _INSIDE_RUNS.findall(text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{text}\n{fence}"
