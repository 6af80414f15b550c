"""Reads events, rooms, the inbox and the search index out of a PostgreSQL journal."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from antiphon.journal.naming import said_in, words_of
from antiphon.journal.postgres.link import Link
from antiphon.journal.postgres.schema import HORIZON
from antiphon.room.journals import Record, Request, RoomRow

__all__ = ["end_of", "every_event", "read_events", "read_requests", "read_room", "read_rooms", "search", "tail_events"]

BATCH = 500
"""Events read into the index at a time: a few milliseconds."""

LONGEST = 200_000
"""Characters of a message that can be found: PostgreSQL indexes no text of more than a megabyte."""

_EVENT = "SELECT stream, seq, at, type, by, v, salt, body, digest, hash, place FROM event"
_ROOM = """SELECT room.stream, head_seq, head_hash, state, counters, owner, fence, parent, created_at, changed_at,
                  owner.lease_until > now(), owner.pid, owner.host
           FROM room LEFT JOIN owner ON owner.id = room.owner"""


def _record(row: tuple[Any, ...]) -> Record:  # Any: PostgreSQL's columns, in the order of _EVENT
    stream, seq, at, kind, by, v, salt, body, digest, link, place = row
    return Record(
        stream=stream,
        seq=seq,
        at=at,
        type=kind,
        by=by,
        v=v,
        salt=salt,
        body=body,
        digest=digest,
        hash=link,
        position=place,
    )  # fmt: skip - one line a record's shape


async def read_events(link: Link, stream: str, after: int, until: int | None) -> list[Record]:
    """Give a stream's own records with after < seq <= until, oldest first."""
    rows = await link.ask(
        _EVENT + " WHERE stream = %s AND seq > %s AND seq <= %s ORDER BY seq",
        (stream, after, 2**63 - 1 if until is None else until),
    )
    return [_record(row) for row in rows]


async def end_of(link: Link) -> int:
    """Give the place of the last event before the oldest running transaction."""
    rows = await link.ask(f"SELECT coalesce(max(place), 0) FROM event WHERE place < {HORIZON}")  # noqa: S608 - ours
    return int(rows[0][0])


async def tail_events(link: Link, start: int, streams: Sequence[str] | None, limit: int) -> tuple[list[Record], int]:
    """Give records behind place `start`, never past the oldest running transaction, and the place to go on from."""
    chosen = "" if streams is None else " AND stream = ANY (%(streams)s)"
    values = {"start": start, "limit": limit, "streams": list(streams or ())}
    async with link.transaction("REPEATABLE READ") as connection:  # one look: the end, and what stands before it
        found = await (
            await connection.execute(f"SELECT coalesce(max(place), 0) FROM event WHERE place < {HORIZON}")  # noqa: S608
        ).fetchone()
        end = max(start, int(found[0]) if found else 0)
        cursor = await connection.execute(
            f"{_EVENT} WHERE place > %(start)s AND place <= {end}{chosen} ORDER BY place LIMIT %(limit)s",
            values,
        )
        records = [_record(row) for row in await cursor.fetchall()]
    return records, records[-1].position if len(records) == limit else end


async def every_event(link: Link) -> AsyncIterator[Record]:
    """Give every record of every room as of one moment, room by room, oldest first; never all of them in memory."""
    async with link.transaction("REPEATABLE READ") as connection, connection.cursor("every") as cursor:
        await cursor.execute(_EVENT + " ORDER BY stream, seq")
        async for row in cursor:
            yield _record(row)


async def read_room(link: Link, stream: str) -> RoomRow | None:
    """Give one room's row."""
    rows = await link.ask(_ROOM + " WHERE stream = %s", (stream,))
    return _row(rows[0]) if rows else None


async def read_rooms(link: Link) -> list[RoomRow]:
    """List rooms, newest change first."""
    return [_row(row) for row in await link.ask(_ROOM + " ORDER BY changed_at DESC, room.id DESC")]


def _row(found: tuple[Any, ...]) -> RoomRow:  # Any: PostgreSQL's columns, in the order of _ROOM
    stream, seq, hash_, phase, counters, owner, fence, parent, created_at, changed_at, alive, pid, host = found
    return RoomRow(
        stream=stream,
        head_seq=seq,
        head_hash=hash_,
        phase=phase,
        counters=msgspec.json.decode(counters),
        owner=owner,
        owner_pid=pid if alive and host == socket.gethostname() else None,
        owner_alive=bool(alive),
        fence=fence,
        parent=parent,
        created_at=created_at,
        changed_at=changed_at,
    )


async def read_requests(link: Link, streams: Sequence[str]) -> list[Request]:
    """Give what waits in the inbox for these rooms, oldest first."""
    rows = await link.ask(
        "SELECT id, stream, verb, arguments, by FROM inbox WHERE stream = ANY (%s) ORDER BY n", (list(streams),)
    )
    return [
        Request(id=name, stream=stream, verb=verb, arguments=msgspec.json.decode(arguments), by=by)
        for name, stream, verb, arguments, by in rows
    ]


async def search(link: Link, query: str, limit: int) -> list[tuple[str, int, str]]:
    """Find messages that hold every word of a query: (stream, seq, excerpt), best first."""
    words = " ".join(words_of(query))
    if not words:
        return []
    while await _fill(link):
        pass
    return [
        (stream, seq, excerpt)
        for stream, seq, excerpt in await link.ask(
            """SELECT stream, seq, ts_headline('simple', text, wanted, 'StartSel="",StopSel="",MaxWords=24,MinWords=8')
               FROM said, plainto_tsquery('simple', %s) AS wanted
               WHERE words @@ wanted ORDER BY ts_rank(words, wanted) DESC, stream, seq LIMIT %s""",
            (words, limit),
        )
    ]


async def _fill(link: Link) -> bool:
    """Index one more batch of messages; tells whether there may be more."""
    async with link.transaction() as connection:
        found = await (
            await connection.execute("SELECT position FROM projection WHERE name = 'said' FOR UPDATE")
        ).fetchone()
        start = int(found[0]) if found else -1
        cursor = await connection.execute(
            f"""SELECT place, stream, seq, CASE type WHEN 'message.said' THEN body END FROM event
                WHERE place > %s AND place < {HORIZON} ORDER BY place LIMIT %s""",  # noqa: S608 - our own text
            (start, BATCH),
        )
        rows = await cursor.fetchall()
        texts = [(stream, seq, said_in(body)[:LONGEST]) for _, stream, seq, body in rows if body is not None]
        if texts:
            await connection.cursor().executemany(
                """INSERT INTO said (stream, seq, text, words) VALUES (%s, %s, %s, to_tsvector('simple', %s))
                   ON CONFLICT DO NOTHING""",
                [(stream, seq, text, text) for stream, seq, text in texts],
            )
        if rows:
            await connection.execute("UPDATE projection SET position = %s WHERE name = 'said'", (rows[-1][0],))
    return len(rows) == BATCH
