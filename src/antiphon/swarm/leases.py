"""What each room of a pool may spend by itself: an equal share first, more of what nobody needs later.

A lease stands in the room as its ceilings, so that the room pauses by itself when it is spent, whoever is gone by
then; more is an event in the room. It knows the budget's arithmetic and no journal.
"""

from __future__ import annotations

import msgspec

from antiphon.room.events import RuleNoted, StateChanged
from antiphon.room.scenario import Ceilings
from antiphon.room.state import State
from antiphon.runner.owned import OwnedRoom
from antiphon.swarm.budget import Amount, Budget, Lease

__all__ = ["Leases"]

BY = "swarm"
"""Who gives leases, in an event's header."""

STEP = 4
"""A room that spent its share is given a quarter of a share more at a time."""

_WHYS = frozenset({"ceiling.tokens", "ceiling.money"})
"""Reasons of a pause that more of the budget lifts."""


class Leases:
    """Gives the rooms of one pool their leases from one node of the budget; without a node, no room has one."""

    def __init__(self, node: Budget | None, rooms: int = 1) -> None:
        """Share a node's limits among so many rooms."""
        self._node = node
        self._left = rooms
        self._open: dict[str, Lease] = {}
        tokens = node.tokens // rooms if node is not None and node.tokens is not None else 0
        money = node.money / rooms if node is not None and node.money is not None else 0.0
        self._share = Amount(tokens=tokens, money=money)

    def already(self, tokens: int, money: float) -> None:
        """Count what rooms of this swarm spent in earlier runs."""
        if self._node is not None and (tokens or money):
            lease = self._node.hold(Amount())
            if isinstance(lease, Lease):
                lease.settle(Amount(tokens=tokens, money=money))

    def begin(self, room: str, own: Ceilings, spent: Amount) -> Ceilings | str:
        """Give a room its first lease, as ceilings that count what it spent before; the budget's name when it forbids.

        Args:
            room: its name.
            own: the ceilings of its scenario; the lower one holds.
            spent: by the room so far, in earlier runs.
        """
        self._left = max(0, self._left - 1)
        if self._node is None:
            return own
        held = self._node.hold(self._share)
        if isinstance(held, str):
            return held
        self._open[room] = held
        return self._lowered(own, spent.plus(self._share))

    def more(self, room: OwnedRoom) -> bool:
        """Give a room that paused because its lease is spent more of it, when the rooms to come do not need it."""
        lease, state = self._open.get(room.lease.stream), room.state
        own = room.state.scenario.ceilings
        if self._node is None or lease is None or state.why not in _WHYS or _is_own(state, own):
            return False
        step = Amount(tokens=self._share.tokens // STEP, money=self._share.money / STEP)
        promised = Amount(tokens=self._share.tokens * self._left, money=self._share.money * self._left)
        if self._node.forbids(promised.plus(step)) is not None:
            return False
        held = self._node.hold(step)
        if isinstance(held, str) or step == Amount():
            return False
        lease.amount = lease.amount.plus(step)
        now = state.ceilings
        higher = Amount(tokens=now.tokens or 0, money=now.money or 0.0).plus(step)
        wanted = self._lowered(own, higher)
        if wanted == now:
            return False
        room.take(BY, RuleNoted(rule="ceilings", data=msgspec.structs.asdict(wanted)))
        room.take(BY, StateChanged(before="paused", after=state.before_pause, rule="swarm.lease"))
        return True

    def settle(self, room: str, spent: Amount) -> None:
        """Take off the budget what a room spent in this run, and give back the rest of its lease."""
        if (lease := self._open.pop(room, None)) is not None:
            lease.settle(spent)

    def _lowered(self, own: Ceilings, lease: Amount) -> Ceilings:
        """Give a scenario's own ceilings, lowered to the lease in what the budget limits."""
        assert self._node is not None  # noqa: S101 - only asked where there is a budget
        tokens, money = own.tokens, own.money
        if self._node.tokens is not None:
            tokens = lease.tokens if tokens is None else min(tokens, lease.tokens)
        if self._node.money is not None:
            money = lease.money if money is None else min(money, lease.money)
        return msgspec.structs.replace(own, tokens=tokens, money=money)


def _is_own(state: State, own: Ceilings) -> bool:
    """Tell whether a room stands at its scenario's own ceiling: no budget lifts that."""
    if state.why == "ceiling.tokens":
        return own.tokens is not None and (state.ceilings.tokens or 0) >= own.tokens
    return own.money is not None and (state.ceilings.money or 0.0) >= own.money
