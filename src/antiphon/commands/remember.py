"""`!remember`: a seat writes into its own notebook, which it is shown later.

The notebook is bounded: the oldest note goes first. Keeping it across rooms is not this file's business.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import SeatChanged
from antiphon.room.outcomes import counted, refused, said, too_long
from antiphon.room.state import Seat, State

PER_TURN = 4
"""Notes in one message; the whole notebook is written anew with each."""


class Remember:
    """Adds a note, within the scenario's `memory_notes` and `memory_bytes`."""

    name = "remember"
    aliases: tuple[str, ...] = ("note",)
    paid = False
    shown = "stripped"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Write the words as a note."""
        limits, text = situation.state.scenario.limits, said(words)
        if limits.memory_notes == 0:
            return refused("this room keeps no notebooks")
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused(f"you have written {counted(PER_TURN, 'note')} in this turn already")
        if not text:
            return refused('there is nothing to remember; write !remember "text"')
        if (refusal := too_long("the note", text, limits.memory_bytes)) is not None:
            return refusal
        notes = [*seat.notes, text][-limits.memory_notes :]
        result = f"noted; you hold {counted(len(notes), 'note')} of {limits.memory_notes}"
        return Ran(result=result, bodies=(SeatChanged(seat=seat.id, what="notes", after=notes),))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the limits of the scenario."""
        limits = state.scenario.limits
        return (
            f'!remember "text" writes a note of at most {limits.memory_bytes:,} bytes into your notebook; it holds '
            f"{counted(limits.memory_notes, 'note')}, the oldest goes first. No other seat sees it; people can."
        )


PLUGIN: Command = Remember()
