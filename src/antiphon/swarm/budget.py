"""One budget over many rooms, as a tree: what a swarm, its groups and its rooms may spend, have set aside and spent.

Nothing is spent that was not set aside before at every level above. A room is given a lease, so that it can go on by
itself while nobody answers; what it did not use comes back. Pure: amounts in, amounts out.
"""

from __future__ import annotations

from msgspec import Struct

from antiphon.errors import UserError

__all__ = ["Amount", "Budget", "Lease"]


class Amount(Struct, frozen=True, kw_only=True):
    """Is an amount of each thing that is counted: tokens (in and out), US dollars, calls."""

    tokens: int = 0
    money: float = 0.0
    calls: int = 0

    def plus(self, other: Amount) -> Amount:
        """Add."""
        return Amount(tokens=self.tokens + other.tokens, money=self.money + other.money, calls=self.calls + other.calls)

    def minus(self, other: Amount) -> Amount:
        """Take away; may go below zero, where more was spent than was set aside."""
        return Amount(tokens=self.tokens - other.tokens, money=self.money - other.money, calls=self.calls - other.calls)


class Budget(Struct):
    """Is one node of the tree.

    Attributes:
        name: as it is told when it forbids something.
        tokens, money, calls: at most so much; None = no limit of its own.
        parent: the node above; None = the root.
        held: set aside and not spent yet.
        spent: gone.
    """

    name: str
    tokens: int | None = None
    money: float | None = None
    calls: int | None = None
    parent: Budget | None = None
    held: Amount = Amount()
    spent: Amount = Amount()

    def child(
        self, name: str, *, tokens: int | None = None, money: float | None = None, calls: int | None = None
    ) -> Budget:
        """Make a node below this one."""
        return Budget(name, tokens, money, calls, self)

    def forbids(self, wanted: Amount) -> str | None:
        """Name the node, from here to the root, that cannot set so much aside; None when all can."""
        node: Budget | None = self
        while node is not None:
            used = node.held.plus(node.spent).plus(wanted)
            for limit, amount in ((node.tokens, used.tokens), (node.money, used.money), (node.calls, used.calls)):
                if limit is not None and amount > limit:
                    return node.name
            node = node.parent
        return None

    def hold(self, wanted: Amount) -> Lease | str:
        """Set an amount aside here and in every node above; the name of the node that forbids it otherwise."""
        if (name := self.forbids(wanted)) is not None:
            return name
        for node in self.line():
            node.held = node.held.plus(wanted)
        return Lease(self, wanted)

    def raise_by(self, more: Amount) -> None:
        """Raise this node's own limits; what has none stays without."""
        self.tokens = None if self.tokens is None else self.tokens + more.tokens
        self.money = None if self.money is None else self.money + more.money
        self.calls = None if self.calls is None else self.calls + more.calls

    def line(self) -> list[Budget]:
        """Give this node and all above it."""
        nodes: list[Budget] = []
        node: Budget | None = self
        while node is not None:
            nodes.append(node)
            node = node.parent
        return nodes

    @property
    def limited(self) -> bool:
        """Tell whether anything from here to the root has a limit."""
        limits = [limit for node in self.line() for limit in (node.tokens, node.money, node.calls)]
        return any(limit is not None for limit in limits)


class Lease(Struct):
    """Is what a room may spend by itself; settled once."""

    node: Budget
    amount: Amount
    open: bool = True

    def settle(self, spent: Amount) -> None:
        """Take what was really spent off the budget and give the rest back.

        Raises:
            UserError: when it was settled before.
        """
        if not self.open:
            raise UserError("this lease was settled before")
        self.open = False
        for node in self.node.line():
            node.held = node.held.minus(self.amount)
            node.spent = node.spent.plus(spent)
