"""`!mute_self`: a seat gives up its turns, and goes on listening.

It stays silent until a person unmutes it. The last seat that speaks cannot, for then the room would be stuck.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import SeatChanged
from antiphon.room.outcomes import refused
from antiphon.room.state import Seat, State


class MuteSelf:
    """Mutes its issuer."""

    name = "mute_self"
    aliases: tuple[str, ...] = ("mute",)
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Mute the issuer; naming anybody else is refused."""
        if seat.muted:
            return refused("you are muted already")
        if words and situation.state.by_label(words[0]) not in (None, seat):
            return refused("a seat mutes nobody but itself")
        if not any(other.id != seat.id for other in situation.state.speakers()):
            return refused("you are the last seat that speaks; !end or !leave instead")
        return Ran(bodies=(SeatChanged(seat=seat.id, what="muted", before=False, after=True),))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return "!mute_self gives up your turns until a person unmutes you; you still hear everything."


PLUGIN: Command = MuteSelf()
