"""`!put`: a seat puts down what it holds, at one of the room's places.

The places are those where the scenario laid its things; there are no others.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import NoticeGiven
from antiphon.room.outcomes import listing, others, refused, said, scrap
from antiphon.room.scenario import Thing
from antiphon.room.speech import normalise
from antiphon.room.state import Seat, State
from antiphon.room.things import held, lying, meant, places


class Put:
    """Puts a held thing into a place."""

    name = "put"
    aliases: tuple[str, ...] = ("put_down", "drop")
    paid = False
    shown = "stripped"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Put the thing of the first word into the place that the others name; without one, where it first lay."""
        state = situation.state
        if not words or not words[0].strip():
            return refused('say what to put where; write !put "thing" "place"')
        thing = meant(state, words[0])
        if not isinstance(thing, Thing):
            return thing
        if lying(state, thing).seat != seat.id:
            here = listing([one.name for one in held(state, seat.id)])
            return refused(f"you do not hold the {thing.name}; you hold: {here or 'nothing'}")
        wanted = said(words[1:])
        place = _place(state, wanted) if wanted else thing.place
        if place is None:
            return refused(f"there is no place {scrap(wanted)} here; there are: {listing(places(state))}")
        notice = NoticeGiven(text=f"[{seat.label} put the {thing.name} {place}]", to=others(seat, state))
        return Ran(args={"thing": thing.name, "place": place}, result=f"it lies {place}", bodies=(notice,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the places there are."""
        there = f", one of: {listing(places(state))}" if state.scenario.things else ""
        return f'!put "thing" "place" puts what you hold into a place{there}. The others are told.'


def _place(state: State, words: str) -> str | None:
    """Find the place that some words name, whole or by a part that no other place has; None of none or several."""
    wanted = normalise(words)
    near = [place for place in places(state) if wanted in normalise(place)]
    exact = [place for place in near if normalise(place) == wanted]
    found = exact or near
    return found[0] if len(found) == 1 else None


PLUGIN: Command = Put()
