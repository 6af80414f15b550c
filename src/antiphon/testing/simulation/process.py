"""A process in a world: its clock, its link to the journal where mishaps strike, its lease, and what it is doing.

Everything it waits for passes `passage`; there it may be killed, stand still, or be cut off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from antiphon.errors import JournalError
from antiphon.journal.memory import MemoryJournal
from antiphon.room.journals import Claim, Lease, Record, Request, RoomRow, Write
from antiphon.testing.simulation.chance import Chance
from antiphon.testing.simulation.server import LEASE, Server

__all__ = ["Process", "RemoteJournal"]

T = TypeVar("T")

_LINGER = 0.25
"""Seconds in which writes gather for one statement: longer than a real journal's, so that statements are large."""

EPOCH = 1_700_000_000_000
"""Milliseconds since 1970 at which worlds begin."""


class Process:
    """Is one process of a world.

    Attributes:
        alive: False once it was killed.
        sound_since: virtual second since which no mishap kept it from renewing its lease.
    """

    def __init__(self, name: str, chance: Chance) -> None:
        """Begin, with nothing under way."""
        self.name, self.chance = name, chance
        self.alive = True
        self._offset = 0
        self._still_until = self._cut_off_until = self._began = asyncio.get_running_loop().time()
        self._work: asyncio.Task[None] | None = None
        self._grave = asyncio.Event()

    @property
    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def sound_since(self) -> float:
        """Give the second from which on it can do what it is to do."""
        return max(self._still_until, self._cut_off_until, self._began)

    def now(self) -> int:
        """Give its clock's time, in ms since 1970: as wrong as the clock is."""
        return EPOCH + int(self._seconds * 1000) + self._offset

    def start(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Do its work; gives the task, which ends when the work does or the process is killed."""

        async def run() -> None:
            await work

        self._work = asyncio.create_task(run(), name=self.name)
        return self._work

    def kill(self) -> None:
        """End it at once: what it was about to do is never done."""
        self.alive = False
        if self._work is not None:
            self._work.cancel()

    async def silence(self) -> None:
        """Wait for ever, if it is dead: the dead go no further, whatever woke them."""
        if not self.alive:
            await self._grave.wait()

    async def passage(self) -> None:
        """Pass a place where it waits; raises JournalError when it is cut off there."""
        if self.chance.strikes("crash"):
            self.kill()
        if self.chance.strikes("stop"):
            self._still_until = self._seconds + self.chance.seconds(1, 2 * LEASE)
        if self.chance.strikes("partition"):
            self._cut_off_until = self._seconds + self.chance.seconds(1, 2 * LEASE)
        if self.chance.strikes("jump"):
            self._offset += int(self.chance.seconds(-3600, 3600) * 1000)
        await asyncio.sleep(self.chance.seconds(2, 8) if self.chance.strikes("slow") else self.chance.seconds(0, 0.02))
        while self._seconds < self._still_until:  # noqa: ASYNC110 - virtual time, and another stop may come meanwhile
            await asyncio.sleep(self._still_until - self._seconds)
        await self.silence()
        if self._seconds < self._cut_off_until:
            raise JournalError("the journal cannot be reached")


class RemoteJournal(MemoryJournal):
    """Is a process's end of the journal: the server's storage behind a link that mishaps strike.

    Attributes:
        fenced, renews: False plants a bug: writes are not fenced; the lease is not renewed after one renewal failed.
    """

    def __init__(
        self, server: Server, process: Process, peers: dict[str, Process], *, fenced: bool = True, renews: bool = True
    ) -> None:
        """Open the journal for a process; `peers` is every owner's process, kept by the world."""
        super().__init__(server.store)
        self.store.owners.discard(self._id)
        self._server, self._process = server, process
        self._queue: list[tuple[Write, asyncio.Future[tuple[Record, ...]]]] = []
        self._serving: asyncio.Task[None] | None = None
        self.fenced, self.renews = fenced, renews
        self.peers = peers
        peers[self._id] = process

    async def live(self) -> None:
        """Renew the lease until cancelled; the process's own task."""
        while True:
            try:
                await self._process.passage()
                self._server.renew(self._id)
            except JournalError:
                if not self.renews:
                    return
                await asyncio.sleep(LEASE / 15)
                continue
            await asyncio.sleep(LEASE / 3)

    async def _call(self, doing: Callable[[], Awaitable[T]]) -> T:
        """Do something on the server: on its way there and back, mishaps may strike."""
        await self._process.passage()
        if self._process.chance.strikes("before"):
            raise JournalError("the request was lost")
        done = await doing()
        await self._process.passage()
        if self._process.chance.strikes("after"):
            raise JournalError("the answer was lost")
        return done

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Store one write, in one statement with what others of this process wait for."""
        future: asyncio.Future[tuple[Record, ...]] = asyncio.get_running_loop().create_future()
        self._queue.append((write, future))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve(), name=f"{self._process.name} appends")
        return await future

    async def _serve(self) -> None:
        while self._queue:
            await asyncio.sleep(_LINGER)
            streams: set[str] = set()
            group = [job for job in self._queue if not (job[0].stream in streams or streams.add(job[0].stream))]  # type: ignore[func-returns-value]
            self._queue = [job for job in self._queue if job not in group]
            try:
                results = await self._call(lambda: self._stored([write for write, _ in group]))  # noqa: B023 - called before the next turn of the loop
            except JournalError as error:
                results = [error] * len(group)
            for (write, future), result in zip(group, results, strict=True):
                if isinstance(result, JournalError):
                    self._heads.pop(write.stream, None)  # what became of it is not known: the room must be let go
                if future.done():
                    continue
                if isinstance(result, JournalError):
                    future.set_exception(result)
                else:
                    self._server.acknowledge(result)
                    future.set_result(result)

    async def _stored(self, writes: Sequence[Write]) -> list[Any]:  # Any: records, or why they were refused
        if not self.fenced:
            self._steal(writes)
        plain = _Plain(self)
        if not self._process.chance.strikes("twice"):
            return await self._server.append(plain, writes)
        # a client that retries builds its statement anew, and finds its writes in another order
        both = await asyncio.gather(
            self._server.append(plain, writes), self._server.append(plain, list(reversed(writes)))
        )
        results, again = both[0], list(reversed(both[1]))
        for first, second in zip(results, again, strict=True):
            if not isinstance(first, JournalError) and not isinstance(second, JournalError):
                self._server.faults.append("a write that was delivered twice was stored twice")
        return [
            second if isinstance(first, JournalError) else first for first, second in zip(results, again, strict=True)
        ]

    def _steal(self, writes: Sequence[Write]) -> None:
        """Write as if no fence were there: onto the room as it stands, whoever owns it."""
        for write in writes:
            room = self.store.rooms.get(write.stream)
            own = self._heads.get(write.stream)
            if room is not None and own is not None and room.head is not own:
                own.seq, own.hash = min(own.seq, room.head.seq), own.hash
                room.head = own

    def may_run(self, row: RoomRow) -> bool:
        """Tell whether a room is nobody's that lives, or this process's own: one it lost when an answer was lost."""
        return not row.owner_alive or row.owner == self._id

    async def claim(self, claim: Claim) -> Lease:
        """Take a room; a claim that takes it from a process that is alive and sound is a fault of the world."""
        owner: str | None = None

        async def take() -> Lease:
            nonlocal owner
            before = self.store.rooms.get(claim.stream)  # as the server sees it: on the way there, it may be let go
            owner = before.row.owner if before is not None else None
            return await MemoryJournal.claim(self, claim)

        lease = await self._call(take)
        other = self.peers.get(owner or "")
        if other is not None and other is not self._process and other.alive:
            self._server.taken(sound_for=asyncio.get_running_loop().time() - other.sound_since)
        return lease

    async def read(self, stream: str, after: int = 0, until: int | None = None) -> list[Record]:
        """Read over the link."""
        return await self._call(lambda: super(RemoteJournal, self).read(stream, after, until))

    async def rooms(self) -> list[RoomRow]:
        """List over the link."""
        return await self._call(super().rooms)

    async def release(self, lease: Lease) -> None:
        """Let go over the link."""
        await self._call(lambda: super(RemoteJournal, self).release(lease))

    async def asked(self, streams: Sequence[str] | None = None) -> list[Request]:
        """Ask over the link."""
        return await self._call(lambda: super(RemoteJournal, self).asked(streams))


class _Plain:
    """Calls the storage itself, behind the link."""

    def __init__(self, journal: RemoteJournal) -> None:
        self._journal = journal

    async def append(self, write: Write) -> tuple[Record, ...]:
        return await MemoryJournal.append(self._journal, write)
