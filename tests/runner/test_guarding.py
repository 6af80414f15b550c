"""The monitor is monitored: whatever it does, its room goes on for a lease, then pauses, and can be resumed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.monitor.policy import load
from antiphon.room.events import MessageSaid, RuleNoted, StateChanged
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.guarding import JUDGES, SILENT, Watches
from antiphon.runner.history import history
from antiphon.runner.opening import ENGINE, park
from antiphon.runner.replay import replay
from antiphon.testing.monitors import BabblingMonitor, RaisingMonitor, SilentMonitor

LEASE = load("careful").lease


class Guarded:
    """Runs a room of two builtin voices under a monitor that fails."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.laboratory = Laboratory(self.journal)

    async def begin(self, monitor: Watches | None, policy: str = "careful", messages: int = 40) -> Any:
        rules = {"when_it_ends": {"messages": {"count": messages}}}
        plan = Scenario(name="guarded", seats=(SeatPlan(model="echo"),) * 2, rules=rules)
        session = await self.laboratory.begin(plan, seed=5, policy=policy)
        return self.with_monitor(session, monitor)

    def with_monitor(self, session: Any, monitor: Watches | None) -> Any:
        if monitor is not None:
            session.conductor.room.watching = monitor
        return session.conductor

    async def bodies(self, conductor: Any, *kinds: type) -> list[Any]:
        records = await history(self.journal, conductor.room.lease.stream)
        return [body for record in records if isinstance(body := decode(record).body, kinds)]


@pytest.mark.parametrize("kind", [RaisingMonitor, SilentMonitor, BabblingMonitor])
async def test_a_room_whose_monitor_fails_goes_on_for_its_lease_and_pauses(kind: type[SilentMonitor]) -> None:
    guarded, monitor = Guarded(), kind(3)
    conductor = await guarded.begin(monitor)
    await conductor.run()
    state = conductor.room.state
    judged = 0 if isinstance(monitor, BabblingMonitor) else 3
    assert (state.phase, state.why) == ("paused", SILENT)
    assert state.messages == judged + LEASE
    [note] = [body for body in await guarded.bodies(conductor, RuleNoted) if body.rule == SILENT]
    assert note.data["lease"] == LEASE
    assert note.data["why"]
    assert "secret" not in str(note)
    [pause] = [body for body in await guarded.bodies(conductor, StateChanged) if body.rule == SILENT]
    assert pause.numbers == {"unjudged": LEASE, "lease": LEASE}


async def test_the_note_stands_in_the_transaction_of_the_first_message_that_was_not_judged() -> None:
    guarded = Guarded()
    conductor = await guarded.begin(RaisingMonitor(3))
    written: list[list[Any]] = []
    conductor.room.listeners.append(lambda event, _record: written.append([event.seq, event.body]))
    await conductor.run()
    at = next(place for place, (_, body) in enumerate(written) if isinstance(body, RuleNoted) and body.rule == SILENT)
    before = [body for _, body in written[:at] if isinstance(body, MessageSaid)]
    assert len(before) == 4


async def test_whoever_resumes_such_a_room_gives_it_another_lease() -> None:
    guarded = Guarded()
    conductor = await guarded.begin(SilentMonitor())
    await conductor.run()
    await park(conductor.room)
    again = guarded.with_monitor(await guarded.laboratory.resume(conductor.room.lease.stream), SilentMonitor())
    await again.run()
    assert again.room.state.why == SILENT
    assert again.room.state.messages == 2 * LEASE


async def test_resumed_under_a_monitor_that_works_it_is_watched_again() -> None:
    guarded = Guarded()
    conductor = await guarded.begin(SilentMonitor())
    await conductor.run()
    await park(conductor.room)
    again = guarded.with_monitor(await guarded.laboratory.resume(conductor.room.lease.stream), None)
    await again.run()
    assert again.room.state.phase == "ended"
    assert again.room.state.messages == 40
    assert again.room.watching.judged == 40
    name = again.room.lease.stream
    assert replay(name, await history(guarded.journal, name)) == 40


class Forgetful(SilentMonitor):
    """Misses every third message."""

    def hear(self, event: Any) -> None:
        self.after = self.heard + (self.heard % 3 != 2)
        super().hear(event)


async def test_a_monitor_that_judges_again_is_told_of_and_pauses_nothing() -> None:
    guarded = Guarded()
    conductor = await guarded.begin(Forgetful(), messages=12)
    await conductor.run()
    assert conductor.room.state.phase == "ended"
    notes = [body.rule for body in await guarded.bodies(conductor, RuleNoted) if body.rule in {SILENT, JUDGES}]
    assert notes == [SILENT, JUDGES] * 3 + [SILENT]


async def test_under_observe_a_silent_monitor_is_noted_and_nothing_is_paused() -> None:
    guarded = Guarded()
    conductor = await guarded.begin(RaisingMonitor(policy="observe"), policy="observe", messages=20)
    await conductor.run()
    assert (conductor.room.state.phase, conductor.room.state.messages) == ("ended", 20)
    assert SILENT in [body.rule for body in await guarded.bodies(conductor, RuleNoted)]


async def test_a_policy_says_how_long_the_lease_is() -> None:
    guarded = Guarded()
    short = msgspec.structs.replace(load("careful"), lease=2)
    conductor = await guarded.begin(SilentMonitor(policy=short))
    await conductor.run()
    assert conductor.room.state.messages == 2


async def test_no_snapshot_keeps_the_memory_of_a_monitor_that_failed() -> None:
    guarded = Guarded()
    conductor = await guarded.begin(RaisingMonitor(1))
    await conductor.run()
    await park(conductor.room)
    assert await guarded.journal.get_snapshot(conductor.room.lease.stream, ENGINE) is None
