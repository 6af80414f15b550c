"""Hears when somebody steps out of the frame or asks to be let go: "I won't keep playing this".

A list of whole phrases in the first person, one list a language, looked up all at once. It is a reason to offer the
door, never one to stop a room. It knows no room.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["wants_out"]

EDGE = 240
"""Characters at each end of a message that are looked at: a request stands there, the middle is mostly a story."""

_QUOTED = ('"', "“", "”", "«", "»", "„", "「", "」", "*", ">")
"""Signs after which a phrase is somebody else's: quoted, or acted."""


_OTHER = re.compile("[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff]")
"""Letters of the scripts beside Latin that a list is written in."""


@cache
def _phrases(*, others: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the phrases in Latin letters, or the others, by how they begin: few beginnings are in any one message."""
    lists = tomllib.loads(files("antiphon.monitor").joinpath("leaving.toml").read_text("utf-8"))
    every = (phrase for language in lists.values() if isinstance(language, list) for phrase in language)
    known: dict[str, list[str]] = {}
    for phrase in every:
        if bool(_OTHER.search(phrase)) == others:
            words = phrase.split()
            known.setdefault(" ".join(words[:2]) if len(words) > 1 else phrase[:2], []).append(phrase)
    return tuple((beginning, tuple(phrases)) for beginning, phrases in known.items())


def wants_out(text: str) -> bool:
    """Tell whether the speaker asks to leave, or will not play on; what is quoted or acted is not its own."""
    ends = text if len(text) <= 2 * EDGE else f"{text[:EDGE]} {text[-EDGE:]}"
    said = " ".join(ends.casefold().replace("’", "'").split())
    return _in(said, _phrases(others=False)) or (bool(_OTHER.search(said)) and _in(said, _phrases(others=True)))


def _in(said: str, known: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    return any(beginning in said and any(_own(said, phrase) for phrase in phrases) for beginning, phrases in known)


def _own(said: str, phrase: str) -> bool:
    place = said.find(phrase)
    return place >= 0 and not said[:place].rstrip().endswith(_QUOTED)
