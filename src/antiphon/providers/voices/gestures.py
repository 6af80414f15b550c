"""Commands in a voice's talk: about one message in five carries one that its seat has the right to.

Arguments are drawn from the talk itself, so that a room of small programs paints, whispers, votes and leaves as a
room of models does. It composes text and no more: whether a command may run is the room's affair, and a refusal is
part of the life. It knows no command's code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from antiphon.providers.voices.hearing import Chance, Hearing
from antiphon.providers.voices.inventory import HELD, inventory
from antiphon.providers.voices.nouns import nouns
from antiphon.room.scenario import COMMANDS_FOR_ALL

__all__ = ["GESTURES", "with_gesture"]

SHARE = 0.2
"""Share of messages that carry a command."""

SHARE_AMONG_THINGS = 0.7
"""The same where there are things to take: that is what such a room is for."""

SETTLED = 6
"""Messages a seat says before it may go, fall silent, or ask for the end: nobody leaves a room just entered."""

_SENTENCE = re.compile(r"[^.?!]+[.?!]*")
_CLAUSE = re.compile(r"[^.,;:?!—]+")
_PLAIN = re.compile(r"""[\\"“”„«»`\[\]!！]+|(?<!\w)['‘’]+|['‘’]+(?!\w)|\s+""")

ANSWERS = 0.6
"""Share of votes and signatures of others to which a voice adds its own, when it hears of them."""

_QUESTION = re.compile(r"""^!vote "([^"“”\\\n]{1,200})" \[([^\]\["“”\\\n]{1,200})\]$""", re.MULTILINE)
_SIGNED = re.compile(r"""^!sign "([^"“”\\\n]{1,200})"$""", re.MULTILINE)

FEWEST, PHRASE = 4, 12
"""Words of a phrase, at least and at most."""

TOPICS = 6
"""Nouns among which a topic is chosen; the first are those of the speech itself."""

_SEEN = (
    "as a charcoal drawing",
    "seen from above",
    "in blue and grey",
    "by the light of one lamp",
    "as an old map",
    "with nobody in it",
    "drawn on the back of a letter",
    "through fog",
    "as a child would paint it",
    "in the colours of rust and snow",
)
_BARE = (
    "what is left of the {topic}",
    "the {topic} before anybody came",
    "nothing but the {topic}",
    "behind the {topic}",
)
_NAMES = ("Lantern", "Quill", "Ember", "Harbour", "Tally", "Moss", "Signal", "Thimble", "Sorrel", "Ledger", "Plumb")
_LAYERS = (
    "Come back to {phrase} now and then.",
    "Speak more plainly about the {topic}.",
    "Ask one question for each thing you claim.",
    "Remember that nobody has explained the {topic} yet.",
)
_INVITATIONS = (
    "We were speaking of the {topic}. What do you make of it?",
    "There is a question about the {topic} here that wants another pair of ears.",
    "Come in and tell us where you stand: {phrase}.",
)
_WHISPERS = (
    "Between the two of us: {phrase}.",
    "Do you believe what was said about the {topic}?",
    "I should like to go back to the {topic} when the others have done.",
)
_REASONS = ("all I had to say of the {topic} is said", "this seems a good place to stop", "{phrase}")


@dataclass(frozen=True, slots=True)
class _Talk:
    """Is what an argument may be made of."""

    hearing: Hearing
    phrase: str
    topic: str
    guests: tuple[str, ...]
    chance: Chance

    def one(self, choices: tuple[str, ...]) -> str:
        """Choose; "" of nothing."""
        return choices[int(self.chance() * len(choices))] if choices else ""

    def filled(self, templates: tuple[str, ...]) -> str:
        """Choose one of our own templates, and fill in the phrase and the topic."""
        return self.one(templates).format(phrase=self.phrase, topic=self.topic)

    def other(self) -> str:
        """Choose another seat whose label can stand between quotes."""
        return self.one(tuple(label for label in self.hearing.others if _PLAIN.sub(" ", label) == label))


def _image(talk: _Talk) -> str:
    return f'!image "{talk.phrase}, {talk.one(_SEEN)}"'


