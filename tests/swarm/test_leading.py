"""Workers are processes: one that is killed is started again and nothing is lost; orders reach rooms and are kept."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.errors import NotAllowed, RoomOwned, UserError
from antiphon.journal.sqlite import SqliteJournal
from antiphon.library.laboratory import Laboratory
from antiphon.library.settings import with_rounds
from antiphon.room.events import MessageSaid
from antiphon.room.records import decode, verify_chain
from antiphon.swarm.leading import Leader, Swarm, assignments, send, swarms
from antiphon.swarm.ledger import noted
from antiphon.swarm.plan import Plan
from antiphon.swarm.pool import Manner
from antiphon.swarm.worker import Order

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are led over pipes that Windows lacks")


def swarm(folder: Path, *, rooms: int = 8, rounds: int = 2, slow: bool = False, tokens: int | None = None) -> Swarm:
    scenario = with_rounds(Laboratory("memory:").scenario("dyad", ["echo", "listener"]), rounds)
    return Swarm(
        folder=folder / "walk",
        plan=Plan(name="walk", scenarios=(scenario,), rooms=rooms, seed=5),
        manner=Manner(in_flight=8),
        workers=2,
        tokens=tokens,
        latency=(0.03, 0.03) if slow else None,
    )


async def rooms_of(folder: Path) -> dict[str, str]:
    """Give every room's phase; each chain is verified on the way."""
    found: dict[str, str] = {}
    for path in sorted((folder / "walk").glob("rooms-*.db")):
        journal = SqliteJournal(path)
        for row in await journal.rooms():
            assert verify_chain(await journal.read(row.stream), b"") == 0
            assert row.stream not in found
            found[row.stream] = row.phase
        await journal.close()
    return found


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - other processes are waited for: they set no event here
            await asyncio.sleep(0.02)


def test_a_swarm_is_shared_without_a_rest(tmp_path: Path) -> None:
    parts = assignments(swarm(tmp_path, rooms=50, tokens=1000))
    assert [part.file for part in parts] == [0, 1]
    assert 990 <= sum(part.tokens or 0 for part in parts) <= 1000
    assert sum(part.manner.in_flight for part in parts) == 8


async def test_a_killed_worker_is_started_again_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    leader = Leader(swarm(tmp_path, rooms=10, rounds=4, slow=True))
    running = asyncio.create_task(leader.run())
    await until(lambda: leader.crew.totals.turns > 5)
    os.kill(leader.crew.pids[0], signal.SIGKILL)
    totals = await asyncio.wait_for(running, 60)
    assert leader.crew.restarted == 1
    assert totals.rooms["ended"] == 10
    assert set((await rooms_of(tmp_path)).values()) == {"ended"}
    journal = SqliteJournal(tmp_path / "walk" / "swarm.db")
    assert (await noted(journal, "walk", "reported"))[-1]["rooms"]["ended"] == 10
    await journal.close()
    assert swarms(tmp_path) == ["walk"]


async def test_orders_reach_the_rooms_and_are_kept_with_their_author(tmp_path: Path) -> None:
    plan = swarm(tmp_path, rooms=6, rounds=40, slow=True)
    leader = Leader(plan)
    running = asyncio.create_task(leader.run())
    await until(lambda: leader.crew.totals.turns > 2)
    with pytest.raises(RoomOwned):
        await Leader(plan).run()
    await send(plan.folder, "walk", Order(verb="tell", text="the lamp is lit", by="person:Ada"))
    await send(plan.folder, "walk", Order(verb="pause", by="person:Ada"))
    await asyncio.sleep(1.5)
    paused = leader.crew.totals.turns
    await asyncio.sleep(1.0)
    assert leader.crew.totals.turns == paused
    await send(plan.folder, "walk", Order(verb="resume"))
    await until(lambda: leader.crew.totals.turns > paused)
    await send(plan.folder, "walk", Order(verb="drain", by="person:Bo"))
    totals = await asyncio.wait_for(running, 30)
    assert totals.rooms.get("ended", 0) < 6
    journal = SqliteJournal(plan.folder / "swarm.db")
    assert [order["verb"] for order in await noted(journal, "walk", "order")] == ["tell", "pause", "resume", "drain"]
    await journal.close()
    heard = 0
    for path in plan.folder.glob("rooms-*.db"):
        rooms = SqliteJournal(path)
        for row in await rooms.rooms():
            events = [decode(record) for record in await rooms.read(row.stream)]
            heard += any(isinstance(e.body, MessageSaid) and e.body.text == "the lamp is lit" for e in events)
        await rooms.close()
    assert heard == 6


async def test_a_swarm_that_nobody_leads_and_one_that_is_not_there_are_told_apart(tmp_path: Path) -> None:
    plan = swarm(tmp_path, rooms=2, rounds=1)
    with pytest.raises(UserError, match="no swarm 'walk'"):
        await send(plan.folder, "walk", Order(verb="pause"))
    await Leader(plan).run()
    with pytest.raises(NotAllowed, match="run it again"):
        await send(plan.folder, "walk", Order(verb="pause"))


async def test_another_number_of_workers_is_refused_for_rooms_that_are_kept(tmp_path: Path) -> None:
    plan = swarm(tmp_path, rooms=2, rounds=1)
    await Leader(plan).run()
    other = Swarm(folder=plan.folder, plan=plan.plan, workers=3)
    with pytest.raises(UserError, match="--workers 2"):
        await Leader(other).run()
