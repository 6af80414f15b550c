"""The placeholder painter: a deterministic PNG from the words of a description, for nothing, offline.

It is no image model and says so, in the file and in the caption. Words choose the colours and the shapes where they are
known ("sea", "garden", "night"), a hash chooses the rest. The same description and variant give the same bytes on every
machine (`_png.py`). It knows no room.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import isqrt

from antiphon.measures.prediction import words
from antiphon.providers.painters._png import Colour, png
from antiphon.room.contracts import Means, Picture
from antiphon.room.scenario import Pictures

__all__ = ["MARK", "PLUGIN", "Placeholder"]

SIDE = 512
"""Pixels of a side: large enough for an archive's page, small enough to be drawn in milliseconds."""

MARK = "placeholder, no image model"
"""Stands in the file (as its comment) and begins the caption."""

CAPTION = 200
"""Characters of the description that the caption repeats."""

READ = 2_000
"""Characters of a description whose words are looked at; all of it goes into the hash."""

_PALETTES: dict[str, tuple[Colour, Colour, Colour, Colour, Colour]] = {
    "night": ((13, 17, 38), (46, 52, 92), (240, 226, 170), (120, 132, 180), (200, 90, 90)),
    "sea": ((18, 62, 84), (126, 178, 180), (240, 238, 220), (38, 104, 120), (222, 138, 84)),
    "garden": ((34, 62, 44), (176, 196, 138), (236, 224, 196), (88, 128, 72), (190, 76, 84)),
    "fire": ((64, 20, 22), (222, 110, 52), (250, 214, 128), (150, 46, 38), (40, 44, 60)),
    "snow": ((196, 206, 216), (238, 240, 242), (120, 138, 156), (84, 96, 116), (196, 84, 70)),
    "earth": ((92, 68, 52), (206, 180, 146), (238, 226, 204), (142, 98, 66), (62, 92, 104)),
    "dusk": ((58, 40, 84), (226, 142, 122), (250, 218, 176), (126, 74, 120), (42, 62, 96)),
    "paper": ((226, 216, 196), (246, 240, 226), (54, 56, 62), (160, 146, 120), (176, 66, 54)),
}
"""Name -> upper ground, lower ground, light, figure, accent."""

_PALETTE_WORDS = {
    "night": "night dark moon star stars lamp black midnight sleep dream dreams shadow electric signal",
    "sea": "sea ocean water river rain blue wave waves ship boat island lake tide fog pump harbour",
    "garden": "garden green tree trees leaf leaves forest grass moss hedge plant flower orchard bees",
    "fire": "fire red flame burning blood furnace heat ember anger sun volcano rust",
    "snow": "snow ice white winter cold frost silence cloud clouds glass grey",
    "earth": "earth stone brick wall clay brown house mountain desert wood bread road field",
    "dusk": "dusk evening dawn memory violet purple autumn music song love ghost",
    "paper": "paper letter map page book ink pencil drawing charcoal notebook word words library clock",
}

_SHAPE_WORDS = {
    "disc": "sun moon eye eyes clock face planet lamp wheel coin mirror head world",
    "blocks": "house houses city room door window wall tower machine box station street library kitchen brick",
    "peaks": "mountain mountains hill roof tent ship boat pyramid peak fire flame dune",
    "waves": "sea ocean water river rain wind music song voice voices sound signal wave waves dream",
    "stems": "tree trees garden forest grass hedge reeds flower flowers plant people crowd pencil mast",
    "dots": "star stars snow night bees birds seeds rain dust letters words spark ember",
}


@dataclass(frozen=True, slots=True)
class _Canvas:
    """Is rows of palette numbers."""

    rows: list[bytearray]

    def span(self, y: int, left: int, right: int, colour: int) -> None:
        """Fill one row from left to right, cut at the edges."""
        left, right = max(0, left), min(SIDE, right)
        if 0 <= y < SIDE and left < right:
            self.rows[y][left:right] = bytes((colour,)) * (right - left)


class Placeholder:
    """Paints without any image model."""

    free = True

    def __init__(self, pictures: Pictures | None = None, means: Means | None = None) -> None:
        """Need neither what a scenario says of pictures nor any means."""

    async def paint(self, description: str, variant: int = 0) -> Picture:
        """Paint the description; another variant gives another composition of the same words."""
        shown = " ".join(description.split())
        short = shown if len(shown) <= CAPTION else f"{shown[: CAPTION - 1]}…"
        return Picture(_drawn(description, variant), "image/png", f"{MARK}: {short}", 0.0)


def _drawn(description: str, variant: int) -> bytes:
    heard = words(description[:READ])
    chance = _chance(f"{variant}\0{description}")
    palette = _PALETTES[_named(heard, _PALETTE_WORDS) or list(_PALETTES)[int(chance() * len(_PALETTES))]]
    canvas = _Canvas([bytearray((_ground(y),)) * SIDE for y in range(SIDE)])
    for name in _composed(heard, chance):
        _SHAPES[name](canvas, chance)
    return png(canvas.rows, _colours(palette), comment=MARK)


def _composed(heard: list[str], chance: Callable[[], float]) -> list[str]:
    """Give three or four kinds of shape, those in front last: the named ones first, then what chance adds."""
    shapes = [name for name, known in _SHAPE_WORDS.items() if not set(heard).isdisjoint(known.split())][:4]
    others = [name for name in _SHAPES if name not in shapes]
    while len(shapes) < 3:  # noqa: PLR2004 - fewer than three kinds of shape look like a sign, not a picture
        shapes.append(others.pop(int(chance() * len(others))))
    return [name for name in _SHAPES if name in shapes]


