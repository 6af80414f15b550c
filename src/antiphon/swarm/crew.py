"""The workers of a swarm, led from one process: starts them, hears their reports, hands orders on, restarts the dead.

What a worker owned when it died is free at once; started again, it goes on where the journal stands. It knows no
screen; whoever leads reads `totals`.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from antiphon.errors import JournalError
from antiphon.swarm.totals import Totals, added
from antiphon.swarm.worker import Assignment, Order, Report

__all__ = ["RESTARTS", "Crew"]

RESTARTS = 5
"""How often one worker is started again before the swarm gives up on it: a crash that repeats is no accident."""

_WORDS = 4000
"""Bytes of a dead worker's last words that are told."""

_SIZE = 1 << 24
"""Longest line of a worker's report, in bytes."""


class _Seat(Struct):
    """Is one worker's place: what it runs, its process, what it told last."""

    assignment: Assignment
    process: Process | None = None
    totals: Totals = msgspec.field(default_factory=Totals)
    before: Totals = msgspec.field(default_factory=Totals)
    restarts: int = 0


class Crew:
    """Leads one worker an assignment until all are done.

    Attributes:
        restarted: how many workers died and were started again.
    """

    def __init__(self, assignments: Sequence[Assignment], told: Callable[[], None] = lambda: None) -> None:
        """Take the assignments; `told` is called after every report."""
        self._seats = [_Seat(assignment) for assignment in assignments]
        self._told = told
        self._leaving = False
        self.restarted = 0

    @property
    def totals(self) -> Totals:
        """Add up what every worker told last, work of those that died included."""
        return added(_since(seat) for seat in self._seats)

    @property
    def pids(self) -> list[int]:
        """Name the processes that live."""
        return [
            seat.process.pid for seat in self._seats if seat.process is not None and seat.process.returncode is None
        ]

    async def run(self) -> None:
        """Run every worker to its end.

        Raises:
            JournalError: when one died more often than `RESTARTS` times, with its last words; the others have drained.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for seat in self._seats:
                    group.create_task(self._lead(seat))
        except* JournalError as failed:
            raise failed.exceptions[0] from None

    def order(self, order: Order) -> None:
        """Hand an order to every worker that lives; a share of it where it is a budget."""
        self._leaving = self._leaving or order.verb in {"drain", "stop"}
        living = [seat for seat in self._seats if seat.process is not None and seat.process.returncode is None]
        if order.verb == "budget" and living:
            order = msgspec.structs.replace(order, tokens=order.tokens // len(living), money=order.money / len(living))
        for seat in living:
            _write(seat.process, msgspec.json.encode(order))

    async def _lead(self, seat: _Seat) -> None:
        while True:
            words = await self._once(seat)
            if words is None or self._leaving:
                return
            if seat.restarts >= RESTARTS:
                self.order(Order(verb="drain"))
                raise JournalError(f"a worker died {RESTARTS + 1} times; its last words: {words or 'none'}")
            seat.restarts += 1
            self.restarted += 1
            seat.before, seat.totals = _since(seat), Totals()

    async def _once(self, seat: _Seat) -> str | None:
        """Run a worker until it ends; None when it told its last report, else its last words."""
        command = (sys.executable, "-m", "antiphon.swarm.worker")
        process = seat.process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=_SIZE, start_new_session=True
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        assert process.stderr is not None  # noqa: S101 - asked for above
        dying = asyncio.create_task(process.stderr.read())
        _write(process, msgspec.json.encode(seat.assignment))
        last = False
        try:
            while line := await process.stdout.readline():
                report = msgspec.json.decode(line, type=Report)
                seat.totals, last = report.totals, report.last
                self._told()
            words = (await dying)[-_WORDS:].decode("utf-8", "replace").strip()
            await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
            dying.cancel()
        return None if last and process.returncode == 0 else words


def _write(process: Process | None, line: bytes) -> None:
    if process is not None and process.stdin is not None and not process.stdin.is_closing():
        process.stdin.write(line + b"\n")


def _since(seat: _Seat) -> Totals:
    """Add what a worker told to what those before it in its place did; where rooms stand, only the newest knows."""
    whole = added([seat.before, seat.totals])
    if seat.totals.planned:
        whole.planned, whole.rooms = seat.totals.planned, seat.totals.rooms
    else:
        whole.planned, whole.rooms = seat.before.planned, seat.before.rooms
    return whole
