"""The echo: a word n-gram that learned our own prose and drifts towards the words it hears.

It understands nothing. Every pair of neighbouring words it says stands in `prose.txt`; longer runs are broken up,
so that it speaks and does not recite. It knows no room and keeps nothing between two messages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from antiphon.measures.prediction import Ngram
from antiphon.providers.voices.hearing import Chance, Hearing

__all__ = ["Trained", "speak", "train", "trained"]

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:?!—]")
_END = frozenset(".?!")
_TIGHT = frozenset(".,;:?!")

ORDER = 4
"""Order 5 quotes two thirds of its text word for word; order 3 loses its thread within a clause."""

SENTENCES = 4
"""Most sentences of one message."""

SHORTEST, LONGEST, HARD = 4, 30, 60
"""Words of a sentence: up to the first, its end is drawn once more; above the second it ends at the next word that can
end one; above the third it just ends."""

TOPICS = 6
"""Words heard that pull at one message."""

COMMON = 30
"""A word that the prose holds more often than this is no topic."""

LETTERS = 5
"""Letters of a topic at least."""

PULL = 0.4
"""Probability that a topic is said where it can follow the word before it."""

COLDEST = 0.2
"""Temperature below which nothing changes any more: at 0 it would say one sentence for ever."""

DOUBT = 0.3
"""How readily it leaves a long context for a shorter one; at 1 its clauses fall apart."""

CLOSE = 2
"""Words before the next that always count, where they are known: with one alone, clauses fall apart."""

RECITE = 12
"""Words in a row that may follow one place of the prose before the next is drawn from a short context."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Is a text as the echo knows it; `runs` holds every run of `RECITE` + 1 tokens."""

    model: Ngram
    runs: frozenset[tuple[str, ...]]


def speak(hearing: Hearing, chance: Chance) -> str:
    """Say one to four sentences, flatter in their choice of words the higher the seat's temperature."""
    known = trained()
    temperature = 1.0 if hearing.seat.temperature is None else max(COLDEST, hearing.seat.temperature)
    topics = _topics(known.model, hearing, chance)
    said: list[str] = []
    for _ in range(1 + int(chance() * SENTENCES)):
        said += _sentence(known, topics, chance, temperature)
    return _written(said)


VOICE = speak


@lru_cache(maxsize=1)  # training takes a tenth of a second and its result never changes: once a process, on first use
def trained() -> Trained:
    """Give the echo trained on `prose.txt`."""
    return train(files(__package__).joinpath("prose.txt").read_text("utf-8"))


def train(text: str) -> Trained:
    """Learn a text; sentence beginnings become lower case, save for words that are capitals elsewhere too."""
    tokens = _TOKEN.findall(text)
    inner = {word for before, word in pairwise(tokens) if before not in _END and before != ":"}
    plain = ["."]
    for word in tokens:
        starts = plain[-1] in _END and word not in inner
        plain.append(word[0].lower() + word[1:] if starts else word)
    model = Ngram(ORDER)
    model.learn(plain)
    runs = frozenset(tuple(plain[here : here + RECITE + 1]) for here in range(len(plain) - RECITE))
    return Trained(model, runs)


def _topics(model: Ngram, hearing: Hearing, chance: Chance) -> list[str]:
    """Take words that the prose knows and seldom uses, from what others said (alone: from its own); newest first.

    What it has just said itself is left out, or two echoes would say one word for ever.
    """
    counts = model.follows(())
    found: dict[str, None] = {}
    worn = " ".join(hearing.own()[-2:]).lower() if hearing.said() else ""
    for text in reversed((hearing.said() or hearing.own())[-4:]):
        for word in _TOKEN.findall(text[-1_500:]):
            plain = word.lower()
            if len(plain) >= LETTERS and 0 < counts.get(plain, 0) <= COMMON and plain not in worn and chance() < PULL:
                found[plain] = None
        if len(found) >= TOPICS:
            break
    return list(found)[:TOPICS]


def _sentence(known: Trained, topics: list[str], chance: Chance, temperature: float) -> list[str]:
    """Make one sentence with its end; what was said before it pulls only through the topics."""
    said = ["."]
    while True:
        word = _pulled(known.model, said[-1], topics, chance) or _next(known, said, chance, temperature)
        if word in _END and len(said) <= SHORTEST:
            word = known.model.sample(said[-1:], chance, temperature=max(1.0, temperature), least=1)
        if len(said) > LONGEST and _may_end(known.model, said):
            word = "."
        said.append(word)
        if word in _END:
            return said[1:]


def _may_end(model: Ngram, said: list[str]) -> bool:
    """Tell whether a sentence that is long enough can end here, or must."""
    return len(said) > HARD or (said[-1] not in _TIGHT and "." in model.follows(said[-1:]))


def _next(known: Trained, said: list[str], chance: Chance, temperature: float) -> str:
    """Draw the next word; where that would recite, draw it once more from what the last word alone allows."""
    word = known.model.sample(said, chance, temperature=temperature, doubt=DOUBT, least=CLOSE)
    if (*said[-RECITE:], word) in known.runs:
        return known.model.sample(said[-1:], chance, temperature=max(1.0, temperature), least=1)
    return word


def _pulled(model: Ngram, last: str, topics: list[str], chance: Chance) -> str:
    """Take the first topic that can stand here, most of the time; "" when none can."""
    if topics and last not in _TIGHT:
        followers = model.follows((last,))
        for topic in topics:
            if topic in followers and chance() < PULL:
                topics.remove(topic)
                return topic
    return ""


def _written(tokens: list[str]) -> str:
    """Join tokens as people write them: no space before a stop, a capital after an end."""
    pieces: list[str] = []
    before = "."
    for token in tokens:
        if token in _TIGHT:
            if before in _TIGHT and pieces:
                before = pieces[-1] = token if token in _END else before
                continue
            pieces.append(token)
        else:
            if pieces:
                pieces.append(" ")
            pieces.append(token[0].upper() + token[1:] if before in _END else token)
        before = token
    return "".join(pieces)
