"""Claims and releases rooms for owners whose leases run; puts requests into the inbox.

An owner is one open journal. It renews one row of its own, not its rooms': a process that stops renewing, or is
stopped for longer than its lease, loses every room that somebody else claims, and the fence tells it so.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
import psycopg

from antiphon.errors import JournalError, NotAllowed, RoomOwned, UnknownName
from antiphon.journal.naming import names_in
from antiphon.journal.postgres.link import Link
from antiphon.journal.postgres.schema import ORDER_BITS
from antiphon.room.journals import Claim, Lease, Record, Request, RoomRow
from antiphon.room.times import stamp

__all__ = ["Owner", "ask", "claim", "family", "not_run_elsewhere", "take_in", "unknown"]

RENEWALS = 3
"""How often in a lease it is renewed: two may fail before anybody else may take the rooms."""

_FAMILY = """WITH RECURSIVE family (stream) AS (
    SELECT %s::text UNION SELECT room.stream FROM room JOIN family ON room.parent = family.stream
) SELECT stream FROM family"""

_RENEW = """INSERT INTO owner (id, pid, host, lease_until) VALUES (%s, %s, %s, now() + make_interval(secs => %s))
    ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until"""


class Owner:
    """Is this open journal as an owner: a row with a lease, renewed by a task until closed."""

    def __init__(self, link: Link, seconds: float) -> None:
        """Draw an id; the row is written at the first claim."""
        self.id = os.urandom(8).hex()
        self._link, self._seconds = link, seconds
        self._renewing: asyncio.Task[None] | None = None

    async def live(self) -> None:
        """Write the row and begin to renew it, if that is not done."""
        if self._renewing is None or self._renewing.done():
            await self._renew()
            self._renewing = asyncio.create_task(self._keep_on(), name="lease")

    async def _renew(self) -> None:
        await self._link.ask(_RENEW, (self.id, os.getpid(), socket.gethostname(), self._seconds))

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / RENEWALS)
            try:
                await self._renew()
            except JournalError:
                continue  # tried again soon; if it stays so, others may take the rooms, and the fence says so

    async def close(self) -> None:
        """Stop renewing, let every room go and take the row away; dead owners' rows go on the way."""
        if self._renewing is None:
            return
        self._renewing.cancel()
        await asyncio.wait([self._renewing])
        with suppress(JournalError):  # a server that cannot be reached lets the rooms go when the lease runs out
            await self._let_go()

    async def _let_go(self) -> None:
        await self._link.ask("UPDATE room SET owner = NULL WHERE owner = %s", (self.id,))
        await self._link.ask("DELETE FROM owner WHERE id = %s OR lease_until < now() - interval '1 day'", (self.id,))


async def claim(link: Link, wanted: Claim, owner: str, now: int) -> tuple[Lease, int]:
    """Take a room for `owner`; gives the lease and the room's row number. `now` is ms since 1970."""
    async with link.transaction() as connection:
        if wanted.create:
            await _create(connection, wanted, now)
        await connection.execute("SELECT 1 FROM room WHERE stream = %s FOR UPDATE", (wanted.stream,))
        await not_run_elsewhere(connection, [wanted.stream], owner)
        found = await _rows(
            connection,
            "UPDATE room SET owner = %s, fence = fence + 1 WHERE stream = %s RETURNING id, fence, head_seq, head_hash",
            (owner, wanted.stream),
        )
        if not found:
            raise await unknown(connection, wanted.stream)
    row, fence, seq, hash_ = found[0]
    return Lease(stream=wanted.stream, owner=owner, fence=fence, head_seq=seq, head_hash=hash_), row


async def _create(connection: psycopg.AsyncConnection, wanted: Claim, now: int) -> None:
    at = stamp(now)
    made = await connection.execute(
        """INSERT INTO room (stream, head_seq, head_hash, state, counters, fence, parent, created_at, changed_at)
           VALUES (%s, %s, %s, 'live', '{}', 0, %s, %s, %s) ON CONFLICT (stream) DO NOTHING""",
        (wanted.stream, wanted.head_seq, wanted.head_hash, wanted.parent, at, at),
    )
    if made.rowcount != 1:
        raise NotAllowed(f"room {wanted.stream} exists already; claim it without `create`, or take another id")


async def not_run_elsewhere(connection: psycopg.AsyncConnection, streams: list[str], owner: str) -> None:
    """Refuse with RoomOwned when another owner whose lease runs has one of these rooms."""
    found = await _rows(
        connection,
        """SELECT room.stream, owner.pid, owner.host FROM room JOIN owner ON owner.id = room.owner
           WHERE room.stream = ANY (%s) AND owner.id <> %s AND owner.lease_until > now() ORDER BY room.id LIMIT 1""",
        (streams, owner),
    )
    for stream, pid, host in found:
        raise RoomOwned(stream, pid if host == socket.gethostname() else None, host)


async def family(connection: psycopg.AsyncConnection, stream: str) -> list[str]:
    """Name a room and its forks, and theirs."""
    return [name for (name,) in await _rows(connection, _FAMILY, (stream,))]


async def unknown(connection: psycopg.AsyncConnection, stream: str) -> UnknownName:
    """Say that there is no such room, and which were changed last."""
    rows = await _rows(connection, "SELECT stream FROM room ORDER BY changed_at DESC, id DESC LIMIT 10", ())
    return UnknownName("room", stream, [name for (name,) in rows])


async def ask(link: Link, request: Request) -> None:
    """Put a request into the inbox; raises UnknownName when there is no such room."""
    async with link.transaction() as connection:
        if not await _rows(connection, "SELECT 1 FROM room WHERE stream = %s", (request.stream,)):
            raise await unknown(connection, request.stream)
        await connection.execute(
            """INSERT INTO inbox (id, stream, verb, arguments, by) VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (id) DO NOTHING""",
            (request.id, request.stream, request.verb, msgspec.json.encode(request.arguments), request.by),
        )


async def take_in(link: Link, row: RoomRow, records: Sequence[Record]) -> None:
    """Store a room that another journal sealed, byte for byte, owned by nobody."""
    wanted = Claim(stream=row.stream, create=True, head_seq=row.head_seq, head_hash=row.head_hash, parent=row.parent)
    async with link.transaction() as connection:
        await _create(connection, wanted, 0)
        await connection.execute(
            "UPDATE room SET state = %s, counters = %b, created_at = %s, changed_at = %s WHERE stream = %s",
            (row.phase, msgspec.json.encode(row.counters), row.created_at, row.changed_at, row.stream),
        )
        (place,) = (await _rows(connection, f"SELECT pg_current_xact_id()::text::bigint << {ORDER_BITS}", ()))[0]
        columns = "place, stream, seq, at, type, by, v, salt, body, digest, hash"
        async with connection.cursor().copy(f"COPY event ({columns}) FROM STDIN") as copying:
            for number, r in enumerate(records, 1):
                await copying.write_row(
                    (place + number, r.stream, r.seq, r.at, r.type, r.by, r.v, r.salt, r.body, r.digest, r.hash)
                )
        await connection.cursor().executemany(
            "INSERT INTO naming (blob, stream, seq) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", names_in(records)
        )


async def _rows(connection: psycopg.AsyncConnection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    """Run a statement of ours and give its rows."""  # Any: PostgreSQL's columns
    return list(await (await connection.execute(statement, values)).fetchall())
