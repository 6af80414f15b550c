"""No detector stops a shipped scenario that lives; `bench/living.py` says the same of two hundred seeds."""

from __future__ import annotations

import pytest

from antiphon.assembly import scenario_names
from antiphon.testing.living import lasting, run_living

SEEDS = range(1_000, 1_002)


@pytest.mark.parametrize(("policy", "rounds"), [("careful", 30), ("thrifty", None)])
@pytest.mark.parametrize("name", scenario_names())
async def test_the_monitor_stops_no_shipped_scenario_that_lives(name: str, policy: str, rounds: int | None) -> None:
    tally = await run_living(lasting(name, rounds), policy, SEEDS)
    assert tally.rooms == len(SEEDS)
    assert tally.messages > 10 * len(SEEDS)
    assert tally.stops == {}
    assert tally.mutes == 0