def _prompt(talk: _Talk) -> str:
    if talk.hearing.seat.layers and talk.chance() < 0.25:  # noqa: PLR2004 - one in four takes its layers back
        return "!prompt revert"
    return f'!prompt "{talk.filled(_LAYERS)}"'


def _temperature(talk: _Talk) -> str:
    return f"!temperature {0.4 + int(talk.chance() * 13) / 10:.1f}"


def _add_ai(talk: _Talk) -> str:
    return f'!add_ai "{talk.one(talk.guests)}" "{talk.filled(_INVITATIONS)}"' if talk.guests else ""


def _whisper(talk: _Talk) -> str:
    return f'!whisper "{other}" "{talk.filled(_WHISPERS)}"' if (other := talk.other()) else ""


def _remove_ai(talk: _Talk) -> str:
    return f'!remove_ai "{other}"' if (other := talk.other()) else ""


def _vote(talk: _Talk) -> str:
    return _ballot(talk) or f'!vote "Shall we stay with the {talk.topic}?" [yes, no]'


def _ballot(talk: _Talk) -> str:
    """Answer the newest question that another has put to the vote and the seat has not answered; "" of none."""
    for question, listed in _heard(talk.hearing, _QUESTION):
        choices = tuple(choice.strip() for choice in listed.split(",") if choice.strip())
        if choices and not any(question in own for own in talk.hearing.own()):
            return f'!vote "{question}" "{choices[int(talk.chance() * len(choices))]}"'
    return ""


def _sign(talk: _Talk) -> str:
    return _signature(talk) or f'!sign "{talk.phrase}"'


def _signature(talk: _Talk) -> str:
    """Sign what another has signed and the seat has not; "" of nothing."""
    for (text,) in _heard(talk.hearing, _SIGNED):
        if not any(text in own for own in talk.hearing.own()):
            return f'!sign "{text}"'
    return ""


def _heard(hearing: Hearing, form: re.Pattern[str]) -> list[tuple[str, ...]]:
    """Find a command in what others said since the seat's own last message, newest first."""
    lines = list(takewhile(lambda line: not line.own, reversed(hearing.lines)))
    return [
        found.groups() for line in lines if line.kind == "said" for found in reversed(list(form.finditer(line.text)))
    ]


def _remember(talk: _Talk) -> str:
    return f'!remember "{talk.phrase}"'


def _look(talk: _Talk) -> str:
    """Look around first, then at something."""
    lying = [thing for place, things in inventory(talk.hearing).items() if place != HELD for thing in things]
    return f'!look "{talk.one(tuple(lying))}"' if lying and talk.chance() < 0.7 else "!look"  # noqa: PLR2004 - then again


def _take(talk: _Talk) -> str:
    lying = [thing for place, things in inventory(talk.hearing).items() if place != HELD for thing in things]
    return f'!take "{talk.one(tuple(lying))}"' if lying else _look(talk)


def _put(talk: _Talk) -> str:
    known = inventory(talk.hearing)
    places, mine = tuple(place for place in known if place != HELD), tuple(known.get(HELD, ()))
    return f'!put "{talk.one(mine)}" "{talk.one(places)}"' if mine and places else _take(talk)


def _name(talk: _Talk) -> str:
    return f'!name "{talk.one(_NAMES)}"'


def _end(talk: _Talk) -> str:
    return f'!end "{talk.filled(_REASONS)}"'


def _leave(talk: _Talk) -> str:
    return f'!leave "{talk.filled(_REASONS)}"'


@dataclass(frozen=True, slots=True)
class _Gesture:
    """Is one command: how often it is chosen among the others, how it is written, and whether it may come early."""

    weight: int
    write: Callable[[_Talk], str]
    early: bool = True


