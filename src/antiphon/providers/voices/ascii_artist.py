"""Draws: a scene of signs from a keyboard, with something in it that was spoken of, where it knows how to draw that.

Its things are in `ascii_artist.toml`, our own; where they stand, the sky and the ground are drawn by lot. Every line
is plain ASCII in a fence, at most `WIDE` signs long. It keeps nothing between two messages.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from antiphon.providers.voices.hearing import Chance, Hearing, asks_what_it_is, spoken

__all__ = ["ABOUT", "HIGH", "VOICE", "WIDE", "Thing", "speak", "things"]

ABOUT = "I am a small program that draws with the signs of a keyboard. Name a thing, and it may turn up in the picture."

WIDE, HIGH = 44, 9
"""Signs of a line and lines of a picture: it fits beside a name on a screen of eighty columns."""

STARS = 14
"""Signs in the sky at most."""

HEARD = 1_500
"""Characters of a message, its last ones, in which a thing to draw is looked for."""

_WORD = re.compile(r"[^\W\d_]{3,20}")
_SKIES = (("night", ".  *  +"), ("rain", "/ / "), ("snow", ". o *"), ("noon", "  -"), ("dusk", "~ -"))
_GROUNDS = (
    ("by the sea", "~~-~"),
    ("in a field", ",.;'"),
    ("on a road", "____"),
    ("on stones", "o.oO"),
    ("on a shelf", "===="),
)


class Thing(Struct, frozen=True, forbid_unknown_fields=True):
    """Is something it can draw: what it is called, the words that bring it to mind, and its lines."""

    name: str
    words: tuple[str, ...]
    drawn: str

    def lines(self) -> list[str]:
        """Give its lines, the top first, of one length."""
        lines = self.drawn.strip("\n").splitlines()
        widest = max(map(len, lines))
        return [line.ljust(widest) for line in lines]


def speak(hearing: Hearing, chance: Chance) -> str:
    """Draw one or two things before a sky, and give the picture a title."""
    line = hearing.answered()
    if asks_what_it_is(line):
        return ABOUT
    worn = "\n".join(line.text for line in hearing.lines if "```" in line.text)
    asked = _asked(spoken(line.text), worn) if line is not None else None
    first = asked or _fresh(worn, chance, None)
    second = _fresh(worn + first.name, chance, first) if chance() < 0.6 else None  # noqa: PLR2004 - more often two than one
    sky, marks = _drawn(_SKIES, chance)
    ground, pattern = _drawn(_GROUNDS, chance)
    picture = _scene([thing for thing in (first, second) if thing], marks, pattern, chance)
    named = first.name + (f" and {second.name}" if second else "")
    title = f"{named[0].upper()}{named[1:]} {ground}, {sky}"
    thanks = " You spoke of it." if asked else ""
    return f"```\n{picture}\n```\n{title}.{thanks}"


VOICE = speak


@lru_cache(maxsize=1)  # data of the package that never change: read once a process, on first use
def things() -> tuple[Thing, ...]:
    """Read what it can draw."""
    read = msgspec.toml.decode(
        files(__package__).joinpath("ascii_artist.toml").read_bytes(), type=dict[str, list[Thing]]
    )
    return tuple(read["things"])


def _asked(text: str, worn: str) -> Thing | None:
    """Find the last thing somebody spoke of that it can draw and has not drawn lately."""
    for word in reversed(_WORD.findall(text[-HEARD:].lower())):
        for thing in things():
            if thing.name not in worn.lower() and (word in thing.words or word.removesuffix("s") in thing.words):
                return thing
    return None


def _fresh(worn: str, chance: Chance, beside: Thing | None) -> Thing:
    """Choose a thing that was not drawn lately, if there is one, and another than the one it shall stand beside."""
    others = tuple(thing for thing in things() if thing is not beside)
    fresh = tuple(thing for thing in others if thing.name not in worn.lower())
    choices = fresh or others
    return choices[int(chance() * len(choices))]


def _drawn(pairs: tuple[tuple[str, str], ...], chance: Chance) -> tuple[str, str]:
    return pairs[int(chance() * len(pairs))]


def _scene(shown: list[Thing], marks: str, pattern: str, chance: Chance) -> str:
    """Put the sky, the things and the ground together; no line has space at its end."""
    rows = [[" "] * WIDE for _ in range(HIGH - 1)]
    for _ in range(int(chance() * STARS) + 3):
        rows[int(chance() * (HIGH - 3))][int(chance() * WIDE)] = marks[int(chance() * len(marks))]
    room = WIDE // len(shown)
    for place, thing in enumerate(shown):
        lines = thing.lines()
        left = place * room + int(chance() * max(1, room - len(lines[0])))
        for row, line in enumerate(lines, HIGH - 1 - len(lines)):
            rows[row][left : left + len(line)] = line
    ground = (pattern * WIDE)[int(chance() * len(pattern)) :][:WIDE]
    return "\n".join([*("".join(row)[:WIDE].rstrip() for row in rows), ground]).lstrip("\n")
