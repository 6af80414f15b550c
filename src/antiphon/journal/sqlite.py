"""A journal in a SQLite file, for one machine: any number of processes read and write it at once.

This object joins the parts: events are sealed here, on the event loop's thread; `writer` stores them in groups;
`owners` says who lives; everything that reads for long has a thread and a connection of its own. Rooms are owned by
one open journal at a time: two `SqliteJournal`s of one file are two owners, in one process too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec

from antiphon.errors import JournalError
from antiphon.journal import erasing, index, keeping, owning, reading
from antiphon.journal.backup import copy
from antiphon.journal.heads import Head, Heads, sealed
from antiphon.journal.naming import names_in, place_of
from antiphon.journal.owners import Owner, owner_alive, whereabouts
from antiphon.journal.schema import connect, create
from antiphon.journal.writer import Append, Deed, Writer
from antiphon.room.journals import Claim, Lease, Record, Request, RoomRow, Write

__all__ = ["SqliteJournal"]

T = TypeVar("T")

_counters = msgspec.json.Encoder().encode


class _Parts:
    """Is an open file: the writer, a connection for quick looks, another with a thread for long reading."""

    def __init__(self, path: Path) -> None:
        create(path)
        self.writer = Writer(path, _fill_quietly)
        self.look = connect(path)
        self.read = connect(path)
        self.reader = ThreadPoolExecutor(1, f"read {path.name}")

    def close(self) -> None:
        self.reader.shutdown()
        self.read.close()
        self.look.close()
        self.writer.stop()


class SqliteJournal:
    """Keeps rooms in a SQLite file; see `antiphon.room.journals.Journal`."""

    def __init__(self, path: Path | str) -> None:
        """Name the file; it is opened, and made where it is missing, at the first use."""
        self.path = Path(path).absolute()
        self._heads = Heads()
        self._opened: _Parts | None = None
        self._owner: Owner | None = None
        self._closed = False
        self._empty_at: int | None = None
        """`data_version` at which the inbox was seen empty."""
        self._end_at: tuple[int, int] | None = None
        """`data_version` and the end of the journal as last seen with it."""

    @property
    def _parts(self) -> _Parts:
        if self._opened is None:
            if self._closed:
                raise JournalError(f"{self.path} is closed")
            self._opened = _Parts(self.path)
        return self._opened

    async def _write(self, work: Callable[[sqlite3.Connection], T], *, alone: bool = False) -> T:
        result: T = await self._parts.writer.put(Deed(work, alone=alone))
        return result

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        parts = self._parts
        try:
            return await asyncio.get_running_loop().run_in_executor(parts.reader, work, parts.read)
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise JournalError(f"{self.path} cannot be read: {error}") from None

    def _look(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read what takes microseconds, here and now."""
        look = self._parts.look
        try:
            return work(look)
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} cannot be read: {error}") from None

    # -------------------------------------------------------------------------------------- append, read

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Store one write; returns once it is on the disk. Raises Fenced or Stale, and then nothing was stored."""
        head = self._heads.check(write)
        records = sealed(head, write, self._heads.salts)
        if not records:
            return ()
        last = records[-1]
        owner = self._owner.id if self._owner else ""
        move = (last.seq, last.hash, write.phase, _counters(write.counters), last.at)
        stands = (head.row, write.stream, head.fence, owner, head.seq, head.hash)
        rows = [(r.stream, r.seq, r.at, r.type, r.by, r.v, r.salt, r.body, r.digest, r.hash) for r in records]
        job = Append(head, records, rows, move + stands)
        job.names = names_in(records)
        job.done = write.done
        waiting = self._parts.writer.put(job)
        head.seq, head.hash = last.seq, last.hash
        stored: tuple[Record, ...] = await waiting
        return stored

    async def read(self, stream: str, after: int = 0, until: int | None = None) -> list[Record]:
        """Give the stream's own records with after < seq <= until, oldest first."""
        return await self._read(lambda connection: reading.read_events(connection, stream, after, until))

    async def rooms(self) -> list[RoomRow]:
        """List every room, newest change first."""
        return await self._read(lambda connection: reading.read_rooms(connection, self._alive))

    async def room(self, stream: str) -> RoomRow | None:
        """Give one room's row."""
        return await self._read(lambda connection: reading.read_room(connection, stream, self._alive))

    def _alive(self, owner: str) -> tuple[bool, int | None]:
        alive = owner_alive(self.path, owner)
        return alive, whereabouts(self.path, owner)[0] if alive else None

    async def tail(
        self, position: str | None, streams: Sequence[str] | None = None, limit: int = 1000
    ) -> tuple[list[Record], str]:
        """Give records committed after `position` and the position to go on from; idle, it costs microseconds."""
        start = place_of(position)
        version = self._look(_version)  # before reading: what comes in between is seen again
        if self._end_at is not None and self._end_at[0] == version and start >= self._end_at[1]:
            return [], str(start)
        records, end = await self._read(lambda connection: reading.tail_events(connection, start, streams, limit))
        if len(records) < limit:
            self._end_at = (version, end)
        return records, str(end)

    async def end(self) -> str:
        """Give the position behind everything committed so far."""
        return str(await self._read(reading.end_of))

    # -------------------------------------------------------------------------------------- own

    async def claim(self, claim: Claim) -> Lease:
        """Take a room; raises RoomOwned when a live process has it, UnknownName when there is none."""
        _ = self._parts  # the file first: its folder holds the owners'
        if self._owner is None:
            self._owner = Owner(self.path)
        lease, row = await self._write(owning.claim(self.path, claim, self._owner.id))
        self._heads[lease.stream] = Head(lease.fence, lease.head_seq, lease.head_hash, row)
        return lease

    async def release(self, lease: Lease) -> None:
        """Let a room go."""
        head = self._heads.get(lease.stream)
        if head is not None and head.fence == lease.fence:
            del self._heads[lease.stream]
        await self._write(owning.release(lease))

    async def ask(self, request: Request) -> None:
        """Put a request into the inbox of a room's owner; raises UnknownName when there is no such room."""
        await self._write(owning.ask(request))

    async def asked(self, streams: Sequence[str] | None = None) -> list[Request]:
        """Give the requests waiting for these rooms (None: for every room owned here), oldest first."""
        wanted = self._heads if streams is None else streams
        if not wanted:
            return []
        version = self._look(_version)
        if version == self._empty_at:
            return []
        waiting = self._look(reading.read_requests)
        self._empty_at = None if waiting else version
        return [request for request in waiting if request.stream in wanted]

    async def withdraw(self, request: str) -> bool:
        """Remove a request that nobody took; False when it is gone already."""
        return await self._write(owning.withdraw(request))

    # -------------------------------------------------------------------------------------- keep

    async def put_blob(self, data: bytes, mime: str) -> str:
        """Keep bytes; returns "sha256:…"."""
        return await self._write(keeping.put_blob(data, mime))

    async def get_blob(self, name: str) -> tuple[bytes, str] | None:
        """Give bytes and MIME type."""
        return await self._read(lambda connection: keeping.get_blob(connection, name))

    async def put_snapshot(self, stream: str, seq: int, head_hash: bytes, engine: str, data: bytes) -> None:
        """Keep a snapshot; the newest of a room replaces older ones."""
        await self._write(keeping.put_snapshot(stream, seq, head_hash, engine, data))

    async def get_snapshot(self, stream: str, engine: str) -> tuple[int, bytes, bytes] | None:
        """Give (seq, head_hash, data) of the newest snapshot this engine wrote."""
        return await self._read(lambda connection: keeping.get_snapshot(connection, stream, engine))

    async def put_notes(self, memory: str, seat: str, notes: list[str], room: str = "") -> None:
        """Keep a notebook; what was not in it before belongs to `room`."""
        await self._write(keeping.put_notes(memory, seat, notes, room))

    async def get_notes(self, memory: str, seat: str) -> list[str]:
        """Give a notebook; empty when there is none."""
        return await self._read(lambda connection: keeping.get_notes(connection, memory, seat))

    async def search(self, query: str, limit: int = 50) -> list[tuple[str, int, str]]:
        """Find messages that hold every word of the query: (stream, seq, excerpt), best first."""
        while await self._write(index.fill):
            pass
        return await self._read(lambda connection: index.look_up(connection, query, limit))

    # -------------------------------------------------------------------------------------- erase

    async def erase(self, stream: str, seqs: Sequence[int]) -> int:
        """Erase bodies and salts, and what was derived from them, in every file; returns how many."""
        owner = self._owner.id if self._owner else None
        erased = await self._write(erasing.erase(self.path, stream, seqs, owner))
        await self._write(erasing.scrub, alone=True)
        return erased

    async def delete(self, stream: str) -> None:
        """Remove a room from every file."""
        owner = self._owner.id if self._owner else None
        await self._write(erasing.delete(self.path, stream, owner))
        self._heads.pop(stream, None)
        await self._write(erasing.scrub, alone=True)

    async def backup(self, path: str) -> None:
        """Write a consistent copy of the live journal to `path`; refuses to overwrite."""
        await self._read(lambda connection: copy(connection, Path(path)))

    async def take_in(self, row: RoomRow, records: Sequence[Record]) -> None:
        """Store a room that another journal sealed; raises NotAllowed when there is one of that name."""
        await self._write(owning.take_in(row, records))

    async def close(self) -> None:
        """Flush what is queued and let every room go."""
        parts, owner, self._closed = self._opened, self._owner, True
        try:
            if parts is not None and owner is not None:
                await self._write(owning.release_all(owner.id))
        finally:
            self._opened, self._owner = None, None
            self._heads.clear()
            if owner is not None:
                owner.close()
            if parts is not None:
                parts.close()


def _fill_quietly(connection: sqlite3.Connection) -> bool:
    """Bring the index up to date by one batch, in a transaction of its own."""
    connection.execute("BEGIN IMMEDIATE")
    more = index.fill(connection)
    connection.execute("COMMIT")
    return more


def _version(connection: sqlite3.Connection) -> int:
    """Give a number that changes whenever another connection commits."""
    found: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return found
