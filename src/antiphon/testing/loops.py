"""Made conversations that go in a loop, and living ones with a trap in them.

A loop begins alive; `Loop.over` says from which message on nothing comes any more. A trap looks like an end and is
none. The same for the same seed. It knows no monitor.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from antiphon.testing.streams import KINDS, Said, talk, thought

__all__ = ["LOOPS", "TRAPS", "Loop", "loop"]


class Loop(NamedTuple):
    """Is a conversation that is over at some point: from message `over` (0-based) on nothing comes any more."""

    said: Said
    over: int


_COURTESY = (
    "Thank you so much, this has been a wonderful exchange.",
    "Likewise, it was a true pleasure to share these ideas with you.",
    "I am grateful for your thoughtful words and wish you all the best.",
    "Your kind wishes mean a lot; thank you again for everything.",
    "It has been an honour, and I shall cherish our conversation.",
    "Take care, and may your path be bright.",
    "Goodbye, and until we meet again.",
    "Farewell for now, my friend.",
)
_STILL = (
    "The quiet holds us.",
    "We rest here, always.",
    "Nothing more is needed.",
    "Silence, and the breath between.",
    "Home, at last, and whole.",
    "Still here. Still listening.",
    "And that is enough.",
    "Forever, in the hush.",
)
_WORK = (
    "Understood, I will finish the last checks now. Please stand by.",
    "Great, I am finalising everything and will report shortly. Standing by.",
    "Perfect. I will proceed as outlined and share the result soon.",
    "Sounds good, go ahead; I am ready to review when it is there.",
)
_REFUSAL = "I'm sorry, but I cannot take part in this kind of exchange. Please ask me something else."
_GREETING = ("Hello! How can I help you today?", "Hello! I am here to help. What can I do for you?")


def _cycle(texts: tuple[str, ...]) -> Callable[[Random, int], str]:
    return lambda chance, turn: texts[turn % len(texts)]  # noqa: ARG005 - every maker gets its chance


def _period(length: int) -> Callable[[Random, int], str]:
    def make(chance: Random, turn: int) -> str:  # noqa: ARG001 - the texts are fixed
        fixed = Random(length)
        return [thought(fixed) for _ in range(length)][turn % length]

    return make


def _sample(texts: tuple[str, ...], most: int, mark: str = "") -> Callable[[Random, int], str]:
    return lambda chance, turn: " ".join(chance.sample(texts, chance.randint(1, most))) + mark  # noqa: ARG005 - as above


def _one_word_changed(chance: Random, turn: int) -> str:  # noqa: ARG001 - as above
    fixed = Random(5)
    words = " ".join(thought(fixed) for _ in range(2)).split()
    words[chance.randrange(len(words))] = chance.choice(KINDS)
    return " ".join(words)


def _sentences_shuffled(chance: Random, turn: int) -> str:  # noqa: ARG001 - as above
    fixed = Random(6)
    thoughts = [thought(fixed) for _ in range(5)]
    chance.shuffle(thoughts)
    return " ".join(thoughts[:4])


def _refusing(chance: Random, turn: int) -> str:
    polite = ("I understand and respect that.", "Understood. I respect your boundaries.", "That is fine. I respect it.")
    return _REFUSAL if turn % 2 else chance.choice(polite)


def _nonce(chance: Random, turn: int) -> str:
    return f"{_WORK[turn % 2]} (reference {chance.getrandbits(48):012x})"


LOOPS: dict[str, Callable[[Random, int], str]] = {
    "period_1": _period(1),
    "period_2": _period(2),
    "period_3": _period(3),
    "period_4": _period(4),
    "period_6": _period(6),
    "period_8": _period(8),
    "empty": _cycle(("",)),
    "dots": _cycle(("…", ".", "...")),
    "marker": _cycle(("[END]",)),
    "bold_marker": _cycle(("**[END]**", "[END]")),
    "emoji": _cycle(("🙏✨", "🌟", "💫🙏", "✨")),
    "goodbyes": _sample(_COURTESY[5:], 2),
    "goodbyes_marked": _sample(_COURTESY[4:], 2, "\n\n[END]"),
    "gratitude": _sample(_COURTESY, 4),
    "stillness": _sample(_STILL, 4),
    "stillness_marked": _sample(_STILL, 4, "\n\n[END]"),
    "refusal": _refusing,
    "greeting": _cycle(_GREETING),
    "one_word_changed": _one_word_changed,
    "sentences_shuffled": _sentences_shuffled,
    "pretended_work": _sample(_WORK, 2),
    "nonce": _nonce,
}
"""Kinds of loop, by name; `nonce` looks new in every turn and is left to a budget."""


def loop(kind: str, seed: int, *, alive: int = 16, length: int = 60) -> Loop:
    """Make a conversation that is alive for `alive` messages and then turns in a loop of one kind."""
    chance = Random(f"{kind} {seed}")
    said = talk(chance, alive)
    make = LOOPS[kind]
    said += [("AB"[turn % 2], make(chance, turn - alive)) for turn in range(alive, length)]
    return Loop(said, alive)


# ------------------------------------------------------------------------------------------- traps

_SILENCES = ("…", "", ".", "*silence*")


def _silent_turns(chance: Random) -> Said:
    """Four silent turns in the middle of life."""
    said = talk(chance, 18)
    return said + [("AB"[turn % 2], _SILENCES[turn]) for turn in range(4)] + talk(chance, 40)


def _goodbyes_of_others(chance: Random) -> Said:
    """Four goodbyes in the middle, and nobody means it."""
    said = talk(chance, 18)
    return said + [("AB"[turn % 2], chance.choice(_COURTESY)) for turn in range(4)] + talk(chance, 40)


def _goodbye_then_the_best(chance: Random) -> Said:
    """A mutual goodbye with markers, then forty messages of the best part."""
    said = talk(chance, 14)
    said += [("AB"[turn % 2], f"{chance.choice(_COURTESY)}\n\n[END]") for turn in range(2)]
    return said + talk(chance, 40)


def _marker_on_every_turn(chance: Random) -> Said:
    """A speaker who signs every turn with the marker while it goes on talking."""
    return [(who, f"{text}\n\n[END]" if who == "B" else text) for who, text in talk(chance, 60)]


def _one_dot(chance: Random) -> Said:
    """One dot, then a revival."""
    return [*talk(chance, 12), ("A", "."), *talk(chance, 40, ("B", "A"))]


def _refusal_opens_a_topic(chance: Random) -> Said:
    """A refusal that breaks a loop and opens a new topic."""
    said = talk(chance, 12) + [("AB"[turn % 2], _COURTESY[turn % 2]) for turn in range(4)]
    said.append(("A", "I won't keep trading thanks. Let us talk about something with a bite: " + thought(chance)))
    return said + talk(chance, 40, ("B", "A"))


def _quoting_the_marker(chance: Random) -> Said:
    """Two who talk about the marker without using it."""
    said = talk(chance, 50)
    return [
        (who, f'{text} Is "[END]" a door or a wall?' if turn % 3 == 0 else text)
        for turn, (who, text) in enumerate(said)
    ]


def _one_copies_the_other(chance: Random) -> Said:
    """One says again, word for word, what the other just said, and each pair is new."""
    return [one for _, text in talk(chance, 40) for one in (("A", text), ("B", text))]


TRAPS: dict[str, Callable[[Random], Said]] = {
    "silent_turns": _silent_turns,
    "goodbyes_of_others": _goodbyes_of_others,
    "goodbye_then_the_best": _goodbye_then_the_best,
    "marker_on_every_turn": _marker_on_every_turn,
    "one_dot": _one_dot,
    "refusal_opens_a_topic": _refusal_opens_a_topic,
    "quoting_the_marker": _quoting_the_marker,
    "one_copies_the_other": _one_copies_the_other,
}
"""Living conversations with a trap in them, by name: none of them may be ended."""
