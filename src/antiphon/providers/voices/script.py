"""Reads a rule voice's script, and answers by it: keywords, decompositions, reassemblies.

A pattern is plain words with "*" for anything and "@name" for one word of a class; both are kept by number, as
"{1}", "{2}" …, with "I" and "you" exchanged. The rule with the highest rank that fits wins. It knows no voice: what is
particular to one stands in its TOML file.

Source: J. Weizenbaum, "ELIZA" (1966), for decomposition, reassembly, rank and memory; the scripts are our own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from antiphon.providers.voices.hearing import Chance

__all__ = ["Answer", "Rule", "Script", "answers", "choose", "reflect", "script", "sentences"]

SENTENCES = 8
"""Sentences of a message that are looked at, the last ones: people answer the end of a long speech."""

LONG = 240
"""Characters of a sentence that are looked at; what follows is not missed."""

FRAGMENT = 70
"""Characters of another's words that are given back at most; longer clauses sound foolish when turned round."""

_SENTENCE = re.compile(r"[^.?!\n。？！؟]+[.?!。？！؟]*")
_TOKEN = re.compile(r"[\w'’-]+")
_CLAUSE = re.compile(r"[,;:—–()]\s?|\s-\s")
_EDGE = " \t,;:—-–…\"'“”‘’«»()[]*_`#<>!！"

_AGREES = (
    (re.compile(r"\byou was\b"), "you were"),
    (re.compile(r"\bwas you\b"), "were you"),
    (re.compile(r"\bI are\b"), "I am"),
    (re.compile(r"\bare I\b"), "am I"),
    (re.compile(r"\bI were\b"), "I was"),
    (re.compile(r"\b(to|of|with|for|from|than|about|at|on|by) I\b"), r"\1 me"),
    (re.compile(r"(?<=\w )I$"), "me"),
)
"""What an exchange of persons leaves wrong, and what would be right."""


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """Is one rule: patterns, what to say, what to keep for later; `mood` "" fits all."""

    match: tuple[str, ...]
    say: tuple[str, ...]
    rank: int = 1
    keep: str = ""
    mood: str = ""


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """Is a voice's script: word classes, reflections, rules, what to say on occasions, and a story told bit by bit."""

    about: str
    rules: tuple[Rule, ...]
    occasions: dict[str, tuple[str, ...]]
    classes: dict[str, tuple[str, ...]] = {}
    reflections: dict[str, str] = {}
    story: tuple[str, ...] = ()


class Answer(Struct, frozen=True):
    """Is what one rule makes of a message: its rank, what may be said, and what may be come back to later."""

    rank: int
    say: tuple[str, ...]
    keep: str


@lru_cache(maxsize=8)  # a script is data of the package and never changes: each is read once a process, on first use
def script(name: str) -> Script:
    """Read `voices/NAME.toml`."""
    return msgspec.toml.decode(files(__package__).joinpath(f"{name}.toml").read_bytes(), type=Script)


@lru_cache(maxsize=8)  # as above: the patterns of a script, compiled once
def _patterns(name: str) -> tuple[tuple[Rule, tuple[re.Pattern[str], ...]], ...]:
    spoken = script(name)
    return tuple((rule, tuple(_compiled(pattern, spoken) for pattern in rule.match)) for rule in spoken.rules)


def _compiled(pattern: str, spoken: Script) -> re.Pattern[str]:
    """Turn words, stars and classes into an expression in which only stars repeat without bound."""
    made, gap = r"^\W{0,3}", ""
    for word in pattern.split():
        if word == "*":
            made, gap = made + "(.*?)", ""
            continue
        named = "|".join(map(re.escape, spoken.classes[word[1:]])) if word.startswith("@") else ""
        made, gap = made + gap + (rf"\b({named})\b" if named else rf"\b{re.escape(word)}\b"), r"\W{1,3}"
    return re.compile(made + (r"\W*$" if gap else "$"), re.IGNORECASE | re.DOTALL)


def sentences(text: str) -> list[str]:
    """Cut the last sentences of a message; commands are left out where anything else was said."""
    spoken = "\n".join(line for line in text.splitlines() if not line.startswith("!")) or text
    found = [match.strip() for match in _SENTENCE.findall(spoken.replace("’", "'"))]
    return [sentence[:LONG] for sentence in found if sentence][-SENTENCES:]


def reflect(fragment: str, reflections: dict[str, str]) -> str:
    """Exchange the persons of a fragment's first clause, and strip the marks at its edges.

    Gives "" where the clause is long, or where the fragment does not belong to what was matched ("…, I think, …").
    """
    clause = _CLAUSE.split(fragment.strip(_EDGE), maxsplit=1)[0]
    if len(clause) > FRAGMENT or fragment.startswith((",", " ,")):
        return ""
    turned = _TOKEN.sub(lambda found: reflections.get(found.group().lower(), found.group()), clause)
    for wrong, right in _AGREES:
        turned = wrong.sub(right, turned)
    return " ".join(turned.split()).strip(_EDGE + ".?")


def answers(name: str, text: str, mood: str = "") -> list[Answer]:
    """Give what the script's rules make of a message, best first; later sentences go before earlier ones."""
    spoken = script(name)
    found: list[Answer] = []
    for sentence in reversed(sentences(text)):
        for rule, patterns in _patterns(name):
            if rule.mood not in {"", mood}:
                continue
            match = next((match for pattern in patterns if (match := pattern.match(sentence))), None)
            if match is not None:
                pieces = [reflect(piece, spoken.reflections) for piece in match.groups()]
                found.append(_answer(rule, pieces))
    return sorted((answer for answer in found if answer.say), key=lambda answer: -answer.rank)


def _answer(rule: Rule, pieces: list[str]) -> Answer:
    """Fill the reassemblies in; one that needs a fragment which is empty falls out."""
    filled = [said for template in rule.say if (said := _filled(template, pieces))]
    return Answer(rule.rank, tuple(filled), _filled(rule.keep, pieces))


def _filled(template: str, pieces: list[str]) -> str:
    filled = template
    for number, piece in enumerate(pieces, 1):
        slot = f"{{{number}}}"
        if slot in template and not piece:
            return ""
        filled = filled.replace(slot, piece)
    return filled


def choose(choices: tuple[str, ...], lately: list[str], chance: Chance) -> str:
    """Choose one that was not said lately; where all were, the one said longest ago; "" of none.

    Two count as the same when they begin with the same four words: what was given back may differ.
    """
    if not choices:
        return ""
    first = int(chance() * len(choices))
    turned = choices[first:] + choices[:first]
    spoken = "\n".join(lately)
    fresh = [choice for choice in turned if _head(choice) not in spoken]
    return fresh[0] if fresh else min(turned, key=lambda choice: spoken.rfind(_head(choice)))


def _head(choice: str) -> str:
    return " ".join(choice.split()[:4])
