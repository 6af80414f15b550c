"""Plays twenty questions: thinks of a thing and answers, or asks and guesses, as the game stands.

Whoever thinks of a thing puts it in a numbered box and says "My box 417"; who asks says "Box 417". Which thing a number
means, and every fact that came out, stands in what was said, so it keeps nothing itself; two of it make a pair, and
anybody may ask. Things and questions are in `twenty_questions.toml`, our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files

import msgspec
from msgspec import Struct

from antiphon.providers.voices.hearing import Chance, Hearing, Line, asks_what_it_is
from antiphon.providers.voices.nouns import nouns

__all__ = ["ABOUT", "VOICE", "Box", "Knowledge", "Question", "inside", "knowledge", "speak", "standing"]

ABOUT = "I am a small program that plays twenty questions, with some sixty things and a list of what is true of them."

MOST = 20
"""Questions about one box."""

GUESSES = 2
"""Things left among which it guesses instead of asking."""

BEST = 3
"""Questions among which it chooses, those that part what is left most evenly."""

_MINE = re.compile(r"\bMy box (\d{3})\b")
_ASKED = re.compile(r"\bBox (\d{3}), question (\d{1,2})\b")
_OPEN = re.compile(r"\bis open\b")


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """Is one thing to ask: the question, what is said where it is true and where not, and words that ask it too."""

    ask: str
    yes: str
    no: str
    words: tuple[str, ...] = ()


class Knowledge(Struct, frozen=True, forbid_unknown_fields=True):
    """Is what it knows: questions by key, and of each thing the keys that are true of it."""

    questions: dict[str, Question]
    things: dict[str, tuple[str, ...]]
    openings: tuple[str, ...]
    praises: tuple[str, ...]
    unsure: tuple[str, ...]
    unasked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Is the newest box as it stands: its number, whose it is, the facts that came out, and whether it is open."""

    number: int
    mine: bool
    open: bool
    asked: int
    told: tuple[str, ...]


def speak(hearing: Hearing, chance: Chance) -> str:
    """Think of something, answer, ask or guess."""
    line = hearing.answered()
    if asks_what_it_is(line):
        return ABOUT
    box = standing(hearing.lines)
    if box is None or box.open:
        return _begun(hearing, chance)
    if box.mine:
        return _answered(box, line, chance)
    return _asked(box, chance)


VOICE = speak


@lru_cache(maxsize=1)  # data of the package that never change: read once a process, on first use
def knowledge() -> Knowledge:
    """Read `twenty_questions.toml`."""
    return msgspec.toml.decode(files(__package__).joinpath("twenty_questions.toml").read_bytes(), type=Knowledge)


def inside(number: int) -> str:
    """Tell which thing is in a box; every box has one, and nobody who asks looks here."""
    names = list(knowledge().things)
    return names[int.from_bytes(blake2b(f"box {number}".encode(), digest_size=8).digest(), "big") % len(names)]


def standing(lines: tuple[Line, ...]) -> Box | None:
    """Read how the newest box stands; None where nobody has put anything into one."""
    newest = next((line for line in reversed(lines) if _MINE.search(line.text)), None)
    if newest is None:
        return None
    number = _MINE.findall(newest.text)[-1]
    told = tuple(line.text for line in lines if f"My box {number}" in line.text)
    asked = [int(count) for line in lines for box, count in _ASKED.findall(line.text) if box == number]
    return Box(int(number), newest.own, any(_OPEN.search(text) for text in told), max(asked, default=0), told)


def _begun(hearing: Hearing, chance: Chance) -> str:
    """Put something into a box that nobody has spoken of lately."""
    heard = "\n".join(line.text for line in hearing.lines)
    number = 100 + int(chance() * 900)
    while f"ox {number}" in heard:
        number = 100 + (number - 99) % 900
    openings = knowledge().openings
    return openings[int(chance() * len(openings))].format(number=number)


# ------------------------------------------------------------------------------------------ thinking


