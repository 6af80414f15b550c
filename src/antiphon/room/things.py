"""Where the things of a room are, and which of them a seat means by its words.

What was moved stands in the state, folded from the commands that moved it; everything else lies where the scenario
put it. It knows no command.
"""

from __future__ import annotations

from antiphon.room.contracts import Ran
from antiphon.room.outcomes import listing, refused, scrap
from antiphon.room.scenario import Thing
from antiphon.room.shape import Lying, State
from antiphon.room.speech import normalise

__all__ = ["held", "listed", "lying", "meant", "places"]


def lying(state: State, thing: Thing) -> Lying:
    """Tell where a thing is now."""
    return state.things.get(thing.name) or Lying(place=thing.place)


def held(state: State, seat: str) -> list[Thing]:
    """List what a seat holds."""
    return [thing for thing in state.scenario.things if lying(state, thing).seat == seat]


def places(state: State) -> list[str]:
    """List the places of a room, in the order in which the scenario names them."""
    return list(dict.fromkeys(thing.place for thing in state.scenario.things))


def meant(state: State, words: str) -> Thing | Ran:
    """Find the thing that some words mean: by its name, else by a part of one name alone; or refuse, and say why.

    An article before the name is not missed.
    """
    wanted = normalise(words)
    for article in ("the ", "a ", "an "):
        wanted = wanted.removeprefix(article)
    things = state.scenario.things
    if not things:
        return refused("there are no things in this room")
    exact = [thing for thing in things if wanted and normalise(thing.name) == wanted]
    near = exact or [thing for thing in things if wanted and wanted in normalise(thing.name)]
    if len(near) == 1:
        return near[0]
    if near:
        return refused(f"{scrap(words)} may mean several things: {listing([thing.name for thing in near])}")
    return refused(f"there is no {scrap(words)} here; there are: {listing([thing.name for thing in things])}")


def listed(state: State, seat: str) -> str:
    """Tell what lies where, and who holds what, as one line."""
    shown = []
    for place in places(state):
        here = [thing.name for thing in state.scenario.things if lying(state, thing).place == place]
        shown.append(f"{place}: {', '.join(here) or 'nothing'}")
    for other in state.present():
        if things := held(state, other.id):
            who = "you hold" if other.id == seat else f"{other.label} holds"
            shown.append(f"{who}: {', '.join(thing.name for thing in things)}")
    return "; ".join(shown)
