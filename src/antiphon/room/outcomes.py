"""The words in which commands answer, the same in every one of them: refusals, sizes, quoted scraps.

A reason is read by seats, and some by all of them: what a model wrote enters it only through `scrap`.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Ran
from antiphon.room.state import Seat, State

__all__ = ["counted", "listing", "others", "refused", "said", "scrap", "size", "too_long"]

SCRAP = 60
"""Characters of a model's own words that a reason repeats: enough to know which command is meant."""

LISTED = 40
"""Names that one answer lists; a room with every model of a large provider would drown its seats."""


def refused(reason: str) -> Ran:
    """Refuse, and say why."""
    return Ran(outcome="refused", reason=reason)


def scrap(text: str) -> str:
    """Quote the beginning of a model's own words: one line, printable, no brackets that could look like a notice."""
    line = "".join(char if char.isprintable() and char not in "[]" else " " for char in text[: SCRAP * 2])
    line = " ".join(line.split())
    return f"'{line}'" if len(line) <= SCRAP and len(text) <= SCRAP * 2 else f"'{line[:SCRAP]}…'"


def size(text: str) -> int:
    """Give the size of a text in UTF-8 bytes; half a surrogate pair counts as three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def too_long(what: str, text: str, most: int) -> Ran | None:
    """Refuse a text of more than `most` UTF-8 bytes; None when it fits."""
    bytes_ = size(text)
    return None if bytes_ <= most else refused(f"{what} has {bytes_:,} bytes; at most {most:,} are allowed")


def said(words: Sequence[str]) -> str:
    """Join words into the one text that a command takes, quoted or bare; white space around it is dropped."""
    return " ".join(words).strip()


def listing(names: Sequence[str]) -> str:
    """List names, the first `LISTED` of them."""
    rest = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {rest} more" if rest > 0 else "")


def counted(number: int, thing: str) -> str:
    """Write a number with its thing, such as "1 layer" or "8 layers"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def others(seat: Seat, state: State) -> tuple[str, ...]:
    """List the ids of the other present seats, in the order they joined."""
    return tuple(other.id for other in state.present() if other.id != seat.id)
