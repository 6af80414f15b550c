"""Leads a swarm from its folder: what was planned, one journal file a worker, orders of people, the end report.

    FOLDER/swarm.db      the swarm's own stream
    FOLDER/rooms-0.db …  the rooms; which file a room lives in follows from its name

It knows no screen.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.errors import UserError
from antiphon.journal.sqlite import SqliteJournal
from antiphon.room.contracts import Request
from antiphon.swarm import ledger
from antiphon.swarm.crew import Crew
from antiphon.swarm.ledger import Ledger
from antiphon.swarm.plan import Plan, file_of, members
from antiphon.swarm.pool import Manner
from antiphon.swarm.totals import Totals
from antiphon.swarm.worker import Assignment, Order

__all__ = ["Leader", "Swarm", "assignments", "order_of", "send", "swarms"]

LOOK = 0.25
"""Seconds between two looks for orders."""


class Swarm(Struct, frozen=True, kw_only=True):
    """Says what is run and where.

    Attributes:
        folder: where everything of it is kept.
        plan: its rooms.
        manner: how each worker's pool runs; `in_flight` is the whole swarm's.
        workers: processes, each with a file of its own.
        tokens, money: at most so much in all; None = no limit.
        latency: seconds (least, most) that builtin voices wait.
    """

    folder: Path
    plan: Plan
    manner: Manner = Manner()
    workers: int = 1
    tokens: int | None = None
    money: float | None = None
    latency: tuple[float, float] | None = None


def assignments(swarm: Swarm) -> list[Assignment]:
    """Share a swarm among its workers: rooms by their names, budget and places by how many rooms each has."""
    counts = [0] * swarm.workers
    for member in members(swarm.plan):
        counts[file_of(member.room, swarm.workers)] += 1
    made = []
    for number, count in enumerate(counts):
        part = count / swarm.plan.rooms
        made.append(
            Assignment(
                plan=swarm.plan,
                journal=str(swarm.folder / f"rooms-{number}.db"),
                file=number,
                files=swarm.workers,
                manner=msgspec.structs.replace(
                    swarm.manner,
                    in_flight=max(1, round(swarm.manner.in_flight / swarm.workers)),
                    kept=max(1, swarm.manner.kept // swarm.workers),
                ),
                tokens=None if swarm.tokens is None else int(swarm.tokens * part),
                money=None if swarm.money is None else swarm.money * part,
                latency=swarm.latency,
            )
        )
    return made


class Leader:
    """Runs a swarm: its crew, its ledger, the orders that come meanwhile.

    Attributes:
        crew: the workers, whose `totals` a screen reads.
    """

    def __init__(self, swarm: Swarm, told: Callable[[], None] = lambda: None) -> None:
        """Prepare; `told` is called whenever a worker has reported."""
        self._swarm = swarm
        self.crew = Crew(assignments(swarm), told)

    async def run(self) -> Totals:
        """Run the swarm until its rooms rest or it is told to stop, and note the report.

        Raises:
            UserError: when the folder holds a swarm with another number of workers, which would look for its rooms
                in other files.
            RoomOwned: when another process leads it.
        """
        self._swarm.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        journal = SqliteJournal(self._swarm.folder / "swarm.db")
        name = self._swarm.plan.name
        try:
            book = await Ledger.open(journal, name)
            await self._planned(journal, book)
            obeying = asyncio.create_task(self._obey(book))
            try:
                await self.crew.run()
            finally:
                obeying.cancel()
                await asyncio.gather(obeying, return_exceptions=True)
                totals = self.crew.totals
                await book.note("swarm", "reported", msgspec.to_builtins(totals))
                await book.close()
        finally:
            await journal.close()
        return totals

    async def _planned(self, journal: SqliteJournal, book: Ledger) -> None:
        plan, workers = self._swarm.plan, self._swarm.workers
        before = await ledger.noted(journal, plan.name, "planned")
        files = before[-1]["workers"] if before else workers
        if files != workers:
            await book.close()
            raise UserError(f"the rooms of this swarm live in {files} files: run it with --workers {files}")
        what: dict[str, Any] = {  # Any: JSON
            "rooms": plan.rooms,
            "scenarios": [scenario.name for scenario in plan.scenarios],
            "seed": plan.seed,
            "workers": workers,
            "tokens": self._swarm.tokens,
            "money": self._swarm.money,
        }
        await book.note("person", "planned", what)

    async def _obey(self, book: Ledger) -> None:
        while True:
            for request in await book.orders():
                order = order_of(request)
                if order is not None:
                    self.crew.order(order)
                data = {"verb": request.verb, "done": order is not None, **request.arguments}
                await book.note(request.by, "order", data, done=(request.id,))
            await asyncio.sleep(LOOK)


def order_of(request: Request) -> Order | None:
    """Read an order out of a request; None when it is none: any process may put one."""
    try:
        return msgspec.convert({**request.arguments, "verb": request.verb, "by": request.by}, Order)
    except msgspec.ValidationError:
        return None


async def send(folder: Path, swarm: str, order: Order) -> None:
    """Hand an order to whoever leads the swarm of this folder."""
    if not (folder / "swarm.db").is_file():
        raise UserError(f"there is no swarm {swarm!r} in {folder.parent}; `antiphon swarm list` names those there are")
    arguments = {k: v for k, v in msgspec.structs.asdict(order).items() if k not in {"verb", "by"} and v}
    journal = SqliteJournal(folder / "swarm.db")
    try:
        request = Request(
            id=os.urandom(8).hex(), stream=ledger.stream_of(swarm), verb=order.verb, arguments=arguments, by=order.by
        )
        await ledger.ask(journal, swarm, request)
    finally:
        await journal.close()


def swarms(place: Path) -> list[str]:
    """Name the swarms kept in a folder."""
    return sorted(path.parent.name for path in place.glob("*/swarm.db"))
