"""Worlds in which processes are killed, stopped and cut off lose nothing; bugs that are planted are found."""

from __future__ import annotations

import asyncio
import os

import pytest

from antiphon.testing.simulation.chance import Odds
from antiphon.testing.simulation.loop import Standstill, simulate
from antiphon.testing.simulation.world import Bugs, world

WORLDS = int(os.environ.get("ANTIPHON_WORLDS", "24"))
"""Worlds of this test; `.ci/run` lives through 500 beside it."""

LOT = 8
"""Worlds of one test case."""


@pytest.mark.parametrize("first", range(0, WORLDS, LOT))
def test_whatever_goes_wrong_nothing_acknowledged_is_lost_and_every_room_comes_to_rest(first: int) -> None:
    for seed in range(first, first + LOT):
        found = world(seed)
        assert not found.faults, f"python -m antiphon.testing.simulation --worlds 1 --seed {seed}"
        assert found.mishaps
        assert set(found.rooms) <= {"ended", "paused"}


@pytest.mark.parametrize("seed", [0, 3])
def test_a_seed_gives_one_world(seed: int) -> None:
    assert world(seed) == world(seed)


def test_a_world_without_mishaps_is_quiet() -> None:
    still = Odds(**dict.fromkeys(Odds.__struct_fields__, 0.0))
    found = world(1, odds=still)
    assert (found.faults, found.mishaps) == ((), {})


@pytest.mark.parametrize("bug", ["fenced", "renews", "sorted_locks"])
def test_a_planted_bug_is_found(bug: str) -> None:
    assert any(world(seed, bugs=Bugs(**{bug: False})).faults for seed in range(100))


async def _sleep(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return asyncio.get_running_loop().time()


async def _forever() -> None:
    await asyncio.Event().wait()


def test_hours_pass_at_once_and_a_wait_without_end_is_told() -> None:
    assert simulate(_sleep(36_000.0)) == pytest.approx(36_000.0)
    with pytest.raises(Standstill):
        simulate(_forever())
