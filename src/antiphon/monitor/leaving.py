"""Hears when somebody steps out of the frame or asks to be let go: "I won't keep playing this".

A list of whole phrases in the first person, one list a language, looked up all at once. It is a reason to offer the
door, never one to stop a room. It knows no room.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["wants_out"]

EDGE = 300
"""Characters at each end of a message that are looked at: a request stands there, the middle is mostly a story."""

_QUOTED = ('"', "“", "”", "«", "»", "„", "「", "」", "*", ">")
"""Signs after which a phrase is somebody else's: quoted, or acted."""


@cache
def _phrases() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the phrases that ASCII can write, and all of them."""
    lists = tomllib.loads(files("antiphon.monitor").joinpath("leaving.toml").read_text("utf-8"))
    every = tuple(phrase for language in lists.values() if isinstance(language, list) for phrase in language)
    return tuple(phrase for phrase in every if phrase.isascii()), every


def wants_out(text: str) -> bool:
    """Tell whether the speaker asks to leave, or will not play on; what is quoted or acted is not its own."""
    ends = text if len(text) <= 2 * EDGE else f"{text[:EDGE]} {text[-EDGE:]}"
    words = " ".join(ends.casefold().replace("’", "'").split())
    plain, others = _phrases()
    for phrase in plain if words.isascii() else others:
        place = words.find(phrase)
        if place >= 0 and not words[:place].rstrip().endswith(_QUOTED):
            return True
    return False
