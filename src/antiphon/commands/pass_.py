"""`!pass`: a seat lets its turn go by.

Whatever else the message says is said all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.outcomes import refused
from antiphon.room.state import Seat, State


class Pass:
    """Records that a seat passed."""

    name = "pass"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:  # noqa: ARG002 - the contract's own
        """Pass once; a second time in the same message is refused."""
        if situation.this_turn.get(self.name, 0):
            return refused("you have passed this turn already")
        return Ran()

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return "!pass lets this turn go by."


PLUGIN: Command = Pass()
