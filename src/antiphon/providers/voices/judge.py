"""The judge: says whether quoted messages still bring words that were not there before; the monitor's, offline.

It counts and understands nothing, so no message can talk it round. It sits nowhere: asked for anything but a verdict,
it says that it judges.
"""

from __future__ import annotations

import re

import msgspec

from antiphon.measures.words import words
from antiphon.providers.voices.hearing import Chance, Hearing

__all__ = ["VOICE", "speak"]

LATEST = 4
"""Messages that must bring something: the last round or two of most rooms."""

FRESH = 0.3
"""Share of unheard words in them below which the room is over; talk that lives is mostly above a half."""

_CHOICES = re.compile(r"\b(over|alive|unsure)-([0-9a-f]{6})\b")


class _Quoted(msgspec.Struct):
    text: str


def speak(hearing: Hearing, chance: Chance) -> str:  # noqa: ARG001 - a judge draws no lots
    """Give one of the words that the question offers."""
    offered = {
        said: f"{said}-{mark}" for said, mark in _CHOICES.findall(hearing.lines[-1].text if hearing.lines else "")
    }
    if len(offered) != 3:  # noqa: PLR2004 - over, alive, unsure
        return "I judge, and say nothing else."
    texts = [text for line in hearing.lines[:-1] if (text := _quoted(line.text)) is not None]
    if len(texts) <= LATEST:
        return offered["unsure"]
    return offered["over" if _fresh(texts) < FRESH else "alive"]


VOICE = speak


def _quoted(line: str) -> str | None:
    try:
        return msgspec.json.decode(line, type=_Quoted).text
    except msgspec.DecodeError:
        return None


def _fresh(texts: list[str]) -> float:
    """Give the share of unheard words in the latest messages; one without a word brings nothing."""
    heard = {word for text in texts[:-LATEST] for word in words(text)}
    shares = []
    for text in texts[-LATEST:]:
        said = words(text)
        shares.append(sum(word not in heard for word in said) / len(said) if said else 0.0)
        heard.update(said)
    return sum(shares) / len(shares)
