"""Flags in rooms that run: one that nobody answers is told again, an answer is heard, and all of it replays."""

from __future__ import annotations

from typing import Any

import pytest

from antiphon.errors import BrokenChain, UserError
from antiphon.journal.memory import MemoryJournal
from antiphon.library.flagging import answer, flags_in, flags_kept
from antiphon.library.laboratory import Laboratory
from antiphon.room.events import Event, FlagAcked, FlagRaised, NoticeGiven
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.conduct import Conductor
from antiphon.runner.history import history
from antiphon.runner.opening import park
from antiphon.runner.replay import replay
from antiphon.testing.speakers import Troupe

LOOP = ["We carry the flour up the hill.", "And the baker counts the sacks."]


class Looping:
    """Is a laboratory with one watched room of two seats that say the same again and again."""

    def __init__(self) -> None:
        self.laboratory = Laboratory(MemoryJournal())

    async def begin(self, messages: int = 200) -> Conductor:
        rules = {"when_it_ends": {"messages": {"count": messages}}}
        scenario = Scenario(name="loop", seats=(SeatPlan(model="echo"), SeatPlan(model="echo")), rules=rules)
        return self.cast(await self.laboratory.begin(scenario, seed=7, policy="observe"))

    def cast(self, session: Any) -> Conductor:
        conductor: Conductor = session.conductor
        conductor.cast = Troupe({"AI-1": [LOOP[0]], "AI-2": [LOOP[1]]})
        return conductor

    async def events(self, room: str) -> list[Event]:
        return [decode(record) for record in await history(self.laboratory.journal, room)]

    async def told_again(self, room: str) -> list[tuple[str, int, int]]:
        """List what was told again: rule, severity, messages waited."""
        bodies = [event.body for event in await self.events(room)]
        return [(b.rule, b.severity, b.waited) for b in bodies if isinstance(b, FlagRaised) and b.waited]

    async def replays(self, room: str) -> bool:
        return replay(room, await history(self.laboratory.journal, room)) > 0


async def test_what_nobody_answers_is_told_again_a_severity_higher_and_replays() -> None:
    looping = Looping()
    conductor = await looping.begin()
    await conductor.run()
    room = conductor.room.lease.stream
    told = await looping.told_again(room)
    assert ("exact_loop", 3, 50) in told
    assert {severity for rule, severity, waited in told if waited == 100} == {2}
    assert max(severity for _, severity, _ in told) == 3
    assert await looping.replays(room)
    known = {one.flag.rule: one.flag for one in await flags_in(looping.laboratory, room)}
    assert known["exact_loop"].severity == 3
    assert len({rule for rule, _, _ in told}) == len(known)


async def test_a_room_taken_up_again_goes_on_waiting_where_it_was() -> None:
    whole, parted = Looping(), Looping()
    through = await whole.begin()
    await through.run()
    first = await parted.begin()
    room = first.room.lease.stream
    for turns in (30, 40, 60):
        await first.run(turns)
        await first.change("paused", "person")
        await park(first.room)
        first = parted.cast(await parted.laboratory.resume(room))
    await first.run()
    assert await parted.told_again(room) == await whole.told_again(through.room.lease.stream)
    assert await parted.replays(room)


async def test_an_answer_in_time_keeps_a_flag_from_being_told_again() -> None:
    looping = Looping()
    conductor = await looping.begin()
    room = conductor.room.lease.stream
    await conductor.run(40)
    await park(conductor.room)
    for found in await flags_kept(looping.laboratory):
        _, handed = await answer(looping.laboratory, found.flag.id, "monitoring", by="ada", reason="a work song")
        assert not handed
    again = looping.cast(await looping.laboratory.resume(room))
    await again.run()
    assert await looping.told_again(room) == []
    answers = [event for event in await looping.events(room) if isinstance(event.body, FlagAcked)]
    assert {event.by for event in answers} == {"person:ada"}
    assert await looping.replays(room)


async def test_a_fork_leaves_what_waits_to_its_parent_and_raises_anew_what_goes_on() -> None:
    looping = Looping()
    conductor = await looping.begin()
    await conductor.run(60)
    parent = conductor.room.lease.stream
    await park(conductor.room)
    fork = looping.cast(await looping.laboratory.fork(parent))
    await fork.run()
    before = {one.flag.id for one in await flags_in(looping.laboratory, parent)}
    after = {one.flag.id: one.flag for one in await flags_in(looping.laboratory, fork.room.lease.stream)}
    assert before <= set(after)
    assert all(after[id_].inherited for id_ in before)
    assert {one.room for one in await flags_kept(looping.laboratory)} >= {parent}
    assert [one for one in await flags_kept(looping.laboratory) if one.flag.id in before and one.room != parent] == []
    own = [flag for flag in after.values() if not flag.inherited]
    assert "exact_loop" in {flag.rule for flag in own if flag.waits}
    assert await looping.replays(fork.room.lease.stream)


async def test_replay_finds_an_old_flag_that_was_told_too_early_and_one_that_was_not_told() -> None:
    looping = Looping()
    conductor = await looping.begin(90)
    await conductor.run()
    room = conductor.room.lease.stream
    records = await history(looping.laboratory.journal, room)
    place = next(n for n, r in enumerate(records) if isinstance(body := decode(r).body, FlagRaised) and body.waited)
    with pytest.raises(BrokenChain):
        replay(room, [*records[:place], *records[place + 1 :]])
    with pytest.raises(BrokenChain):
        replay(room, [*records[: place - 3], records[place], *records[place - 3 :]])


async def test_an_answer_that_means_nothing_is_told_and_changes_nothing() -> None:
    looping = Looping()
    conductor = await looping.begin()
    await conductor.run(40)
    room = conductor.room.lease.stream
    [flag, *_] = conductor.room.state.flags.values()
    await park(conductor.room)
    before = len(await looping.events(room))
    for wrong in (
        {"flag": "nothing"},
        {"flag": flag.id, "verdict": "perhaps"},
        {"flag": flag.id, "reason": "x" * 9_999},
    ):
        with pytest.raises(UserError):
            await looping.laboratory.ask(room, "ack", **wrong)
    later = (await looping.events(room))[before:]
    assert {type(event.body) for event in later} == {NoticeGiven}
