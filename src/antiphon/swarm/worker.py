"""One worker of a swarm: a process that runs the rooms of one file, told what to do over its standard input.

    python -m antiphon.swarm.worker        reads an `Assignment`, then `Order`s, as lines of JSON; prints `Report`s

It exits by itself when its rooms rest, when its input ends (then nobody leads it any more: it drains), and on any
failure, with the reason on standard error. It knows no other worker and no screen.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Literal

import msgspec
from msgspec import Struct

from antiphon.errors import AntiphonError
from antiphon.library.laboratory import Laboratory
from antiphon.swarm.budget import Amount, Budget
from antiphon.swarm.leases import Leases
from antiphon.swarm.plan import Plan, file_of, members
from antiphon.swarm.pool import Manner, Pool
from antiphon.swarm.totals import Totals

__all__ = ["Assignment", "Order", "Report", "share", "work"]

EVERY = 0.5
"""Seconds between two reports: what a screen shows is never older than one second."""


class Assignment(Struct, frozen=True, kw_only=True):
    """Says which rooms a worker runs and how.

    Attributes:
        plan: the whole swarm's.
        journal: where this worker's rooms live.
        file, files: it runs the rooms that live in file number `file` of so many.
        manner: how its pool runs.
        tokens, money: its slice of the budget; None = no limit.
        latency: seconds (least, most) that builtin voices wait.
    """

    plan: Plan
    journal: str
    file: int = 0
    files: int = 1
    manner: Manner = Manner()
    tokens: int | None = None
    money: float | None = None
    latency: tuple[float, float] | None = None


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Is what a worker is told while it runs.

    Attributes:
        verb: drain (no further turn, then leave), stop (cut the calls in flight too), pause, resume, tell, budget.
        text: of tell: said in every room that is open.
        by: who ordered it.
        tokens, money: of budget: so much more.
    """

    verb: Literal["drain", "stop", "pause", "resume", "tell", "budget"]
    text: str = ""
    by: str = "person:you"
    tokens: int = 0
    money: float = 0.0


class Report(Struct, frozen=True, kw_only=True):
    """Is what a worker tells: its totals so far, whether these are the last, what it has spent of its slice."""

    totals: Totals
    last: bool = False
    spent: Amount = Amount()


def share(assignment: Assignment) -> tuple[int, int]:
    """Count the rooms that live in the assignment's file, and all of them."""
    own = sum(file_of(m.room, assignment.files) == assignment.file for m in members(assignment.plan))
    return own, assignment.plan.rooms


async def work(assignment: Assignment, orders: AsyncIterator[bytes]) -> AsyncIterator[Report]:
    """Run an assignment's rooms; gives a report every half second and a last one.

    Args:
        assignment: what to run.
        orders: lines of JSON, each an `Order`; at their end the worker drains.
    """
    own = [m for m in members(assignment.plan) if file_of(m.room, assignment.files) == assignment.file]
    budget = Budget(assignment.plan.name, assignment.tokens, assignment.money)
    leases = Leases(budget if budget.limited else None, max(1, len(own)))
    async with Laboratory(assignment.journal, latency=assignment.latency) as laboratory:
        pool = Pool(laboratory, assignment.plan, own, assignment.manner, leases)
        running = asyncio.create_task(pool.run())
        obeying = asyncio.create_task(_obey(pool, budget, orders))
        try:
            while not running.done():
                await asyncio.wait([running], timeout=EVERY)
                yield Report(totals=pool.totals, last=running.done(), spent=budget.spent)
            await running
        finally:
            obeying.cancel()
            running.cancel()
            await asyncio.gather(running, obeying, return_exceptions=True)


async def _obey(pool: Pool, budget: Budget, orders: AsyncIterator[bytes]) -> None:
    async for line in orders:
        order = msgspec.json.decode(line, type=Order)
        match order.verb:
            case "drain" | "stop":
                pool.stop(now=order.verb == "stop")
            case "pause" | "resume":
                pool.hold(paused=order.verb == "pause")
            case "tell":
                await pool.tell(order.by, order.text)
            case "budget":
                budget.raise_by(Amount(tokens=order.tokens, money=order.money))
    pool.stop()


async def _lines() -> AsyncIterator[bytes]:
    """Give the lines of standard input as they come, without a thread that would keep the process alive."""
    reader = asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line


async def _main() -> None:
    lines = _lines()
    assignment = msgspec.json.decode(await anext(lines), type=Assignment)
    async for report in work(assignment, lines):
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        asyncio.run(_main())
    except AntiphonError as error:
        sys.exit(f"antiphon worker: {error}")
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
