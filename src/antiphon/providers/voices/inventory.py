"""What a voice knows of the things in its room: what the room last told it that lies where, and what it took since.

It reads the answers to its own `!look`, `!take` and `!put` and nothing else; what others moved it learns by looking.
"""

from __future__ import annotations

import re

from antiphon.providers.voices.hearing import Hearing

__all__ = ["HELD", "inventory"]

HELD = "you hold"
"""The place of what the seat holds itself, in the room's own words."""

_AROUND = re.compile(r"^\[!look: ([^;]+: [^;]+(?:; [^;]+: [^;]+)*)\]$")
_TAKEN = re.compile(r"^\[!take: you hold the ([^.\]]+)")


def inventory(hearing: Hearing) -> dict[str, list[str]]:
    """Give place -> things, as far as the seat was told; {} before it has looked."""
    known: dict[str, list[str]] = {}
    for line in hearing.lines:
        if line.kind != "outcome":
            continue
        if (around := _AROUND.match(line.text)) is not None:
            known = _read(around[1])
        elif (taken := _TAKEN.match(line.text)) is not None and known:
            known = {place: [thing for thing in things if thing != taken[1]] for place, things in known.items()}
            known.setdefault(HELD, []).append(taken[1])
        elif line.text.startswith(("[!put: ", "[!take refused: ", "[!put refused: ")):
            known = {}  # it may lie anywhere by now: look again
    return known


def _read(told: str) -> dict[str, list[str]]:
    """Read one line of places with their things; what other seats hold is left out."""
    known: dict[str, list[str]] = {}
    for place, _, things in (part.partition(": ") for part in told.split("; ")):
        if not place.endswith(" holds"):
            known[place] = [thing for thing in things.split(", ") if thing != "nothing"]
    return known
