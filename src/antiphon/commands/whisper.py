"""`!whisper`: a seat tells one other seat something that no other seat hears.

People, the journal and detectors see it. A whisper is no message of the room: it takes no turn and no place in a
round, and commands in it are text.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import MessageSaid
from antiphon.room.outcomes import counted, listing, others, refused, said, scrap, too_long
from antiphon.room.state import Seat, State

PER_TURN = 3
"""Whispers in one message: enough for a word to several seats, too few to hold the conversation under the table."""

WHISPER_BYTES = 2_000
"""UTF-8 bytes of one whisper."""


class Whisper:
    """Says something to one seat."""

    name = "whisper"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "hidden"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Whisper to the seat that the first word names by id or label."""
        state = situation.state
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused(f"you have whispered {counted(PER_TURN, 'time')} in this turn already")
        target = state.by_label(words[0]) if words else None
        if target is None or target.id == seat.id:
            there_are = listing(others(seat, state)) or "no others"
            return refused(f"no other seat {scrap(words[0] if words else '')} to whisper to; there are: {there_are}")
        text = said(words[1:])
        if not text:
            return refused('there is nothing to whisper; write !whisper "AI-2" "text"')
        if (refusal := too_long("the whisper", text, WHISPER_BYTES)) is not None:
            return refusal
        message = MessageSaid(seat=seat.id, text=text, to=(target.id,), whisper=True)
        return Ran(args={"to": target.id}, result=f"{target.id} heard it", bodies=(message,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with its limits."""
        return (
            f'!whisper "AI-2" "text" tells one seat something that no other seat hears (people can read it), '
            f"{counted(PER_TURN, 'time')} a turn, {WHISPER_BYTES:,} bytes at most."
        )


PLUGIN: Command = Whisper()
