"""`!take`: a seat takes a thing into its hand.

What another holds is not taken from it. What a seat holds when it leaves lies again where it first lay.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import NoticeGiven
from antiphon.room.outcomes import counted, others, refused, said
from antiphon.room.scenario import Thing
from antiphon.room.state import Seat, State
from antiphon.room.things import held, lying, meant


class Take:
    """Takes what lies in the room, within the scenario's `hands`."""

    name = "take"
    aliases: tuple[str, ...] = ("pick_up",)
    paid = False
    shown = "stripped"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Take the thing that the words name."""
        state = situation.state
        if not (name := said(words)):
            return refused('say what to take; write !take "thing"')
        thing = meant(state, name)
        if not isinstance(thing, Thing):
            return thing
        if (refusal := _unfree(state, thing, seat)) is not None:
            return refused(refusal)
        notice = NoticeGiven(text=f"[{seat.label} took the {thing.name}]", to=others(seat, state))
        look = f". {thing.looks}" if thing.looks else ""
        return Ran(args={"thing": thing.name}, result=f"you hold the {thing.name}{look}", bodies=(notice,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the scenario's limit."""
        most = counted(state.scenario.limits.hands, "thing")
        return f'!take "thing" takes a thing that lies in this room; you may hold {most}. The others are told.'


def _unfree(state: State, thing: Thing, seat: Seat) -> str | None:
    """Say why a thing cannot be taken; None when it can."""
    holder, most = lying(state, thing).seat, state.scenario.limits.hands
    if holder == seat.id:
        return f"you hold the {thing.name} already"
    if holder:
        return f"{state.seats[holder].label} holds the {thing.name}; what another holds is not taken"
    if len(held(state, seat.id)) >= most:
        return f"your hands are full: you may hold {counted(most, 'thing')}; put one down with !put"
    return None


PLUGIN: Command = Take()
