r"""The arguments of a command: quoted, bare and listed words, read by hand.

    "double"  “curly”  ”same curly at both ends”  'single'  with \" escapes, over several lines
    bare words   numbers, bare or quoted   [a, "b c", d]   and all of these in (parentheses, with=keys)

A quotation mark inside a quotation is told from the closing one by what stands beside it: `"a sign saying "hello" in
neon"` is one argument. Time is linear. What the words mean is not known here.
"""

from __future__ import annotations

import re

__all__ = ["Arguments", "listed", "read_arguments"]

MOST_WORDS = 64
"""Words read apart; what follows on the line is the last word, so that no text of a model is lost."""

LONGEST = 16_384
"""Characters that a quotation may run over further lines; beyond that it counts as never closed. It bounds the time
that a hostile message of unclosed quotations takes, at four times what any limit of a scenario allows by default."""

MOST_QUOTATIONS = 200
"""Quotation marks and escapes looked at inside one quotation, before it is taken to end at the last of them."""

_FAMILIES = {mark: family for family in ('"', "“”„", "'", "‘’‚") for mark in family}
_MARKS = {family: re.compile(rf"\\[\\{family}]|[{family}]") for family in set(_FAMILIES.values())}
_ITEMS = {family: re.compile(rf"[{family}](?P<item>(?:[^{family}\\]|\\.)*+)[{family}]") for family in _MARKS}
_BARE_ITEM = re.compile(r"(?P<item>[^,\]]++)")
_ALWAYS_OPEN = frozenset("“„‘‚")
_BEFORE_OPENING = frozenset(" \t\r\n([{<—–-=:/")
_AFTER_CLOSING = frozenset(" \t\r\n)]}>.,;:!?…—–")
_ESCAPED = re.compile(r"\\([\\\"'“”„‘’‚])")
_KEY = re.compile(r"[A-Za-z_]{1,32}=(?=[\"'“”„‘’‚\[])")
_BARE = re.compile(r"[^ \t\r\n]++")
_BARE_IN_PARENTHESES = re.compile(r"[^ \t\r\n,)]++")
_OPENING = re.compile(r"[ \t]*+\((?=[A-Za-z_]{1,32}=|[\"'“”„‘’‚])|\(|:")
_GAP = re.compile(r"[ \t\r]*+")
_GAP_IN_PARENTHESES = re.compile(r"[ \t\r,]*+")

Arguments = tuple[tuple[str, ...], int, str | None]
"""The words, where they end in the text, and None or "unterminated"."""


def read_arguments(text: str, pos: int) -> Arguments:
    """Read the words from `pos`, right behind a command's name, to the end of the line on which the last one ends."""
    return _Reader(text, pos).read()


def listed(word: str) -> tuple[str, ...] | None:
    """Split a word such as `[a, "b c"]` into its items; None when it is no list."""
    word = word.strip()
    found = _items(word, 0, len(word)) if word.startswith("[") else None
    return found[0] if found is not None and found[1] == len(word) else None


class _Reader:
    """Reads one command's words."""

    def __init__(self, text: str, pos: int) -> None:
        self.text, self.pos = text, pos
        self.parentheses = False
        self.words: list[str] = []

    def read(self) -> Arguments:
        opening = _OPENING.match(self.text, self.pos)
        if opening is not None:
            self.pos = opening.end()
            self.parentheses = opening.group() != ":"
        gap = _GAP_IN_PARENTHESES if self.parentheses else _GAP
        while True:
            self.pos = gap.match(self.text, self.pos).end()  # type: ignore[union-attr]  # it matches the empty gap too
            if self._at_end():
                return tuple(self.words), self._line_end(), None
            if not self._word():
                return tuple(self.words), self._line_end(), "unterminated"

    def _at_end(self) -> bool:
        here = self.text[self.pos : self.pos + 1]
        return here in {"", "\n"} or (self.parentheses and here == ")")

    def _line_end(self) -> int:
        end = self.text.find("\n", self.pos)
        return len(self.text) if end < 0 else end

    def _word(self) -> bool:
        """Take one word; False when it is a quotation that never closes."""
        if len(self.words) == MOST_WORDS - 1:
            end = self._line_end()
            self._take(self.text[self.pos : end].rstrip(), end)
            return True
        if key := _KEY.match(self.text, self.pos):
            self.pos = key.end()
        mark = self.text[self.pos]
        if mark in _FAMILIES:
            return self._quotation()
        if mark == "[" and (items := _items(self.text, self.pos, self._line_end())) is not None:
            self._take(self.text[self.pos : items[1]], items[1])
            return True
        bare = (_BARE_IN_PARENTHESES if self.parentheses else _BARE).match(self.text, self.pos)
        if bare is not None:
            self._take(bare.group(), bare.end())
        return True

    def _quotation(self) -> bool:
        close = _closing(self.text, self.pos, self._line_end())
        if close is None:
            return False
        self._take(_plain(self.text[self.pos + 1 : close]), close + 1)
        return True

    def _take(self, word: str, end: int) -> None:
        self.words.append(word)
        self.pos = end


def _plain(quoted: str) -> str:
    return _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted


def _items(text: str, start: int, line_end: int) -> tuple[tuple[str, ...], int] | None:
    """Read a list from its "[": the items, and the place behind its "]"; None when it does not close on its line."""
    items: list[str] = []
    pos = start + 1
    if text.find("]", pos, line_end) < 0:
        return None
    while pos < line_end:
        mark = text[pos]
        if mark == "]":
            return tuple(item for item in items if item), pos + 1
        if mark in ", \t\r":
            pos += 1
            continue
        item = _quoted_item(text, pos, line_end) if mark in _FAMILIES else _BARE_ITEM.match(text, pos, line_end)
        if item is None:
            return None
        items.append(_plain(item["item"].strip()))
        pos = item.end()
    return None


def _quoted_item(text: str, start: int, line_end: int) -> re.Match[str] | None:
    return _ITEMS[_FAMILIES[text[start]]].match(text, start, line_end)


def _closing(text: str, start: int, line_end: int) -> int | None:
    """Find the mark that closes the quotation at `start`: on its line if it can be, else on a later one."""
    marks = _MARKS[_FAMILIES[text[start]]]
    close, last = _balanced(text, marks, start + 1, line_end)
    if close is None and last is not None and not text[last + 1 : line_end].strip():
        close = last
    if close is None:
        close, _ = _balanced(text, marks, line_end, min(len(text), start + LONGEST))
    return last if close is None else close


def _balanced(text: str, marks: re.Pattern[str], start: int, end: int) -> tuple[int | None, int | None]:
    """Find the closing mark in text[start:end], past inner quotations; also give the last mark seen."""
    depth, last = 0, None
    for count, match in enumerate(marks.finditer(text, start, end)):
        if count > MOST_QUOTATIONS:
            break
        if len(match.group()) > 1:
            continue
        last = match.start()
        side = _side(text, last)
        if side < 0 and depth == 0:
            return last, last
        depth += side
    return None, last


def _side(text: str, place: int) -> int:
    """Tell whether the mark at `place` opens (1), closes (-1), or is an apostrophe (0)."""
    mark, before, after = text[place], text[place - 1], text[place + 1 : place + 2]
    if after and after not in _AFTER_CLOSING and after not in _FAMILIES:
        if mark in _ALWAYS_OPEN or before in _BEFORE_OPENING:
            return 1
        if mark in "'’" and before.isalnum() and after.isalnum():
            return 0
    return -1
