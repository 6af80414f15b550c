r"""What a message does besides saying something: its commands, its end marker, the names it speaks under.

A tokenizer over one text, in linear time. A command stands at the start of a line (after three spaces at most),
outside fences, inline code, `>` quotations and indented blocks (`quoting.py`). Only "\n" and "\r\n" end a line. It
does not know which commands exist nor what they do: unknown and unfinished ones are found as well, to be answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from msgspec import Struct

from antiphon.room.arguments import read_arguments
from antiphon.room.quoting import Outside, fences, in_fences, quoted_line

__all__ = [
    "MOST_COMMANDS",
    "Found",
    "asks_end",
    "commands_in",
    "cut_other_mouths",
    "normalise",
    "strip_own_prefix",
    "strip_spans",
]

MOST_COMMANDS = 256
"""Commands read in one message; the next one is found with the error "too_many", and the rest is plain text."""

LONGEST_NAME = 64
"""Characters kept of a command's name: enough for every real one, and for the answer to a wrong one."""

LONGEST_COMPARED = 8_192
"""Characters of an argument that are compared: more than any command takes, and few enough that a megabyte of
ligatures, each of which NFKC makes eighteen letters of, costs nothing."""

ALIASES = {"web_search": "search"}
"""Names that models were taught elsewhere, and ours for them."""

_SPACE = " \t\r\n\u200b\u200c\u200d\u2060\ufeff\u00a0"
_OPEN_QUOTE = frozenset("\"'“”„‘’‚«»‹›`(<\\~")


class Found(Struct, frozen=True, kw_only=True):
    """Is one command as it stands in a message.

    Attributes:
        name: lower case, without "!".
        words: its arguments; a list `[a, b]` is one word (`arguments.listed` splits it).
        start: where its line begins, in characters.
        end: behind its last line, the newline included.
        error: None, "unterminated" (a quotation never closed) or "too_many".
    """

    name: str
    words: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    error: str | None = None

    @property
    def span(self) -> tuple[int, int]:
        """Give (start, end)."""
        return self.start, self.end


def commands_in(text: str, most: int = MOST_COMMANDS) -> list[Found]:
    """Find the commands of a message, in text order."""
    found: list[Found] = []
    if "!" not in text and "web_search" not in text:
        return found
    outside, pos = Outside(text), 0
    while (match := outside.next_call(pos)) is not None:
        words, pos, error = read_arguments(text, match.end())
        pos = min(pos + 1, len(text))
        name = (match["name"] or match["alias"]).lower()
        full = len(found) >= most
        found.append(
            Found(
                name=ALIASES.get(name, name)[:LONGEST_NAME],
                words=() if full else words,
                start=match.start(),
                end=pos,
                error="too_many" if full else error,
            )
        )
        if full:
            break
    return found


def asks_end(text: str, markers: Iterable[str]) -> bool:
    """Tell whether a marker is the last token of the message, outside quotations and code.

    Bold and italic around it and white space behind it are allowed. A marker in quotation marks, or with anything
    but white space behind it, is talked about and does not count.
    """
    bare = text.rstrip(_SPACE)
    for ending in (bare, bare.rstrip("*_")):
        for marker in markers:
            if marker and ending.endswith(marker) and _free(text, ending, len(ending) - len(marker)):
                return True
    return False


def _free(text: str, ending: str, place: int) -> bool:
    line = ending[ending.rfind("\n", 0, place) + 1 :]
    before = ending[place - 1 : place]
    if quoted_line(line) or before.isalnum() or before in _OPEN_QUOTE:
        return False
    return not in_fences(fences(text), place)


def strip_spans(text: str, spans: Iterable[Found | tuple[int, int]]) -> str:
    """Give the text without these commands, and without the blank lines they leave behind."""
    places = sorted(span.span if isinstance(span, Found) else span for span in spans)
    if not places:
        return text
    pieces, pos = [], 0
    for start, end in places:
        pieces.append(text[pos:start])
        pos = max(pos, end)
    out = pieces[0]
    for piece in [*pieces[1:], text[pos:]]:
        out += _without_blank_start(piece) if out.endswith("\n\n") or not out.strip() else piece
    return out if text[pos:].strip() else out.rstrip()


_LONGEST_PREFIX = 400
"""Characters in which an echoed label must end: most messages have no colon there, and no pattern is made."""

_BLANK_START = re.compile(r"(?:[ \t\r]*+\n)++")


def _without_blank_start(piece: str) -> str:
    match = _BLANK_START.match(piece)
    return piece[match.end() :] if match else piece


def strip_own_prefix(text: str, labels: Iterable[str]) -> str:
    """Strip an echo of the speaker's own label ("[Label]: ", "Label: ", "**Label:** ") from the very start."""
    if ":" not in text[:_LONGEST_PREFIX]:
        return text
    names = "|".join(re.escape(label) for label in sorted(set(labels), key=len, reverse=True) if label)
    if not names:
        return text
    name = rf"(?:\[(?:{names})\]|(?:{names}))(?: \([^()\n]{{1,120}}\))?"
    prefix = re.compile(rf"\s*+(?:\*\*{name}\*\*:|\*\*{name}:\*\*|{name}:)\s*+", re.IGNORECASE)
    for _ in range(3):
        match = prefix.match(text)
        if match is None:
            break
        text = text[match.end() :]
    return text


def cut_other_mouths(text: str, other_labels: Sequence[str]) -> tuple[str, int | None]:
    """Cut a reply where it begins to speak under another's label, "[Label]:" at the start of a line.

    Returns:
        The text before that, and the place in characters; the whole text and None when it speaks for itself only.
    """
    if "[" not in text:
        return text, None
    names = "|".join(re.escape(label) for label in sorted(set(other_labels), key=len, reverse=True) if label)
    if not names:
        return text, None
    mouth = re.compile(rf"^ {{0,3}}(?:\*\*)?\[(?:{names})\](?:\*\*)?:", re.MULTILINE | re.IGNORECASE)
    spans: list[tuple[int, int]] | None = None
    for match in mouth.finditer(text):
        spans = fences(text) if spans is None else spans
        if not in_fences(spans, match.start()):
            return text[: match.start()].rstrip(), match.start()
    return text, None


def normalise(argument: str) -> str:
    """Reduce an argument to what makes it the same request: NFKC, no invisible characters, one space, no case."""
    folded = unicodedata.normalize("NFKC", argument[:LONGEST_COMPARED]).casefold()
    visible = "".join(char for char in folded if char.isprintable() or char.isspace())
    return " ".join(unicodedata.normalize("NFKC", visible).split())
