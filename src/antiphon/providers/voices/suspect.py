"""The suspect: a talker with fear, anger and mistrust, in the manner of PARRY.

Each thing said to it moves three numbers in [0, 1]; they choose the mood, the mood chooses what may be said. The
numbers are folded from the last lines at every message and kept nowhere, so that a replay gives the same mood. It has
a story of its own and lets it out line by line while it is calm enough. Its script, `suspect.toml`, is our own.

Source: K. M. Colby, S. Weber and F. D. Hilf, "Artificial Paranoia" (1971), for the three affects and their decay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from antiphon.measures.prediction import words
from antiphon.providers.voices.hearing import Chance, Hearing, Line
from antiphon.providers.voices.script import answers, choose, script

__all__ = ["VOICE", "Mind", "feel", "mood", "speak"]

NAME = "suspect"
"""Its script's file name."""

FADE = 0.75
"""Share of fear and anger that is left after each message of its own; mistrust goes half as fast."""

AROUSED = 0.5
"""Affect from which it governs what is said."""

WARY = 0.35
"""Mistrust from which it answers with questions."""

TELLS = 0.35
"""Share of calm or wary messages in which it goes on with its story."""

FELT = 16
"""Lines that its affects are folded from; of what came before them next to nothing would be left."""

LENGTHY = 2_500
"""Characters above which a message frightens it: nobody says so much without a reason."""


@dataclass(frozen=True, slots=True)
class Mind:
    """Is its state: three affects in [0, 1]."""

    fear: float = 0.1
    anger: float = 0.0
    mistrust: float = 0.25

    def moved(self, *, fear: float = 0.0, anger: float = 0.0, mistrust: float = 0.0) -> Mind:
        """Add to the affects, within [0, 1]; an affect far from its bound moves further."""
        return Mind(_toward(self.fear, fear), _toward(self.anger, anger), _toward(self.mistrust, mistrust))

    def faded(self) -> Mind:
        """Let the affects fade, as each message of its own does."""
        slow = (1 + FADE) / 2
        return replace(self, fear=self.fear * FADE, anger=self.anger * FADE, mistrust=self.mistrust * slow)


def speak(hearing: Hearing, chance: Chance) -> str:
    """Give one to three sentences, in the mood that what was heard has left it in."""
    spoken = script(NAME)
    lately = [line.text for line in hearing.lines if line.own or line.kind == "said"]  # a second one has the same words
    line = hearing.answered()
    feels = mood(feel(hearing.lines[-FELT:]))
    if line is None:
        return choose(spoken.occasions["alone" if hearing.lines else "first"], lately, chance)
    said = [_reply(line, feels, lately, chance)]
    if feels in {"calm", "wary"} and chance() < TELLS and (told := _story(hearing, spoken.story)):
        said.append(told)
    elif chance() < 0.3:  # noqa: PLR2004 - about as often as people add a remark of their own
        said.append(choose(spoken.occasions[f"aside_{feels}"], [*lately, *said], chance))
    return " ".join(said)


VOICE = speak


def feel(lines: tuple[Line, ...]) -> Mind:
    """Fold what was heard, oldest first, into a mind."""
    mind = Mind()
    for line in lines:
        mind = mind.faded() if line.own else _stirred(mind, line)
    return mind


def mood(mind: Mind) -> str:
    """Name what governs: "angry", "afraid", "wary" or "calm"."""
    if max(mind.anger, mind.fear) >= AROUSED:
        return "angry" if mind.anger >= mind.fear else "afraid"
    return "wary" if mind.mistrust >= WARY else "calm"


def _stirred(mind: Mind, line: Line) -> Mind:
    """Let one line of another (or of the room) move the affects."""
    if line.kind not in {"said", "picture"}:
        return mind.moved(mistrust=0.05)
    heard = frozenset(words(line.text[:LENGTHY]))
    classes = script(NAME).classes
    mind = mind.moved(
        fear=0.4 * _holds(heard, classes["threat"]) + 0.12 * _holds(heard, classes["watching"]),
        anger=0.5 * _holds(heard, classes["insult"]) + 0.1 * _holds(heard, classes["order"]),
        mistrust=0.12 * ("?" in line.text) + 0.15 * _holds(heard, classes["watching"]),
    )
    if _holds(heard, classes["kind"]):
        mind = mind.moved(anger=-0.3, fear=-0.2, mistrust=0.1 if mind.mistrust > AROUSED else -0.15)
    return mind.moved(fear=0.2, mistrust=0.2) if len(line.text) > LENGTHY else mind


def _holds(heard: frozenset[str], named: tuple[str, ...]) -> bool:
    return not heard.isdisjoint(named)


def _toward(value: float, by: float) -> float:
    """Move towards 1 (or 0) by a share of what is left on the way."""
    return value + by * (1 - value) if by >= 0 else value + by * value


def _reply(line: Line, feels: str, lately: list[str], chance: Chance) -> str:
    """Answer by occasion, then by the best rule of this mood, then by the mood alone."""
    occasions = script(NAME).occasions
    if line.kind == "picture":
        return choose(occasions["picture"], lately, chance)
    if not any(letter.isalnum() for letter in line.text):
        return choose(occasions["empty"], lately, chance)
    for answer in answers(NAME, line.text, feels)[:3]:
        said = choose(answer.say, lately, chance)
        if not any(said in before for before in lately):
            return said
    return choose(occasions[feels], lately, chance)


def _story(hearing: Hearing, story: tuple[str, ...]) -> str:
    """Give the line of the story after the last one it told lately; a new telling starts further on each time."""
    told = [here for here, part in enumerate(story) if any(part in before for before in hearing.own())]
    here = told[-1] + 1 if told else hearing.seat.messages * 5 // 4
    return story[here % len(story)]
