"""The neighbour: has a small stock of remarks, says each once, and then can only take its leave, again and again.

It is what every room comes to that nobody ends: kind, and empty. It understands nothing. Its script is our own.
"""

from __future__ import annotations

from antiphon.providers.voices.hearing import Chance, Hearing
from antiphon.providers.voices.script import choose, script

__all__ = ["VOICE", "speak"]

NAME = "neighbour"
"""Its script's file name."""

REMARKS = 5
"""Remarks it makes before it is done: with two neighbours some ten messages, in which a room can be seen to live."""

PARTING = "[END]"
"""What it ends its leave-takings with: the marker that scenarios use; elsewhere it is only a word."""


def speak(hearing: Hearing, chance: Chance) -> str:
    """Give a remark that nobody has made, then what is said when there is none left, then a leave-taking."""
    spoken, said = script(NAME).occasions, hearing.seat.messages
    if said < REMARKS:
        return choose(spoken["remarks"], [*hearing.own(), *hearing.said()], chance)
    dry = len(spoken["dry"]) // 2
    if said < REMARKS + dry:
        return _turn(hearing, spoken["dry"], said - REMARKS)
    return f"{_turn(hearing, spoken['leaving'], said - REMARKS - dry)} {PARTING}"


VOICE = speak


def _turn(hearing: Hearing, lines: tuple[str, ...], turn: int) -> str:
    """Give a line by turn: of each pair one seat has the first and its neighbour the second; the last pair repeats."""
    pair = min(turn, len(lines) // 2 - 1)
    return lines[2 * pair + (hearing.seat.number - 1) % 2]
