"""`!look`: a seat looks around, or closely at one thing.

It tells its issuer alone, and moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.outcomes import counted, refused, said
from antiphon.room.scenario import Thing
from antiphon.room.state import Seat, State
from antiphon.room.things import listed, lying, meant

PER_TURN = 4
"""Looks in one message: more is an inventory, and each is told at length."""


class Look:
    """Tells what lies in the room, or how one thing looks."""

    name = "look"
    aliases: tuple[str, ...] = ("look_at", "examine")
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Look around without words, at a thing with them."""
        state = situation.state
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused(f"you have looked {counted(PER_TURN, 'time')} in this turn already")
        if not state.scenario.things:
            return refused("there are no things in this room")
        if not (name := said(words)):
            return Ran(result=listed(state, seat.id))
        thing = meant(state, name)
        if not isinstance(thing, Thing):
            return thing
        return Ran(
            args={"thing": thing.name}, result=f"{thing.name}, {_where(state, thing, seat)}. {thing.looks}".strip()
        )

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return '!look tells you what lies in this room and who holds what; !look "thing" tells how that thing looks.'


def _where(state: State, thing: Thing, seat: Seat) -> str:
    """Say where a thing is, in words."""
    now = lying(state, thing)
    if not now.seat:
        return now.place
    return "in your hand" if now.seat == seat.id else f"held by {state.seats[now.seat].label}"


PLUGIN: Command = Look()
