"""What a room does next tells the numbers it was decided by, and none that nobody knows."""

from __future__ import annotations

import pytest

from antiphon.registry import rules_of
from antiphon.room.decide import Pause, decide
from antiphon.room.scenario import Ceilings
from antiphon.testing.events import Script, scenario


@pytest.mark.parametrize(("unknown", "cost"), [(False, 0.0), (True, None)])
def test_a_pause_at_a_ceiling_tells_what_was_spent_and_an_unknown_cost_is_not_zero(
    cost: float | None, *, unknown: bool
) -> None:
    script = Script(1)
    script.turn("AI-1")
    state, rules = script.state, rules_of(scenario(1))
    state.ceilings, state.cost_unknown = Ceilings(messages=1), unknown
    numbers = {"messages": 1, "tokens": state.tokens, "cost": cost}
    assert decide(state, rules, rules.start(), 0) == Pause("ceiling.messages", numbers)
