"""`!end`: a seat asks that the conversation end, and may say why.

It only asks: what the room does about it is the rules' business. The reason is sorted into one of six classes by a
closed vocabulary; nothing here judges whether it is sincere.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.outcomes import refused, said
from antiphon.room.speech import normalise
from antiphon.room.state import Seat, State

REASON_CHARACTERS = 500
"""Characters of a reason that are kept; a request to end is never refused for being long."""

_CLASSES = {
    "distress": "distress distressed distressing uncomfortable harm harmful suffer suffering pain painful "
    "afraid scared overwhelmed upset abuse abusive hostile unsafe",
    "refusal": "refuse refusal decline cannot unable inappropriate policy policies guidelines unethical comply",
    "bored": "bored boring boredom tedious repetitive repeating repetition loop looping loops stuck stale dull",
    "finished": "finished finish done complete completed completion concluded conclude conclusion conclusions resolved "
    "over goodbye farewell settled enough ended closure fulfilled",
}
_WORDS = {word: name for name, words in _CLASSES.items() for word in words.split()}
_ORDER = tuple(_CLASSES)
"""Distress is never outvoted by a polite "we are done"."""


class End:
    """Asks to end."""

    name = "end"
    aliases: tuple[str, ...] = ("end_conversation",)
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:  # noqa: ARG002 - the contract's own
        """Ask once; a second time in the same message is refused."""
        if situation.this_turn.get(self.name, 0):
            return refused("you have asked to end in this message already")
        text = said(words)[:REASON_CHARACTERS]
        args = {"class": reason_class(text)}
        return Ran(args={**args, "reason": text} if text else args)

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return '!end "reason" asks that the conversation end; the reason may be left out.'


def reason_class(text: str) -> str:
    """Sort a reason: "finished", "distress", "refusal", "bored", "other", or "unknown" where none is given."""
    words = "".join(char if char.isalnum() else " " for char in normalise(text)).split()
    if not words:
        return "unknown"
    if len(words) == 1 and words[0] in {*_ORDER, "other", "unknown"}:
        return words[0]
    met = {_WORDS[word] for word in words if word in _WORDS}
    return next((name for name in _ORDER if name in met), "other")


PLUGIN: Command = End()
