"""No detector stops a shipped scenario that lives; `bench/living.py` says the same of two hundred seeds."""

from __future__ import annotations

import pytest

from antiphon.assembly import scenario_names
from antiphon.testing.living import lasting, run_living

SEEDS = range(1_000, 1_003)


@pytest.mark.parametrize("policy", ["careful", "thrifty"])
@pytest.mark.parametrize("name", scenario_names())
async def test_the_monitor_stops_no_shipped_scenario_that_lives(name: str, policy: str) -> None:
    tally = await run_living(lasting(name, 30), policy, SEEDS)
    assert tally.rooms == len(SEEDS)
    assert tally.messages > 30 * len(SEEDS) // 2
    assert tally.stops == {}
    assert tally.mutes == 0
