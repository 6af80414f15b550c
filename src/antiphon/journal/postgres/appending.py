"""Stores the writes of many rooms in groups: one statement, which is one transaction, with rooms locked in id order.

While one statement runs, writes gather for the next. Each room's owner, fence and head are checked where they stand;
what is stale or fenced is refused alone, the rest lands. Of a room's several writes each stands on the one before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from antiphon.errors import Fenced, JournalError, Stale
from antiphon.journal.heads import Head
from antiphon.journal.postgres.link import Link
from antiphon.journal.postgres.schema import ORDER_BITS
from antiphon.room.journals import Record

__all__ = ["Append", "Appender"]

MOST_ROWS = 5000
"""Events in one statement: more make it no cheaper, and its parameters large."""

_APPEND = f"""
WITH wanted AS (
    SELECT * FROM unnest(%(rooms)b::bigint[], %(fences)b::bigint[], %(heads)b::bigint[], %(hashes)b::bytea[],
                         %(last)b::bigint[], %(last_hash)b::bytea[], %(states)b::text[], %(counters)b::bytea[],
                         %(changed)b::text[])
        AS t(id, fence, head_seq, head_hash, last, last_hash, state, counters, changed_at)
), locked AS (
    SELECT room.id FROM room JOIN wanted USING (id)
    WHERE room.owner = %(owner)s AND room.fence = wanted.fence
      AND room.head_seq = wanted.head_seq AND room.head_hash = wanted.head_hash
    ORDER BY room.id FOR UPDATE OF room
), moved AS (
    UPDATE room SET head_seq = wanted.last, head_hash = wanted.last_hash, state = wanted.state,
                    counters = wanted.counters, changed_at = wanted.changed_at
    FROM wanted JOIN locked USING (id)
    WHERE room.id = wanted.id
    RETURNING room.id, room.stream
), stored AS (
    INSERT INTO event (place, stream, seq, at, type, by, v, salt, body, digest, hash)
    SELECT (pg_current_xact_id()::text::bigint << {ORDER_BITS}) + rows.n, moved.stream, rows.seq, rows.at, rows.type,
           rows.by, rows.v, rows.salt, rows.body, rows.digest, rows.hash
    FROM unnest(%(of)b::bigint[], %(seq)b::bigint[], %(at)b::text[], %(type)b::text[], %(by)b::text[],
                %(v)b::bigint[], %(salt)b::bytea[], %(body)b::bytea[], %(digest)b::bytea[], %(hash)b::bytea[])
        WITH ORDINALITY AS rows(id, seq, at, type, by, v, salt, body, digest, hash, n)
    JOIN moved USING (id)
), named AS (
    INSERT INTO naming (blob, stream, seq)
    SELECT n.blob, moved.stream, n.seq FROM unnest(%(blob)b::text[], %(blob_of)b::bigint[], %(blob_seq)b::bigint[])
        AS n(blob, id, seq) JOIN moved USING (id)
    ON CONFLICT DO NOTHING
), answered AS (
    DELETE FROM inbox USING unnest(%(done)b::text[], %(done_of)b::bigint[]) AS d(request, of), moved
    WHERE inbox.id = d.request AND moved.id = d.of
)
SELECT id FROM moved"""  # noqa: S608 - our own text and a number


class Append:
    """Is one write as it shall be stored, and who waits for it."""

    __slots__ = ("counters", "done", "expected", "future", "head", "names", "phase", "records", "stream")

    def __init__(self, head: Head, records: tuple[Record, ...], phase: str, counters: bytes) -> None:
        """Take a write onto the head as it stands now."""
        self.head, self.records, self.phase, self.counters = head, records, phase, counters
        self.expected = head.seq, head.hash
        self.stream = records[0].stream
        self.names: Sequence[tuple[str, str, int]] = ()
        self.done: tuple[str, ...] = ()
        self.future: asyncio.Future[tuple[Record, ...]] = asyncio.get_running_loop().create_future()


class Appender:
    """Owns the queue and the task that empties it."""

    def __init__(self, link: Link, owner: str) -> None:
        """Begin with an empty queue; the task runs only while something waits."""
        self._link, self._owner = link, owner
        self._queue: list[Append] = []
        self._serving: asyncio.Task[None] | None = None

    def put(self, append: Append) -> asyncio.Future[tuple[Record, ...]]:
        """Queue a write; its future is settled once it is durable, or refused."""
        self._queue.append(append)
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve(), name="journal")
        return append.future

    async def finish(self) -> None:
        """Wait until nothing is queued."""
        while self._serving is not None and not self._serving.done():
            await asyncio.wait([self._serving])

    async def _serve(self) -> None:
        while self._queue:
            group = self._next_group()
            await self._store(group)

    def _next_group(self) -> list[Append]:
        """Take the oldest write of each room that waits, up to `MOST_ROWS` events."""
        group: dict[str, Append] = {}
        later: list[Append] = []
        rows = 0
        for append in self._queue:
            if append.stream in group or (rows and rows + len(append.records) > MOST_ROWS):
                later.append(append)
            else:
                group[append.stream] = append
                rows += len(append.records)
        self._queue = later
        return list(group.values())

    async def _store(self, group: list[Append]) -> None:
        """Store one write each of different rooms; when something spoils the statement, each by itself."""
        sound = [append for append in group if not append.head.broken]
        for append in group:
            if append.head.broken:
                _fail(append, JournalError(f"room {append.stream}: an earlier write could not be stored"))
        if not sound:
            return
        try:
            moved = {row[0] for row in await self._link.ask(_APPEND, self._values(sound))}
            refused = {a.stream: await self._refusal(a) for a in sound if a.head.row not in moved}
        except JournalError as error:
            if len(sound) == 1:
                _fail(sound[0], error)
                return
            for append in sound:
                await self._store([append])
            return
        for append in sound:
            if (why := refused.get(append.stream)) is not None:
                _fail(append, why)
            elif not append.future.done():
                append.future.set_result(append.records)

    def _values(self, group: list[Append]) -> dict[str, Any]:  # Any: what psycopg takes
        """Give the statement's parameters: an array a column."""
        rows = [(append.head.row, record) for append in group for record in append.records]
        names = [(name, append.head.row, seq) for append in group for name, _, seq in append.names]
        done = [(request, append.head.row) for append in group for request in append.done]
        return {
            "owner": self._owner,
            "rooms": [append.head.row for append in group],
            "fences": [append.head.fence for append in group],
            "heads": [append.expected[0] for append in group],
            "hashes": [append.expected[1] for append in group],
            "last": [append.records[-1].seq for append in group],
            "last_hash": [append.records[-1].hash for append in group],
            "states": [append.phase for append in group],
            "counters": [append.counters for append in group],
            "changed": [append.records[-1].at for append in group],
            "of": [row for row, _ in rows],
            **{name: [getattr(record, name) for _, record in rows] for name in _COLUMNS},
            "blob": [name for name, _, _ in names],
            "blob_of": [row for _, row, _ in names],
            "blob_seq": [seq for _, _, seq in names],
            "done": [request for request, _ in done],
            "done_of": [row for _, row in done],
        }

    async def _refusal(self, append: Append) -> JournalError:
        """Say why a room does not stand where a write expects it."""
        found = await self._link.ask("SELECT fence, owner, head_seq FROM room WHERE id = %s", (append.head.row,))
        stream = append.stream
        if not found:
            return Fenced(f"room {stream} was deleted")
        fence, owner, seq = found[0]
        if (fence, owner) != (append.head.fence, self._owner):
            return Fenced(f"room {stream} was taken by another owner: its fence is {fence}, not {append.head.fence}")
        return Stale(f"room {stream} stands at seq {seq}, not at {append.expected[0]}")


_COLUMNS = ("seq", "at", "type", "by", "v", "salt", "body", "digest", "hash")
"""A record's fields that are columns of `event` by the same name."""


def _fail(append: Append, why: JournalError) -> None:
    append.head.broken = True
    if not append.future.done():
        append.future.set_exception(why)
