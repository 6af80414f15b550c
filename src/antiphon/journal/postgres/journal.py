"""A journal in PostgreSQL: any number of processes on any number of machines read and write it at once.

This object joins the parts: events are sealed here; `appending` stores them in groups over a connection of its own;
`owning` renews a lease; everything that reads has another connection. Rooms are owned by one open journal at a time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import msgspec

from antiphon.errors import JournalError, UserError
from antiphon.journal.heads import Head, Heads, sealed
from antiphon.journal.naming import blob_name, names_in, place_of
from antiphon.journal.postgres import erasing, owning, reading
from antiphon.journal.postgres.appending import Append, Appender
from antiphon.journal.postgres.link import Link, place_in
from antiphon.room.journals import Claim, Lease, Record, Request, RoomRow, Write
from antiphon.room.records import line

__all__ = ["PostgresJournal"]

_counters = msgspec.json.Encoder().encode


class _Parts:
    """Is an open journal: a connection that appends, one that reads, one that renews the lease."""

    def __init__(self, url: str) -> None:
        place = place_in(url)
        self.write, self.read, self.lease = Link(place), Link(place), Link(place)
        self.owner = owning.Owner(self.lease, place.lease)
        self.appender = Appender(self.write, self.owner.id)


class PostgresJournal:
    """Keeps rooms in PostgreSQL; see `antiphon.room.journals.Journal`."""

    def __init__(self, url: str) -> None:
        """Name the server and database, as `postgresql://…`; connections are made at the first use.

        Args:
            url: libpq's address; besides its own options it may say `schema` (default antiphon) and `lease`, the
                seconds after which an owner that no longer renews loses its rooms to whoever claims them (15).
        """
        self._parts = _Parts(url)
        self._heads = Heads()
        self._closed = False

    def _open(self) -> _Parts:
        if self._closed:
            raise JournalError("this journal is closed")
        return self._parts

    # -------------------------------------------------------------------------------------- append, read

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Store one write; returns once PostgreSQL has committed it. Raises Fenced or Stale: nothing was stored."""
        parts = self._open()
        head = self._heads.check(write)
        records = sealed(head, write, self._heads.salts)
        if not records:
            return ()
        append = Append(head, records, write.phase, _counters(write.counters))
        append.names, append.done = names_in(records), write.done
        waiting = parts.appender.put(append)
        head.seq, head.hash = records[-1].seq, records[-1].hash
        return await waiting

    async def read(self, stream: str, after: int = 0, until: int | None = None) -> list[Record]:
        """Give the stream's own records with after < seq <= until, oldest first."""
        return await reading.read_events(self._open().read, stream, after, until)

    async def rooms(self) -> list[RoomRow]:
        """List every room, newest change first."""
        return await reading.read_rooms(self._open().read)

    async def room(self, stream: str) -> RoomRow | None:
        """Give one room's row."""
        return await reading.read_room(self._open().read, stream)

    async def tail(
        self, position: str | None, streams: Sequence[str] | None = None, limit: int = 1000
    ) -> tuple[list[Record], str]:
        """Give records committed after `position` and the position to go on from; never past a running transaction."""
        records, end = await reading.tail_events(self._open().read, place_of(position), streams, limit)
        return records, str(end)

    async def end(self) -> str:
        """Give the position behind everything committed before the oldest running transaction."""
        return str(await reading.end_of(self._open().read))

    # -------------------------------------------------------------------------------------- own

    async def claim(self, claim: Claim) -> Lease:
        """Take a room; raises RoomOwned when an owner whose lease runs has it, UnknownName when there is none."""
        parts = self._open()
        await parts.owner.live()
        lease, row = await owning.claim(parts.read, claim, parts.owner.id, time.time_ns() // 1_000_000)
        self._heads[lease.stream] = Head(lease.fence, lease.head_seq, lease.head_hash, row)
        return lease

    async def release(self, lease: Lease) -> None:
        """Let a room go, unless somebody took it since."""
        head = self._heads.get(lease.stream)
        if head is not None and head.fence == lease.fence:
            del self._heads[lease.stream]
        await self._open().read.ask(
            "UPDATE room SET owner = NULL WHERE stream = %s AND owner = %s AND fence = %s",
            (lease.stream, lease.owner, lease.fence),
        )

    async def ask(self, request: Request) -> None:
        """Put a request into the inbox of a room's owner; raises UnknownName when there is no such room."""
        await owning.ask(self._open().read, request)

    async def asked(self, streams: Sequence[str] | None = None) -> list[Request]:
        """Give the requests waiting for these rooms (None: for every room owned here), oldest first."""
        wanted = list(self._heads) if streams is None else streams
        return await reading.read_requests(self._open().read, wanted) if wanted else []

    async def withdraw(self, request: str) -> bool:
        """Remove a request that nobody took; False when it is gone already."""
        return bool(await self._open().read.ask("DELETE FROM inbox WHERE id = %s RETURNING 1", (request,)))

    # -------------------------------------------------------------------------------------- keep

    async def put_blob(self, data: bytes, mime: str) -> str:
        """Keep bytes; returns "sha256:…"."""
        name = blob_name(data)
        await self._open().read.ask(
            """INSERT INTO blob (name, mime, kept_at, data) VALUES (%s, %s, now(), %b)
               ON CONFLICT (name) DO UPDATE SET kept_at = now()""",
            (name, mime, data),
        )
        return name

    async def get_blob(self, name: str) -> tuple[bytes, str] | None:
        """Give bytes and MIME type."""
        rows = await self._open().read.ask("SELECT data, mime FROM blob WHERE name = %s", (name,))
        return (bytes(rows[0][0]), str(rows[0][1])) if rows else None

    async def put_snapshot(self, stream: str, seq: int, head_hash: bytes, engine: str, data: bytes) -> None:
        """Keep a snapshot of a room that exists, unless a newer one of this engine is kept."""
        await self._open().read.ask(
            """INSERT INTO snapshot (stream, engine, seq, head_hash, data)
               SELECT %s::text, %s::text, %s::bigint, %b::bytea, %b::bytea
               WHERE EXISTS (SELECT 1 FROM room WHERE stream = %s)
               ON CONFLICT (stream, engine) DO UPDATE
               SET seq = excluded.seq, head_hash = excluded.head_hash, data = excluded.data
               WHERE excluded.seq >= snapshot.seq""",
            (stream, engine, seq, head_hash, data, stream),
        )

    async def get_snapshot(self, stream: str, engine: str) -> tuple[int, bytes, bytes] | None:
        """Give (seq, head_hash, data) of the newest snapshot this engine wrote."""
        rows = await self._open().read.ask(
            "SELECT seq, head_hash, data FROM snapshot WHERE stream = %s AND engine = %s", (stream, engine)
        )
        return (int(rows[0][0]), bytes(rows[0][1]), bytes(rows[0][2])) if rows else None

    async def put_notes(self, memory: str, seat: str, notes: list[str], room: str = "") -> None:
        """Keep a notebook; what was not in it before belongs to `room`."""
        where = (memory, seat)
        async with self._open().read.transaction() as connection:
            found = await connection.execute(
                "DELETE FROM notebook WHERE memory = %s AND seat = %s RETURNING note, room", where
            )
            before = dict(await found.fetchall())
            await connection.cursor().executemany(
                "INSERT INTO notebook (memory, seat, room, note) VALUES (%s, %s, %s, %s)",
                [(memory, seat, before.get(note, room), note) for note in notes],
            )

    async def get_notes(self, memory: str, seat: str) -> list[str]:
        """Give a notebook; empty when there is none."""
        rows = await self._open().read.ask(
            "SELECT note FROM notebook WHERE memory = %s AND seat = %s ORDER BY id", (memory, seat)
        )
        return [str(note) for (note,) in rows]

    async def search(self, query: str, limit: int = 50) -> list[tuple[str, int, str]]:
        """Find messages that hold every word of the query: (stream, seq, excerpt), best first."""
        return await reading.search(self._open().read, query, limit)

    # -------------------------------------------------------------------------------------- erase

    async def erase(self, stream: str, seqs: Sequence[int]) -> int:
        """Erase bodies and salts, and what was derived from them; returns how many."""
        parts = self._open()
        return await erasing.erase(parts.read, stream, seqs, parts.owner.id)

    async def delete(self, stream: str) -> None:
        """Remove a room: events, row, index, snapshots, inbox, its notes, blobs that no other room names."""
        parts = self._open()
        await erasing.delete(parts.read, stream, parts.owner.id)
        self._heads.pop(stream, None)

    async def backup(self, path: str) -> None:
        """Write every event as a line of JSONL to a new file, as of one moment (the server's own tools do more)."""
        parts = self._open()
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            raise UserError(f"{path} exists already; name a file that does not") from None
        try:
            with os.fdopen(handle, "wb") as file:
                async for record in reading.every_event(parts.read):
                    file.write(line(record) + b"\n")
        except BaseException:
            os.unlink(path)  # noqa: PTH108 - one call, no pathlib in a coroutine: a copy that is not whole is none
            raise

    async def take_in(self, row: RoomRow, records: Sequence[Record]) -> None:
        """Store a room that another journal sealed; raises NotAllowed when there is one of that name."""
        await owning.take_in(self._open().read, row, records)

    async def close(self) -> None:
        """Store what is queued, let every room go and close the connections."""
        if self._closed:
            return
        parts, self._closed = self._parts, True
        try:
            await parts.appender.finish()
            await parts.owner.close()
        finally:
            self._heads.clear()
            for link in (parts.write, parts.read, parts.lease):
                await link.close()
