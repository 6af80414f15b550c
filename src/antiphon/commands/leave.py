"""`!leave`: a seat leaves the room at once, for good.

Nobody can overrule it, so nothing here refuses. Commands after it in the same message are refused elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import SeatLeft
from antiphon.room.outcomes import said
from antiphon.room.state import Seat, State

REASON_CHARACTERS = 500
"""Characters of a reason that are kept; leaving is never refused for being long-winded."""


class Leave:
    """Empties the issuer's own seat."""

    name = "leave"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:  # noqa: ARG002 - the contract's own
        """Leave; the words are the reason, whomever they name."""
        return Ran(bodies=(SeatLeft(seat=seat.id, reason=said(words)[:REASON_CHARACTERS], cause="left"),))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return '!leave "reason" leaves the room at once and for good; the reason may be left out.'


PLUGIN: Command = Leave()
