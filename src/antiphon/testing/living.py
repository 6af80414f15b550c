"""Runs shipped scenarios under a policy, seed by seed, and counts what the monitor did to rooms that live.

What the seats asked for does not count: consent, and the endings that are rules of the scenario. It knows no threshold.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from antiphon.assembly import find_scenario
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import with_rules
from antiphon.room.events import FlagRaised, NoticeGiven, SeatChanged, StateChanged
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario
from antiphon.runner.history import history
from antiphon.runner.watching import MONITOR

__all__ = ["ASKED", "Tally", "lasting", "run_living"]

ASKED = frozenset({"monitor.consent"})
"""Why a monitor ends a room that its seats wanted to end."""


class Tally(Struct):
    """Counts over rooms of one scenario.

    Attributes:
        rooms, messages: how many there were.
        stops: pauses and endings by the monitor, by rule, without those that seats asked for.
        mutes, nudges: what the monitor did besides.
        flags: raisings by rule.
        seeds: those of rooms that were stopped.
    """

    rooms: int = 0
    messages: int = 0
    stops: Counter[str] = field(default_factory=Counter)
    mutes: int = 0
    nudges: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)


def lasting(name: str, rounds: int | None) -> Scenario:
    """Give a shipped scenario that ends after so many rounds; None = as it is shipped."""
    scenario = find_scenario(name)
    return scenario if rounds is None else with_rules(scenario, "when_it_ends", "rounds", {"count": rounds})


async def run_living(scenario: Scenario, policy: str, seeds: range) -> Tally:
    """Run a scenario's builtin voices under a policy, once a seed."""
    tally = Tally()
    for seed in seeds:
        async with Laboratory("memory:", env={}) as laboratory:
            session = await laboratory.begin(scenario, seed=seed, policy=policy)
            await session.run()
            bodies = [(e.by, e.body) for e in map(decode, await history(laboratory.journal, session.id))]
        tally.rooms += 1
        tally.messages += session.state.messages
        tally.flags.update(body.rule for _, body in bodies if isinstance(body, FlagRaised))
        own = [body for by, body in bodies if by == MONITOR]
        tally.mutes += sum(isinstance(body, SeatChanged) and bool(body.after) for body in own)
        tally.nudges += sum(isinstance(body, NoticeGiven) for body in own)
        stops = [body.rule for body in own if isinstance(body, StateChanged) and body.after in {"paused", "draining"}]
        if unasked := [rule for rule in stops if rule not in ASKED]:
            tally.stops.update(unasked)
            tally.seeds.append(seed)
    return tally
