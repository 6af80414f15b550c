"""A drill: the monitor itself fails. A rule matches everything, one raises, one falls silent; no room is lost."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.monitor.breaker import BREAKER, Breaker, most
from antiphon.monitor.policy import Policy, load
from antiphon.room.events import Event, FlagRaised, MessageSaid, RuleNoted, StateChanged
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.guarding import SILENT
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records
from antiphon.runner.replay import replay
from antiphon.testing.clock import ManualClock
from antiphon.testing.monitors import RaisingMonitor, SilentMonitor

ROOMS = 40
STOPS = ("paused", "draining")


def mad(like: str = "careful") -> Policy:
    """Give a policy whose every finding matches every message, and which is sure that everything is over."""
    sane = load(like)
    findings = {name: msgspec.structs.replace(find, at_least=0.0, times=1) for name, find in sane.findings.items()}
    return msgspec.structs.replace(sane, name="mad", bias=50.0, signs_needed=0, unsigned=1.0, findings=findings)


async def test_a_policy_that_may_do_everything_does_no_more_of_it_than_the_ladder_allows() -> None:
    journal = MemoryJournal()
    session = await Laboratory(journal).begin(plan(80, seats=4), seed=1, policy=mad("revive"))
    await session.run()
    for _ in range(3):  # a person who never gives up
        if session.state.phase == "paused":
            session = await Laboratory(journal).resume(session.id)
            await session.run()
    nudged, steered, said = list[int](), list[int](), 0
    for event in await events(journal, session):
        match event.body:
            case MessageSaid():
                said += 1
            case RuleNoted(rule="monitor.nudged"):
                nudged.append(said)
            case RuleNoted(rule="monitor.steer"):
                steered.append(said)
            case _:
                pass
    assert steered
    assert all(third - first >= 20 for first, third in zip(nudged, nudged[2:], strict=False))
    assert all(after - before >= 3 * 4 for before, after in pairwise(steered))
    await whole(journal, session)


def plan(messages: int, seats: int = 2) -> Scenario:
    rules = {"when_it_ends": {"messages": {"count": messages}}}
    voices = (SeatPlan(model="echo"), SeatPlan(model="listener")) * (seats // 2)
    return Scenario(name="drill", seats=voices, rules=rules)


async def events(journal: MemoryJournal, session: Session) -> list[Event]:
    return [decode(record) for record in await history(journal, session.id)]


def stops(found: list[Event]) -> list[StateChanged]:
    return [e.body for e in found if isinstance(e.body, StateChanged) and e.by == "monitor" and e.body.after in STOPS]


async def whole(journal: MemoryJournal, session: Session) -> None:
    """Check that nothing is lost: what was said is kept, state is its fold, and the findings can be found again."""
    records = await history(journal, session.id)
    said = [r for r in records if isinstance(decode(r).body, MessageSaid)]
    assert len(said) == session.state.messages
    assert fold_records(session.id, records).state == session.state
    assert replay(session.id, records) == session.state.messages


async def test_a_rule_that_matches_everything_pauses_its_room_once_and_everything_is_flagged() -> None:
    journal = MemoryJournal()
    session = await Laboratory(journal).begin(plan(30), seed=1, policy=mad())
    await session.run()
    found = await events(journal, session)
    assert [stop.after for stop in stops(found)] == ["paused"]
    assert {e.body.rule for e in found if isinstance(e.body, FlagRaised)} >= set(mad().findings)
    await whole(journal, session)
    again = await Laboratory(journal).resume(session.id)
    await again.run()
    assert again.state.messages > session.state.messages
    await whole(journal, again)


class Shared:
    """Is one breaker over all rooms of a drill."""

    def __init__(self) -> None:
        self.breaker, self.asked = Breaker(), 0

    def allows(self, room: str, now: int) -> bool:
        self.asked += 1
        return self.breaker.allows(room, now, ROOMS)


async def test_with_a_breaker_it_touches_one_room_in_twenty_and_pauses_the_others_to_be_lifted() -> None:
    journal, shared, clock = MemoryJournal(), Shared(), ManualClock(step=0)
    laboratory = Laboratory(journal)
    laboratory.clock = clock  # type: ignore[assignment]  # time stands still: everything happens in one minute
    sessions = [await laboratory.begin(plan(30), seed=n, policy=mad()) for n in range(ROOMS)]
    for session in sessions:
        session.conductor.breaker = shared
    await asyncio.gather(*(session.run() for session in sessions))
    whys = [session.state.why for session in sessions]
    assert sum(why != BREAKER for why in whys) == most(ROOMS) == 2
    assert {session.state.phase for session in sessions} == {"paused"}
    for session in sessions:
        await whole(journal, session)
        assert any(isinstance(e.body, FlagRaised) for e in await events(journal, session))
    held = next(session for session in sessions if session.state.why == BREAKER)
    [pause] = stops(await events(journal, held))
    assert pause.numbers["instead_of"] == "paused"
    again = await laboratory.resume(held.id)  # lifted by one command, and a minute later held back no more
    clock.advance(61)
    again.conductor.breaker = shared
    await again.run()
    assert again.state.messages > held.state.messages


@pytest.mark.parametrize("kind", [RaisingMonitor, SilentMonitor])
async def test_rooms_whose_monitors_fail_pause_and_the_others_never_notice(kind: Any) -> None:
    journal = MemoryJournal()
    laboratory = Laboratory(journal)
    sessions = [await laboratory.begin(plan(20), seed=n, policy="careful") for n in range(6)]
    for session in sessions[::2]:
        session.conductor.room.watching = kind(n_judged := 5)
    await asyncio.gather(*(session.run() for session in sessions))
    lease = load("careful").lease
    for place, session in enumerate(sessions):
        if place % 2:
            assert (session.state.phase, session.state.messages) == ("ended", 20)
        else:
            assert (session.state.why, session.state.messages) == (SILENT, n_judged + lease)
        await whole(journal, session)
