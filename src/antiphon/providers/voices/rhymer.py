"""Answers in rhyme: four lines, of which two rhyme on the last word it knows of what was said.

It knows some twenty families of rhyming nouns and as many lines to end in them, in `rhymer.toml`, all our own, and
understands none of them. It keeps nothing between two messages.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import msgspec
from msgspec import Struct

from antiphon.providers.voices.hearing import Chance, Hearing, asks_what_it_is, spoken

__all__ = ["ABOUT", "VOICE", "Rhymes", "family", "rhymes", "speak"]

ABOUT = "I am a small program that rhymes. I take a word of yours and answer with what sounds like it."

HEARD = 1_500
"""Characters of a message, its last ones, in which a word to rhyme on is looked for."""

PLAIN = 0.7
"""Share of messages without a remark before the verse."""

Choice = TypeVar("Choice")

_WORD = re.compile(r"[^\W\d_]{3,20}")


class Rhymes(Struct, frozen=True, forbid_unknown_fields=True):
    """Is what it knows: families of nouns, first and second lines of couplets, and remarks."""

    families: tuple[tuple[str, ...], ...]
    firsts: tuple[str, ...]
    seconds: tuple[str, ...]
    remarks: tuple[str, ...]
    strange: tuple[str, ...]


def speak(hearing: Hearing, chance: Chance) -> str:
    """Give two couplets, the first on a word that was heard where it knows one."""
    line = hearing.answered()
    if asks_what_it_is(line):
        return ABOUT
    known, worn = rhymes(), "\n".join(hearing.own())
    text = spoken(line.text) if line is not None else ""
    word = _heard(text)
    first = family(word) or _drawn(known.families, chance)
    others = tuple(one for one in known.families if one != first)
    second = _drawn(others, chance)
    verse = _couplet(first, word, worn, chance)
    verse += _couplet(second, "", "\n".join([worn, *verse]), chance)
    return "\n".join([*_remark(text, word, chance), *verse])


VOICE = speak


@lru_cache(maxsize=1)  # data of the package that never change: read once a process, on first use
def rhymes() -> Rhymes:
    """Read `rhymer.toml`."""
    return msgspec.toml.decode(files(__package__).joinpath("rhymer.toml").read_bytes(), type=Rhymes)


def family(word: str) -> tuple[str, ...]:
    """Give the nouns that rhyme with a word, itself among them; () where it knows none."""
    return next((one for one in rhymes().families if word in one), ())


def _heard(text: str) -> str:
    """Find the last word that it can rhyme on; a plural counts as its singular."""
    said: list[str] = _WORD.findall(text[-HEARD:].lower())
    for word in reversed(said):
        for form in (word, word.removesuffix("s")):
            if family(form):
                return form
    return ""


def _couplet(words: tuple[str, ...], heard: str, worn: str, chance: Chance) -> list[str]:
    """Write two lines that rhyme; the second ends in the word that was heard, if one was."""
    end = heard or _drawn(words, chance)
    fresh = tuple(word for word in words if word != end)
    begin = _drawn(fresh, chance)
    return [
        _filled(_unworn(rhymes().firsts, worn, chance), begin),
        _filled(_unworn(rhymes().seconds, worn, chance), end),
    ]


def _filled(form: str, noun: str) -> str:
    """Put a noun in the place of {noun}, and the right article before it where the line says {a}."""
    return form.format(a="an" if noun[0] in "aeiou" else "a", noun=noun)


def _unworn(forms: tuple[str, ...], worn: str, chance: Chance) -> str:
    """Choose a line that was not used lately, if there is one."""
    fresh = tuple(form for form in forms if form.partition("{")[0] not in worn)
    return _drawn(fresh or forms, chance)


def _remark(text: str, word: str, chance: Chance) -> list[str]:
    """Say before the verse what it does with what was said, now and then."""
    known = rhymes()
    if not word and (said := _WORD.findall(text[-HEARD:])):
        return [_drawn(known.strange, chance).format(word=said[-1]), ""] if chance() > PLAIN else []
    return [_drawn(known.remarks, chance).format(word=word), ""] if word and chance() > PLAIN else []


def _drawn(choices: tuple[Choice, ...], chance: Chance) -> Choice:
    return choices[int(chance() * len(choices))]
