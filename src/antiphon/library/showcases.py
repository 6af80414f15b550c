"""Gives the showcase rooms: written by us, played back by `recording` seats through the real engine.

A room is two files of the package: `showcase/NAME.toml`, a scenario as any other, and `showcase/NAME.md`, the words
under "### Speaker" headings. A seat names its words as "showcase:NAME#Speaker". It knows no journal and opens no room.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from antiphon.errors import UnknownName
from antiphon.room.scenario import Scenario, parse_scenario

__all__ = ["SCRIPTED", "SHOWCASES", "is_showcase", "showcase", "words"]

SHOWCASES = ("spare-month", "applause", "dictionary-for-one")
"""The rooms that are shipped, in the order in which they are best met."""

SCRIPTED = (
    "We wrote the words; no model said them. Everything else is real: the seats",
    "play them back, and the room does what they command, or refuses.",
)
"""What is said wherever such a room is shown."""

_SOURCE = "showcase:"
"""What a recorded seat's source begins with when its words are a showcase room's."""

_HEADING = re.compile(r"^### (.+)\n", re.MULTILINE)


def showcase(name: str) -> Scenario:
    """Give a showcase room's scenario.

    Raises:
        UnknownName: naming those there are.
    """
    return parse_scenario(_file(name, "toml"), source=f"{name}.toml")


def is_showcase(source: str) -> bool:
    """Tell whether a recorded seat's source is a showcase room, "showcase:NAME"."""
    return source.startswith(_SOURCE)


@cache  # data of the package that never change: each is read once a process
def words(source: str) -> tuple[tuple[str, str], ...]:
    """Give (speaker, text) of every message of a showcase room, oldest first.

    Args:
        source: its name, or "showcase:NAME".
    """
    _, *parts = _HEADING.split(_file(source.removeprefix(_SOURCE), "md"))
    return tuple((speaker, text.strip("\n")) for speaker, text in zip(parts[::2], parts[1::2], strict=True))


def _file(name: str, suffix: str) -> str:
    if name not in SHOWCASES:
        raise UnknownName("showcase room", name, list(SHOWCASES))
    return files("antiphon").joinpath("showcase", f"{name}.{suffix}").read_text(encoding="utf-8")
