"""Runs many rooms in one process: a few tasks pull rooms that are ready from a heap, never a task a room.

A room that has its place runs on while it can, since the provider's prompt cache is warm for it; when others waited
longer than `patience` it gives the place away between two turns. Rooms that wait stay in memory up to a bound, beyond
it they are parked in the journal. It knows no screen and no other process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from heapq import heapify, heappop, heappush

import msgspec
from msgspec import Struct

from antiphon.errors import AntiphonError, JournalError
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.monitor.policy import Policy
from antiphon.room.contracts import RoomRow
from antiphon.room.events import RuleNoted
from antiphon.room.state import State
from antiphon.runner.opening import park
from antiphon.swarm.budget import Amount
from antiphon.swarm.leases import BY, Leases
from antiphon.swarm.plan import Member, Plan
from antiphon.swarm.totals import Totals, count

__all__ = ["Manner", "Pool"]

MOST_TURNS = 1 << 30
"""Stands for no bound on the turns a room runs in a row."""

OVER = frozenset({"ended", "expired"})
"""Phases in which nothing is left to run."""


class Manner(Struct, frozen=True, kw_only=True):
    """Says how a pool runs.

    Attributes:
        in_flight: rooms that run at the same time; as many calls are in flight at most.
        patience: seconds after which a waiting room is run before another goes on.
        turns_each: turns a room runs before others may have its place, whatever they waited; None = as patience says.
        kept: waiting rooms kept in memory; the others are parked.
        policy: of the monitor; None = none.
    """

    in_flight: int = 64
    patience: float = 60.0
    turns_each: int | None = None
    kept: int = 2_000
    policy: Policy | None = None


class Pool:
    """Runs the members of a plan that live in one journal.

    Attributes:
        totals: what became of them so far.
    """

    def __init__(
        self, laboratory: Laboratory, plan: Plan, chosen: Iterable[Member], manner: Manner, leases: Leases | None = None
    ) -> None:
        """Take the rooms to run; nothing is opened yet."""
        self._laboratory, self._plan, self._manner = laboratory, plan, manner
        self._leases = leases or Leases(None)
        self._members = {member.number: member for member in chosen}
        self._known: dict[str, RoomRow | None] = {}
        self._waiting: dict[int, Session] = {}
        self._running: dict[int, Session] = {}
        self._before: dict[int, Amount] = {}
        self._heap: list[tuple[float, int]] = []
        self._busy = 0
        self._changed = asyncio.Event()
        self._stopping = self._held = False
        self.totals = Totals(planned=len(self._members))
        count(self.totals.rooms, "waiting", len(self._members))

    async def run(self) -> None:
        """Run every room until it rests, or until `stop`."""
        await self._look()
        began = time.monotonic()
        self._heap = [(began + member.begins, member.number) for member in self._members.values()]
        heapify(self._heap)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._manner.in_flight, len(self._heap))):
                    group.create_task(self._serve())
        finally:
            for session in self._waiting.values():
                await park(session.conductor.room)
            self._waiting.clear()

    def stop(self, *, now: bool = False) -> None:
        """Begin no further turn; `now` also cuts the calls in flight. Rooms stay as they are and can be run on."""
        self._stopping = True
        self._changed.set()
        if now:
            for session in self._running.values():
                session.conductor.abort()

    def hold(self, *, paused: bool) -> None:
        """Begin no further turn until told to go on; calls in flight finish, and rooms keep their places."""
        self._held = paused
        self._changed.set()

    async def tell(self, by: str, text: str) -> None:
        """Say something in every room that is open here; rooms that begin later do not hear it."""
        for session in [*self._running.values(), *self._waiting.values()]:
            await session.conductor.say(by.removeprefix("person:"), text)

    # ------------------------------------------------------------------------------------ which room next

    async def _look(self) -> None:
        """See which rooms are there already: those that are over are not run again, what they spent is counted."""
        self._known.update({row.stream: row for row in await self._laboratory.journal.rooms()})
        for member in list(self._members.values()):
            row = self._known.get(member.room)
            if row is None:
                continue
            self._leases.already(int(row.counters.get("tokens", 0)), float(row.counters.get("cost", 0.0)))
            if row.phase in OVER:
                self.totals.moved("waiting", row.phase)
                del self._members[member.number]

    async def _next(self) -> Member | None:
        """Wait for the room that has been ready for longest; None when none is left, or the pool stops."""
        while not self._stopping and (self._heap or self._busy):
            seconds = self._heap[0][0] - time.monotonic() if self._heap and not self._held else None
            if seconds is not None and seconds <= 0:
                self._busy += 1
                return self._members[heappop(self._heap)[1]]
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
        return None

    def _gives_way(self, since: float, turns: int) -> Callable[[], bool]:
        """Make the answer to whether a room that runs since then shall give its place away now."""
        left = turns

        def leaves() -> bool:
            nonlocal left
            left -= 1
            if self._stopping or self._held:
                return True
            if not self._heap:
                return False
            now = time.monotonic()
            waited = now - self._heap[0][0]
            return (left <= 0 and waited >= 0) or (waited > self._manner.patience and now > since)

        return leaves

    # ------------------------------------------------------------------------------------ one room

    async def _serve(self) -> None:
        while (member := await self._next()) is not None:
            try:
                await self._run(member)
            finally:
                self._busy -= 1
                self._changed.set()

    async def _run(self, member: Member) -> None:
        """Give a room its place until it rests or gives it away; what cannot be run is counted and named."""
        try:
            session = self._waiting.pop(member.number, None) or await self._open(member)
        except JournalError:
            raise  # nothing can be kept any more
        except AntiphonError as error:
            count(self.totals.lost, type(error).__name__)
            self.totals.moved("waiting", "lost")
            self.totals.first_failure = self.totals.first_failure or f"{error} ({member.room})"
            return
        if session is None:
            return
        self.totals.moved("waiting", "running")
        self._running[member.number] = session
        session.conductor.leaves = self._gives_way(time.monotonic(), self._manner.turns_each or MOST_TURNS)
        self._laboratory.run_inbox(session, running=True)
        try:
            await session.conductor.run()
        finally:
            self._laboratory.run_inbox(session, running=False)
            del self._running[member.number]
        await self._after(member, session)

    async def _open(self, member: Member) -> Session | None:
        """Open a room, or take it up where an earlier run left it; None when the budget has nothing for it."""
        if member.room in self._known:
            session = await self._laboratory.resume(member.room)
        else:
            session = await self._laboratory.begin(
                self._plan.scenarios[member.scenario],
                seed=member.seed,
                name=member.room,
                labels={"swarm": self._plan.name},
                policy=self._manner.policy,
            )
        spent = _spent(session.state)
        given = self._leases.begin(member.room, session.state.ceilings, spent)
        if isinstance(given, str):
            self.totals.moved("waiting", "paused")
            count(self.totals.endings, f"paused: budget of {given}")
            await session.release()
            return None
        if given != session.state.ceilings:
            session.conductor.room.take(BY, RuleNoted(rule="ceilings", data=msgspec.structs.asdict(given)))
        self._before[member.number] = spent
        session.listen(lambda event, _: self.totals.hear(event))
        return session

    async def _after(self, member: Member, session: Session) -> None:
        """Let a room rest, wait for another turn, or go on with more of the budget."""
        room, state = session.conductor.room, session.state
        if state.phase == "paused" and self._leases.more(room):
            await room.flush()
        if state.phase in OVER or state.phase == "paused":
            self.totals.moved("running", state.phase)
            self.totals.rested(state)
            self._leases.settle(member.room, _spent(state).minus(self._before.pop(member.number)))
            await (room.journal.release(room.lease) if state.phase in OVER else park(room))
            return
        self.totals.moved("running", "waiting")
        self._waiting[member.number] = session
        heappush(self._heap, (time.monotonic(), member.number))
        if len(self._waiting) > self._manner.kept:
            number, oldest = self._waiting.popitem()  # the newest: the oldest ones are run next
            self._known.setdefault(oldest.id, None)
            self._leases.settle(oldest.id, _spent(oldest.state).minus(self._before.pop(number)))
            await park(oldest.conductor.room)


def _spent(state: State) -> Amount:
    return Amount(tokens=state.tokens, money=state.cost)