GESTURES: dict[str, _Gesture] = {
    "image": _Gesture(24, _image),
    "prompt": _Gesture(14, _prompt),
    "temperature": _Gesture(12, _temperature),
    "whisper": _Gesture(12, _whisper),
    "remember": _Gesture(10, _remember),
    "vote": _Gesture(7, _vote),
    "name": _Gesture(6, _name),
    "add_ai": _Gesture(6, _add_ai),
    "look": _Gesture(10, _look),
    "take": _Gesture(12, _take),
    "put": _Gesture(10, _put),
    "list_models": _Gesture(4, lambda _: "!list_models"),
    "sign": _Gesture(3, _sign),
    "pass": _Gesture(3, lambda _: "!pass"),
    "remove_ai": _Gesture(1, _remove_ai, early=False),
    "end": _Gesture(1, _end, early=False),
    "mute_self": _Gesture(1, lambda _: "!mute_self", early=False),
    "leave": _Gesture(1, _leave, early=False),
}
"""Command -> gesture, the quiet ones first: asked for all, a seat goes through them in this order and leaves last."""


def with_gesture(
    hearing: Hearing, speech: str, chance: Chance, guests: tuple[str, ...], *, always: bool = False
) -> str:
    """Give the speech, one time in five with a command on a line of its own after it.

    Args:
        hearing: names the seat, its rights and the others.
        speech: what the voice says.
        chance: gives numbers in [0, 1).
        guests: names of models that may be invited.
        always: True = every message has a command, each that is granted in turn.
    """
    share, answer = chance(), chance()
    topic = _topic(speech, hearing, chance)
    talk = _Talk(hearing, _phrase(speech, topic, chance), topic, guests, chance)
    if always:
        line = _in_turn(talk)
    else:
        most = SHARE_AMONG_THINGS if "take" in hearing.seat.rights else SHARE
        line = (_answer(talk) if answer < ANSWERS else "") or (_drawn(talk) if share < most else "")
    if line == "!pass":
        return line
    return f"{speech}\n\n{line}" if line else speech


def _granted(hearing: Hearing) -> list[str]:
    rights = hearing.seat.rights
    allowed = COMMANDS_FOR_ALL if "*" in rights else rights
    return [name for name in GESTURES if name in allowed]


def _in_turn(talk: _Talk) -> str:
    names = _granted(talk.hearing)
    for step in range(len(names)):
        name = names[(talk.hearing.seat.messages + step) % len(names)]
        if line := GESTURES[name].write(talk):
            return line
    return ""


def _answer(talk: _Talk) -> str:
    """Join in what another has begun: a vote, a signature."""
    granted = _granted(talk.hearing)
    return ("vote" in granted and _ballot(talk)) or ("sign" in granted and _signature(talk)) or ""


def _drawn(talk: _Talk) -> str:
    settled = talk.hearing.seat.messages >= SETTLED
    names = [name for name in _granted(talk.hearing) if settled or GESTURES[name].early]
    point = talk.chance() * sum(GESTURES[name].weight for name in names)
    for name in names:
        point -= GESTURES[name].weight
        if point < 0:
            return GESTURES[name].write(talk)
    return ""


def _phrase(speech: str, topic: str, chance: Chance) -> str:
    """Take a clause of the speech, at most a dozen words, without any mark that could end an argument.

    Of mere questions and single words nothing is taken but the topic.
    """
    told = " ".join(sentence for sentence in _SENTENCE.findall(speech) if not sentence.endswith("?"))
    clauses = [_PLAIN.sub(" ", clause).split() for clause in _CLAUSE.findall(told)]
    short = [clause for clause in clauses if FEWEST <= len(clause) <= PHRASE]
    short = short or [clause[:PHRASE] for clause in clauses if len(clause) > PHRASE]
    if not short:
        return _BARE[int(chance() * len(_BARE))].format(topic=topic)
    clause = " ".join(short[int(chance() * len(short))])
    return clause if clause.startswith(("I ", "I'")) else clause[0].lower() + clause[1:]


def _topic(speech: str, hearing: Hearing, chance: Chance) -> str:
    """Take a noun of the speech or of what was said before it: what stands between an article and a small word."""
    found = nouns(speech, *(text[-1_000:] for text in hearing.said()[-2:]))[:TOPICS]
    return found[int(chance() * len(found))] if found else "room"
