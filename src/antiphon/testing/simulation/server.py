"""The journal's server in a world: one storage, owners with leases in virtual time, row locks as a database has them.

It is the journal in memory, with what a server adds: several writes in one statement that locks its rooms one after
the other, leases that run out, and a memory of what it acknowledged to whom. It knows no process and no mishap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from antiphon.errors import JournalError
from antiphon.journal.memory import Store
from antiphon.room.journals import Appends, Record, Write

__all__ = ["LEASE", "Server"]

LEASE = 15.0
"""Seconds of a lease, as the journal in PostgreSQL has it."""

_SOUND = 4 * LEASE
"""Seconds without a mishap after which an owner must have renewed its lease: a few renewals may be slow or lost."""

_ROW = 0.005
"""Seconds that locking one row takes: long enough for another statement to come between."""


class Server:
    """Is the storage that all processes of a world share.

    Attributes:
        store: rooms and events, whoever wrote them.
        acknowledged: (room, seq) -> hash of every event whose commit returned to a process.
        faults: what happened that never may; empty in a sound world.
        sorted_locks: False plants a bug: rooms are locked in the order in which their writes came.
    """

    def __init__(self, *, sorted_locks: bool = True) -> None:
        """Begin empty."""
        self.store = Store()
        self.acknowledged: dict[tuple[str, int], bytes] = {}
        self.faults: list[str] = []
        self.sorted_locks = sorted_locks
        self._locks: dict[str, asyncio.Lock] = {}
        self._leases: dict[str, float] = {}

    def taken(self, *, sound_for: float) -> None:
        """Take in that a room was claimed from an owner that has been alive and well for so many seconds."""
        if sound_for > _SOUND:
            self.faults.append(f"a room was taken from an owner that was sound for {sound_for:.0f} seconds")

    def renew(self, owner: str) -> None:
        """Let an owner live for another lease."""
        loop = asyncio.get_running_loop()
        self._leases[owner] = loop.time() + LEASE
        self.store.owners.add(owner)
        loop.call_later(LEASE, self._expire, owner)

    def _expire(self, owner: str) -> None:
        if self._leases.get(owner, 0.0) <= asyncio.get_running_loop().time():
            self.store.owners.discard(owner)

    async def append(self, client: Appends, writes: Sequence[Write]) -> list[tuple[Record, ...] | JournalError]:
        """Store writes of different rooms in one statement; each lands or is refused alone."""
        rooms = [write.stream for write in writes]
        held: list[asyncio.Lock] = []
        try:
            for room in sorted(rooms) if self.sorted_locks else rooms:
                lock = self._locks.setdefault(room, asyncio.Lock())
                await lock.acquire()
                held.append(lock)
                await asyncio.sleep(_ROW)
            return [await self._store(client, write) for write in writes]
        finally:
            for lock in held:
                lock.release()

    async def _store(self, client: Appends, write: Write) -> tuple[Record, ...] | JournalError:
        try:
            return await client.append(write)
        except JournalError as refused:
            return refused

    def acknowledge(self, records: Sequence[Record]) -> None:
        """Remember what a process was told is stored."""
        for record in records:
            before = self.acknowledged.setdefault((record.stream, record.seq), record.hash)
            if before != record.hash:
                self.faults.append(f"two events acknowledged as seq {record.seq} of {record.stream}")
