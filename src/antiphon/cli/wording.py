"""Lines of text with named styles, and how a foreign text becomes safe ones.

Pure. It knows no event, no terminal, no width and no colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from antiphon.measures.surprise import Shade
from antiphon.transcripts.safe import for_terminal

__all__ = ["BLANK", "Line", "Lines", "block", "quiet", "seat_style", "short", "tinted_block"]

_SHORT = 160
"""Characters of a notice or a reason that are shown; the journal has the rest."""


class Line(Struct, frozen=True):
    """Is one line before wrapping: (text, style) spans, after `indent` spaces; the styles are in `styles.py`.

    A `row` of a table may be as wide as the screen; running text may not.
    """

    spans: tuple[tuple[str, str], ...]
    indent: int = 0
    row: bool = False

    @property
    def text(self) -> str:
        """Give the line's text without styles."""
        return " " * self.indent + "".join(text for text, _ in self.spans)


BLANK = Line(())

Lines: TypeAlias = Iterator[Line]


def short(text: str, most: int = _SHORT) -> str:
    """Make a foreign text one safe line of at most `most` characters."""
    line = " ".join(for_terminal(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def seat_style(number: int) -> str:
    """Name the style of the seat with this number, from 1."""
    return f"seat:{number}"


def block(text: str, style: str = "", indent: int = 2) -> Lines:
    """Give a foreign text as safe lines; blank lines at its ends are left out."""
    for line in for_terminal(text).strip("\n").split("\n"):
        yield Line(((line.rstrip(), style),), indent) if line.strip() else BLANK


def tinted_block(text: str, shades: Sequence[Shade], style: str = "", indent: int = 2) -> Lines:
    """Give what `block` gives, the shaded stretches with a style more: "tint:1" to "tint:4"."""
    lines: list[list[tuple[str, str]]] = [[]]
    for piece, shade in _pieces(text, shades):
        first, *more = for_terminal(piece).split("\n")
        lines[-1].append((first, shade))
        lines += [[(line, shade)] for line in more]
    plain = ["".join(words for words, _ in line) for line in lines]
    said = [at for at, line in enumerate(plain) if line]
    for at in range(said[0], said[-1] + 1) if said else ():
        if plain[at].strip():
            yield Line(tuple(_ended(lines[at], len(plain[at].rstrip()), style)), indent)
        else:
            yield BLANK


def _pieces(text: str, shades: Sequence[Shade]) -> Iterator[tuple[str, str]]:
    """Cut a text at its shades: (piece, "" or the shade's style)."""
    place = 0
    for start, end, level in shades:
        yield text[place:start], ""
        yield text[start:end], f"tint:{level}"
        place = end
    yield text[place:], ""


def _ended(spans: Sequence[tuple[str, str]], length: int, style: str) -> Iterator[tuple[str, str]]:
    """Give a line's spans in their style, up to so many characters."""
    for words, shade in spans:
        if kept := words[: max(0, length)]:
            yield kept, f"{style} {shade}".strip()
        length -= len(words)


def quiet(text: str, style: str = "quiet") -> Line:
    """Give a line of the room's own, set in a little; the text must be safe already."""
    return Line(((text, style),), 2)