def _answered(box: Box, line: Line | None, chance: Chance) -> str:
    """Answer what was asked; where nothing was, give something away, and in the end open the box."""
    thing, known = inside(box.number), knowledge()
    text = line.text.lower() if line is not None else ""
    if (guess := _guessed(text) if "?" in text else "") == thing:
        praise = known.praises[int(chance() * len(known.praises))]
        return f"{praise} My box {box.number} is open, and {thing} was in it."
    if box.asked >= MOST or "give up" in text:
        return f"My box {box.number} is open: it was {thing}. Who thinks of the next one?"
    if guess and not any(f"it is not {guess}." in said for said in box.told):
        return f"My box {box.number}: no, it is not {guess}."
    if (key := _meant(text)) is not None:
        question, true = known.questions[key], key in known.things[thing]
        return f"My box {box.number}: {'yes' if true else 'no'}, {question.yes if true else question.no}."
    if "?" in text and (line is not None and _ASKED.search(line.text)):
        return f"My box {box.number}: {known.unsure[int(chance() * len(known.unsure))]}"
    return _hint(box, thing, line, chance)


def _hint(box: Box, thing: str, line: Line | None, chance: Chance) -> str:
    """Give one fact away that is not known yet; where all are, open the box."""
    known = knowledge()
    spoken = nouns(line.text) if line is not None else []
    told = "\n".join(box.told)
    hidden = [one for key, one in known.questions.items() if key in known.things[thing] and one.yes not in told]
    if not hidden:
        return f"Nobody asks, and I have told all I know. My box {box.number} is open: it was {thing}."
    lead = known.unasked[int(chance() * len(known.unasked))].format(noun=spoken[-1] if spoken else "weather")
    return f"{lead} My box {box.number}: {hidden[int(chance() * len(hidden))].yes}."


def _guessed(text: str) -> str:
    """Find the thing that a text names; "" of none."""
    named = [name for name in knowledge().things if re.search(rf"\b{re.escape(name.split(' ', 1)[1])}\b", text)]
    return max(named, key=len, default="")


def _meant(text: str) -> str | None:
    """Find which question a text asks: word by word, or by a word that belongs to one alone."""
    questions = knowledge().questions
    whole = next((key for key, one in questions.items() if one.ask.lower() in text), None)
    said = set(re.findall(r"[a-z]+", text)) if "?" in text else set()
    return whole or next((key for key, one in questions.items() if not said.isdisjoint(one.words)), None)


# ------------------------------------------------------------------------------------------ asking


def _asked(box: Box, chance: Chance) -> str:
    """Ask what parts the things that are left most evenly; guess where few are left."""
    known, left = knowledge(), _left(box)
    head = f"Box {box.number}, question {min(box.asked + 1, MOST)}."
    if not left or box.asked >= MOST:
        return f"{head} I give up. What is in it?"
    open_questions = [key for key in known.questions if _said(key, box) is None]
    even = sorted(open_questions, key=lambda key: abs(len(left) - 2 * sum(key in known.things[name] for name in left)))
    useful = [key for key in even if 0 < sum(key in known.things[name] for name in left) < len(left)]
    if len(left) <= GUESSES or not useful or box.asked == MOST - 1:
        guess = left[int(chance() * len(left))]
        return f"{head} Is it {guess}?"
    return f"{head} {known.questions[useful[int(chance() * min(BEST, len(useful)))]].ask}"


def _left(box: Box) -> list[str]:
    """List the things that all that was told still allows."""
    known = knowledge()
    facts = {key: said for key in known.questions if (said := _said(key, box)) is not None}
    told = "\n".join(box.told)
    return [
        name
        for name, true in known.things.items()
        if all((key in true) == said for key, said in facts.items()) and f"it is not {name}." not in told
    ]


def _said(key: str, box: Box) -> bool | None:
    """Tell what came out about a question; None where nothing did."""
    question, told = knowledge().questions[key], "\n".join(box.told)
    if f" {question.yes}." in told:
        return True
    return False if f" {question.no}." in told else None
