"""Checks of a scenario what its types cannot say: names that exist, seats that fit, labels that mean one thing.

Nothing is opened before a scenario has passed; every error names the path.
"""

from __future__ import annotations

import re

from antiphon.errors import ScenarioError
from antiphon.registry import names, rules_of
from antiphon.room.scenario import Scenario
from antiphon.room.speech import normalise

__all__ = ["checked"]

_RESERVED = re.compile(r"(room|system|you|ai-\d+)$", re.IGNORECASE)
"""Labels under which notices, system texts and seats' ids would be mistaken for somebody's speech."""
_UNFIT = re.compile(r"[\[\]\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def checked(scenario: Scenario, source: str = "") -> Scenario:
    """Give the scenario back when everything it names exists and fits.

    Args:
        scenario: well-typed already.
        source: how an error names the file; "" = not at all.

    Raises:
        ScenarioError: with the path of what is wrong, such as `$.rights[0]`.
    """
    try:
        _rights(scenario)
        _seats(scenario)
        _things(scenario)
        _helpers(scenario)
        rules_of(scenario)
    except ScenarioError as error:
        raise ScenarioError(f"{source}: {error}" if source else str(error)) from None
    return scenario


def _rights(scenario: Scenario) -> None:
    known = {"*", *names("command")}
    granted = [("$.rights", scenario.rights)]
    granted += [(f"$.seats[{n}].rights", seat.rights or ()) for n, seat in enumerate(scenario.seats)]
    granted += [(f"$.guests[{n}].rights", guest.rights or ()) for n, guest in enumerate(scenario.guests)]
    for path, rights in granted:
        for place, right in enumerate(rights):
            if right not in known:
                there_are = ", ".join(sorted(known))
                raise ScenarioError(f"no command called {right!r}; there are: {there_are} - at `{path}[{place}]`")


def _things(scenario: Scenario) -> None:
    known: set[str] = set()
    for place, thing in enumerate(scenario.things):
        name = normalise(thing.name)
        if name in known:
            raise ScenarioError(f"there are two things called {thing.name!r} - at `$.things[{place}].name`")
        if not name or _UNFIT.search(thing.name + thing.place):
            raise ScenarioError(f"{thing.name!r} cannot stand in a notice - at `$.things[{place}]`")
        known.add(name)


def _helpers(scenario: Scenario) -> None:
    if scenario.overflow == "summarise" and not scenario.summariser:
        raise ScenarioError('overflow = "summarise" needs a summariser, such as "listener" - at `$.summariser`')
    painters = names("painter")
    if scenario.pictures.painter not in painters:
        raise ScenarioError(
            f"no painter called {scenario.pictures.painter!r}; there are: {', '.join(painters)} "
            "- at `$.pictures.painter`"
        )


def _seats(scenario: Scenario) -> None:
    if len(scenario.seats) > scenario.limits.seats:
        count, most = len(scenario.seats), scenario.limits.seats
        raise ScenarioError(f"{count} seats do not fit into a room of {most} - at `$.limits.seats`")
    if scenario.opening_seat > len(scenario.seats):
        raise ScenarioError(f"there is no seat {scenario.opening_seat} - at `$.opening_seat`")
    for place, seat in enumerate(scenario.seats):
        own = f"ai-{place + 1}"
        if _UNFIT.search(seat.label) or (_RESERVED.match(seat.label) and seat.label.casefold() != own):
            raise ScenarioError(
                f"a seat cannot be labelled {seat.label!r}: seats and notices must not be mistaken for each other "
                f"- at `$.seats[{place}].label`"
            )
    seats = {f"AI-{number}" for number in range(1, len(scenario.seats) + 1)}
    order = scenario.rules.get("who_speaks", {}).get("round_robin", {}).get("order", ())
    for place, seat_id in enumerate(order if isinstance(order, list | tuple) else ()):
        if seat_id not in seats:
            there_are = ", ".join(sorted(seats))
            path = f"$.rules.who_speaks.round_robin.order[{place}]"
            raise ScenarioError(f"no seat called {seat_id!r}; there are: {there_are} - at `{path}`")