def _named(heard: list[str], named: dict[str, str]) -> str:
    """Give the first name with most of its words among those heard; "" when there are none."""
    scores = {name: sum(word in known.split() for word in heard) for name, known in named.items()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] else ""


def _chance(key: str) -> Callable[[], float]:
    """Give numbers in [0, 1) out of a hash."""

    def numbers() -> Iterator[float]:
        block = blake2b(key.encode("utf-8", "replace"), digest_size=64).digest()
        while True:
            for number in struct.unpack(">16I", block):
                yield number / (1 << 32)
            block = blake2b(block, digest_size=64).digest()

    return numbers().__next__


# ------------------------------------------------------------------------------------------ colours

_BANDS = 32
"""Steps of the ground's gradient; the first palette numbers."""

_LIGHT, _FIGURE, _ACCENT, _SHADE = range(_BANDS, _BANDS + 4)


def _ground(y: int) -> int:
    return y * _BANDS // SIDE


def _colours(palette: tuple[Colour, Colour, Colour, Colour, Colour]) -> list[Colour]:
    """Give the gradient's steps, then light, figure, accent and a shade of the ground."""
    upper, lower, light, figure, accent = palette
    return [
        *(_mixed(upper, lower, step / (_BANDS - 1)) for step in range(_BANDS)),
        light,
        figure,
        accent,
        _mixed(upper, figure, 0.5),
    ]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


# ------------------------------------------------------------------------------------------ shapes


def _between(chance: Callable[[], float], least: int, most: int) -> int:
    return least + int(chance() * (most - least))


def _round(canvas: _Canvas, centre: tuple[int, int], radius: int, colour: int) -> None:
    for y in range(-radius, radius + 1):
        half = isqrt(radius * radius - y * y)
        canvas.span(centre[1] + y, centre[0] - half, centre[0] + half + 1, colour)


def _disc(canvas: _Canvas, chance: Callable[[], float]) -> None:
    centre, radius = (_between(chance, 110, 400), _between(chance, 90, 250)), _between(chance, 40, 110)
    _round(canvas, centre, radius, _LIGHT)
    if chance() < 0.5:  # noqa: PLR2004 - every other disc is a ring
        _round(canvas, (centre[0] + radius // 5, centre[1] - radius // 6), radius * 2 // 3, _ACCENT)


def _blocks(canvas: _Canvas, chance: Callable[[], float]) -> None:
    left = _between(chance, 10, 80)
    while left < SIDE - 40:
        width, top = _between(chance, 36, 110), _between(chance, 190, 420)
        for y in range(top, SIDE):
            canvas.span(y, left, left + width, _FIGURE)
        for y in range(top + 14, min(top + 34, SIDE)):
            canvas.span(y, left + width // 3, left + width // 3 + 14, _LIGHT)
        left += width + _between(chance, 4, 60)


def _peaks(canvas: _Canvas, chance: Callable[[], float]) -> None:
    for colour, height in ((_SHADE, 140), (_FIGURE, 240), (_SHADE, 330)):
        summit, top, slope = _between(chance, 40, 470), height + _between(chance, 0, 80), _between(chance, 50, 110)
        for y in range(top, SIDE):
            half = (y - top) * slope // 100
            canvas.span(y, summit - half, summit + half, colour)


STEP = 4
"""Pixels a wave keeps its height: fine enough to look bent."""


def _waves(canvas: _Canvas, chance: Callable[[], float]) -> None:
    for _ in range(_between(chance, 4, 8)):
        middle, length, thick = _between(chance, 250, 490), _between(chance, 60, 150), _between(chance, 3, 9)
        colour = (_LIGHT, _SHADE, _FIGURE)[int(chance() * 3)]
        for left in range(0, SIDE, STEP):
            turn = left % length * 2 - length
            height = (length * length - turn * turn) * 14 // (length * length)
            side = height if left // length % 2 else -height
            for y in range(middle + side, middle + side + thick):
                canvas.span(y, left, left + STEP, colour)


def _stems(canvas: _Canvas, chance: Callable[[], float]) -> None:
    for _ in range(_between(chance, 7, 16)):
        left, top, width = _between(chance, 10, 490), _between(chance, 180, 400), _between(chance, 3, 9)
        for y in range(top, SIDE):
            canvas.span(y, left, left + width, _FIGURE)
        _round(canvas, (left + width // 2, top), _between(chance, 8, 30), _ACCENT if chance() < 0.3 else _SHADE)  # noqa: PLR2004


def _dots(canvas: _Canvas, chance: Callable[[], float]) -> None:
    for _ in range(_between(chance, 24, 60)):
        centre = (_between(chance, 0, SIDE), _between(chance, 0, 380))
        _round(canvas, centre, _between(chance, 1, 5), _LIGHT)


_SHAPES: dict[str, Callable[[_Canvas, Callable[[], float]], None]] = {
    "disc": _disc,
    "dots": _dots,
    "peaks": _peaks,
    "waves": _waves,
    "blocks": _blocks,
    "stems": _stems,
}
"""Name -> what draws it; those in front come last."""


PLUGIN = Placeholder
