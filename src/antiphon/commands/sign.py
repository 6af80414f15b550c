"""`!sign`: seats agree on a text; once all have signed the same, it is the room's last word.

Signing again replaces the earlier signature. Ending the room upon it is a rule's business, not this one's.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import NoticeGiven
from antiphon.room.outcomes import refused, said, too_long
from antiphon.room.speech import normalise
from antiphon.room.state import Seat, State

SIGNED_BYTES = 2_000
"""UTF-8 bytes of a text to sign: a page, for every seat must repeat it."""

PER_TURN = 1
"""A seat that signs twice in one message signs only what it wrote last."""


class Sign:
    """Signs a text."""

    name = "sign"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Sign the words; the last signature needed makes them the room's last word."""
        state, text = situation.state, said(words)
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused("you have signed once in this turn already")
        if not text:
            return refused('there is nothing to sign; write !sign "text"')
        if (refusal := too_long("the text", text, SIGNED_BYTES)) is not None:
            return refusal
        wanted = normalise(text)
        if normalise(state.signatures.get(seat.id, "")) == wanted:
            return refused("you have signed this already")
        missing = [
            other.id
            for other in state.speakers()
            if other.id != seat.id and normalise(state.signatures.get(other.id, "")) != wanted
        ]
        if missing:
            return Ran(args={"text": text}, result=f"not signed yet by {', '.join(missing)}")
        notice = NoticeGiven(text=f"[all seats have signed; the room's last word:] {text}", kind=self.name)
        return Ran(args={"text": text}, result="signed by all", bodies=(notice,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with its limit."""
        return (
            f'!sign "text" puts your name under a text of at most {SIGNED_BYTES:,} bytes; signed by every seat that '
            "speaks, it is the room's last word."
        )


PLUGIN: Command = Sign()
