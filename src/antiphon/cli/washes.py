"""How surprising words are shown on a terminal: washes under them, and bars on a line. Values and pure functions.

Nobody tells us what lies under the text of a terminal, so a wash brings its own ink: what stands on it can be read
(a test counts) even where the ground was guessed wrong. It draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

__all__ = ["BARS", "PLAIN_BARS", "WASHES", "Wash", "bars", "inked", "wash_for"]

BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = "_.:-=+*#"
"""The same heights for consoles that lack blocks."""

HIGH = 28.0
"""Bits a word at which a bar is full: prose that nobody said before has 18 to 28, a loop less than 2."""

_HEX = 16


class Wash(Struct, frozen=True):
    """Is a set of grounds for words of levels 1 to 4, "" for none.

    Attributes:
        grounds: their colours.
        ink: of text that has no colour of its own.
        share: of ink in text that has one, in [0, 1].
    """

    grounds: tuple[str, str, str, str]
    ink: str
    share: float


WASHES: Mapping[tuple[str, str], Wash] = {
    ("dark", "truecolor"): Wash(("", "", "#3a2d1f", "#4b3722"), "#e6e3dc", 0.55),
    ("light", "truecolor"): Wash(("", "", "#f9e8ca", "#f6dcb2"), "#22211f", 0.55),
    ("dark", "256"): Wash(("", "", "#303030", "#3a3a3a"), "#d7d7d7", 0.6),
    ("light", "256"): Wash(("", "", "#ffffd7", "#ffffaf"), "#1c1c1c", 0.6),
}
"""(ground of the terminal, rich's name for its colours) -> washes. Levels 1 and 2 have none on a terminal: cells
are blunter than a page, and a whole screen of washes is no pleasure to read. Sixteen colours have no quiet ones, and
get no wash."""


def wash_for(colours: str | None, ground: str) -> Wash | None:
    """Give the washes of a terminal; None where there can be no quiet ones.

    Args:
        colours: rich's name for what the terminal can show; None for none.
        ground: what the environment's COLORFGBG says, as terminals that set it do ("15;0": white on black).
    """
    under = ground.rpartition(";")[2]
    scheme = "light" if under in {"7", "15"} else "dark"
    return WASHES.get((scheme, colours or ""))


def inked(colour: str, wash: Wash) -> str:
    """Give the colour of text on a wash: that of its seat moved towards the ink, so that it can be read there."""
    if not colour.startswith("#"):
        return wash.ink
    mixed = (
        round((1 - wash.share) * int(colour[at : at + 2], _HEX) + wash.share * int(wash.ink[at : at + 2], _HEX))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def bars(means: Sequence[float], encoding: str) -> str:
    """Draw one sign a number, the higher the more bits a word."""
    signs = BARS
    try:
        BARS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        signs = PLAIN_BARS
    return "".join(signs[min(len(signs) - 1, int(mean / HIGH * len(signs)))] for mean in means)
