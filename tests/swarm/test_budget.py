"""A budget is never exceeded at any level, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from antiphon.errors import UserError
from antiphon.swarm.budget import Amount, Budget, Lease

TOKENS = 1000


class Spending(RuleBasedStateMachine):
    """Holds and settles leases of two groups under one root, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Budget("swarm", tokens=TOKENS)
        self.groups = [self.root.child("left", tokens=700), self.root.child("right", calls=9)]
        self.open: list[Lease] = []
        self.gone = 0

    @rule(which=st.integers(0, 1), tokens=st.integers(0, 400), calls=st.integers(0, 3))
    def hold(self, which: int, tokens: int, calls: int) -> None:
        wanted = Amount(tokens=tokens, calls=calls)
        forbidden = self.groups[which].forbids(wanted)
        held = self.groups[which].hold(wanted)
        assert (held if isinstance(held, str) else None) == forbidden
        if isinstance(held, Lease):
            self.open.append(held)

    @rule(which=st.integers(0, 20), share=st.floats(0, 1))
    def settle(self, which: int, share: float) -> None:
        if self.open:
            lease = self.open.pop(which % len(self.open))
            spent = int(lease.amount.tokens * share)
            lease.settle(Amount(tokens=spent, calls=lease.amount.calls))
            self.gone += spent

    @invariant()
    def nothing_is_exceeded(self) -> None:
        for node, most in ((self.root, TOKENS), (self.groups[0], 700)):
            assert node.held.tokens + node.spent.tokens <= most
        assert self.groups[1].held.calls + self.groups[1].spent.calls <= 9

    @invariant()
    def every_level_adds_up(self) -> None:
        assert self.root.spent.tokens == self.gone == sum(group.spent.tokens for group in self.groups)
        assert self.root.held.tokens == sum(lease.amount.tokens for lease in self.open)


TestSpending = Spending.TestCase


@given(st.integers(0, 100))
def test_the_node_that_forbids_is_named(tokens: int) -> None:
    room = Budget("swarm", tokens=50).child("group").child("room", tokens=80)
    assert room.hold(Amount(tokens=tokens)) == "swarm" if 50 < tokens <= 80 else True
    assert room.limited
    assert not Budget("free").child("below").limited


def test_a_lease_is_settled_once() -> None:
    lease = Budget("swarm").hold(Amount(tokens=5))
    assert isinstance(lease, Lease)
    lease.settle(Amount(tokens=9))
    with pytest.raises(UserError, match="settled before"):
        lease.settle(Amount())
