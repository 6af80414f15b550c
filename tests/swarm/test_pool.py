"""A pool runs every room once, in any manner, within its budget; stopped, it goes on where it was."""

from __future__ import annotations

import asyncio

import pytest

from antiphon.journal.memory import MemoryJournal, Store
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import limited
from antiphon.library.settings import with_rounds
from antiphon.room.events import Event, RoomEnded, TurnEnded
from antiphon.room.records import decode, verify_chain
from antiphon.room.scenario import Scenario
from antiphon.swarm.budget import Budget
from antiphon.swarm.leases import Leases
from antiphon.swarm.plan import Plan, members
from antiphon.swarm.pool import Manner, Pool


def scenario(laboratory: Laboratory, rounds: int) -> Scenario:
    return with_rounds(laboratory.scenario("dyad", ["echo", "listener"]), rounds)


async def events(journal: MemoryJournal, room: str) -> list[Event]:
    return [decode(record) for record in await journal.read(room)]


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal(Store())


@pytest.mark.parametrize(
    "manner",
    [Manner(), Manner(in_flight=1), Manner(in_flight=3, turns_each=1), Manner(in_flight=3, turns_each=1, kept=2)],
    ids=["wide", "one", "by turns", "parked"],
)
async def test_every_room_runs_to_its_end_once_and_again_changes_nothing(
    journal: MemoryJournal, manner: Manner
) -> None:
    async with Laboratory(journal) as laboratory:
        plan = Plan(name="s", scenarios=(scenario(laboratory, 2),), rooms=12, seed=3)
        pool = Pool(laboratory, plan, members(plan), manner)
        await pool.run()
        assert pool.totals.rooms["ended"] == 12
        assert {state for state, rooms in pool.totals.rooms.items() if rooms} == {"ended"}
        said = pool.totals.turns
        for member in members(plan):
            room = await events(journal, member.room)
            assert verify_chain(await journal.read(member.room), b"") == 0
            assert sum(isinstance(event.body, RoomEnded) for event in room) == 1
        again = Pool(laboratory, plan, members(plan), manner)
        await again.run()
        assert (again.totals.turns, again.totals.rooms["ended"]) == (0, 12)
        rooms = [await events(journal, member.room) for member in members(plan)]
        assert said == sum(isinstance(event.body, TurnEnded) for room in rooms for event in room)


async def test_by_turns_every_room_has_spoken_before_any_ends(journal: MemoryJournal) -> None:
    async with Laboratory(journal) as laboratory:
        plan = Plan(name="s", scenarios=(scenario(laboratory, 3),), rooms=20)
        await Pool(laboratory, plan, members(plan), Manner(in_flight=4, turns_each=1)).run()
    records, _ = await journal.tail(None, limit=100_000)
    kinds = [(record.stream, record.type) for record in records]
    first_end = next(place for place, (_, kind) in enumerate(kinds) if kind == "room.ended")
    spoken = {stream for stream, kind in kinds[:first_end] if kind == "turn.ended"}
    assert len(spoken) == 20


async def test_a_stopped_pool_leaves_rooms_that_go_on_later(journal: MemoryJournal) -> None:
    async with Laboratory(journal, latency=(0.01, 0.01)) as laboratory:
        plan = Plan(name="s", scenarios=(scenario(laboratory, 6),), rooms=6)
        pool = Pool(laboratory, plan, members(plan), Manner(in_flight=3))
        running = asyncio.create_task(pool.run())
        await asyncio.sleep(0.1)
        pool.stop()
        await asyncio.wait_for(running, 10)
        assert pool.totals.rooms.get("ended", 0) < 6
        assert all(not row.owner_alive for row in await journal.rooms())
        rest = Pool(laboratory, plan, members(plan), Manner(in_flight=3))
        await rest.run()
        assert rest.totals.rooms["ended"] == 6
    for member in members(plan):
        assert verify_chain(await journal.read(member.room), b"") == 0


@pytest.mark.parametrize("tokens", [2_000, 12_000, 60_000])
async def test_a_budget_is_never_exceeded_and_what_is_spent_rests(journal: MemoryJournal, tokens: int) -> None:
    async with Laboratory(journal) as laboratory:
        plan = Plan(name="s", scenarios=(limited(scenario(laboratory, 8), []),), rooms=8)
        budget = Budget("swarm", tokens=tokens)
        pool = Pool(laboratory, plan, members(plan), Manner(in_flight=2), Leases(budget, 8))
        await pool.run()
        spent = sum(int(row.counters["tokens"]) for row in await journal.rooms())
        assert spent <= tokens
        assert budget.spent.tokens == spent
        assert budget.held.tokens == 0
        assert sum(pool.totals.rooms.get(state, 0) for state in ("ended", "paused")) == 8
        again = Budget("swarm", tokens=tokens)
        await Pool(laboratory, plan, members(plan), Manner(in_flight=2), Leases(again, 8)).run()
        assert sum(int(row.counters["tokens"]) for row in await journal.rooms()) <= tokens


async def test_a_room_that_cannot_be_opened_is_counted_and_named_and_the_others_run(journal: MemoryJournal) -> None:
    async with Laboratory(journal, env={}) as laboratory:
        good = scenario(laboratory, 1)
        bad = laboratory.scenario("dyad", ["recording:no-such-room#Nova", "echo"])
        plan = Plan(name="s", scenarios=(good, bad), rooms=4)
        pool = Pool(laboratory, plan, members(plan), Manner())
        await pool.run()
        assert pool.totals.rooms["ended"] == 2
        assert pool.totals.rooms["lost"] == 2
        assert "no-such-room" in pool.totals.first_failure
