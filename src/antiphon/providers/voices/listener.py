"""The listener: answers what it heard with the speaker's own words turned round, in the manner of ELIZA.

It understands nothing and says so when asked. Its script, `listener.toml`, is our own. It keeps no memory: what it
comes back to, it finds again among the last lines.
"""

from __future__ import annotations

from antiphon.measures.prediction import words
from antiphon.providers.voices.hearing import Chance, Hearing
from antiphon.providers.voices.script import Answer, Script, answers, choose, script

__all__ = ["VOICE", "speak"]

NAME = "listener"
"""Its script's file name."""

RETURNS = 0.3
"""Share of messages in which it comes back to something said earlier."""

BACK = 10
"""Messages of others among which it looks for something to come back to."""

MORE = 0.45
"""Share of messages with a second sentence."""

LENGTHY = 2_500
"""Characters above which a message is called long, and so answered."""

FEW = 0.04
"""Share of known small words below which a text of some length is held to be in another language."""


def speak(hearing: Hearing, chance: Chance) -> str:
    """Give one to three sentences in answer to the newest thing that another said."""
    spoken, lately = script(NAME), hearing.own()
    line = hearing.answered()
    if line is None:
        return choose(spoken.occasions["alone" if hearing.lines else "first"], lately, chance)
    occasion = "picture" if line.kind == "picture" else _occasion(line.text, spoken, hearing)
    first = choose(spoken.occasions[occasion], lately, chance) if occasion else ""
    if not first:
        found = answers(NAME, line.text)
        first = _best(found, lately, chance) or choose(spoken.occasions["none"], lately, chance)
    said = [first]
    if chance() < RETURNS and (earlier := _earlier(hearing, lately, chance)):
        said.append(earlier)
    elif chance() < MORE:
        said.append(choose(spoken.occasions["more"], [*lately, first], chance))
    return " ".join(_named(said, line.label, chance))


VOICE = speak


def _occasion(text: str, spoken: Script, hearing: Hearing) -> str:
    """Name what is particular about a text as a whole; "" for nothing."""
    if not any(letter.isalnum() for letter in text):
        return "empty"
    if len(hearing.said()) > 1 and text.strip() in (said.strip() for said in hearing.said()[:-1]):
        return "again"
    if _foreign(text, frozenset(spoken.classes["small"])):
        return "foreign"
    return "lengthy" if len(text) > LENGTHY else ""


def _foreign(text: str, small: frozenset[str]) -> bool:
    heard = words(text)[:200]
    return len(heard) > 5 and sum(word in small for word in heard) < FEW * len(heard)  # noqa: PLR2004 - five words say little


def _best(found: list[Answer], lately: list[str], chance: Chance) -> str:
    """Choose among the best two rules, so that one keyword does not rule the talk."""
    for answer in found[:2]:
        said = choose(answer.say, lately, chance)
        if said and not any(said in before for before in lately):
            return said
    return choose(found[0].say, lately, chance) if found else ""


def _earlier(hearing: Hearing, lately: list[str], chance: Chance) -> str:
    """Come back to something another said before the newest message."""
    kept = [answer.keep for text in hearing.said()[-BACK:-1] for answer in answers(NAME, text) if answer.keep]
    fresh = tuple(dict.fromkeys(keep for keep in kept if not any(keep in before for before in lately)))
    return fresh[int(chance() * len(fresh))] if fresh else ""


def _named(said: list[str], label: str, chance: Chance) -> list[str]:
    """Speak to whom it answers by name, now and then, where the room has names."""
    if label and chance() < 0.2:  # noqa: PLR2004 - one in five: a name said each time is a tic
        first = said[0]
        plain = first.startswith(("I ", "I'"))
        said[0] = f"{label}, {first if plain else first[0].lower() + first[1:]}"
    return said
