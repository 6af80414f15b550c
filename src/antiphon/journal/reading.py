"""Reads events and rooms out of a SQLite journal, on whatever connection it is given."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from antiphon.errors import UnknownName
from antiphon.room.journals import Record, Request, RoomRow

__all__ = [
    "ROOM",
    "end_of",
    "read_events",
    "read_requests",
    "read_room",
    "read_rooms",
    "tail_events",
    "unknown",
]

Alive: TypeAlias = Callable[[str], tuple[bool, int | None]]
"""Takes an owner; tells whether it lives, and its pid."""

_EVENT = "SELECT stream, seq, at, type, by, v, salt, body, digest, hash, id FROM event"
ROOM = """SELECT stream, head_seq, head_hash, state, counters, owner, fence, parent, created_at, changed_at, id
          FROM room"""


def _records(found: sqlite3.Cursor) -> list[Record]:
    return [
        Record(
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
            position=position,
        )
        for stream, seq, at, kind, by, v, salt, body, digest, link, position in found
    ]


def read_events(connection: sqlite3.Connection, stream: str, after: int, until: int | None) -> list[Record]:
    """Give a stream's own records with after < seq <= until, oldest first."""
    return _records(
        connection.execute(
            _EVENT + " WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq",
            (stream, after, 2**63 - 1 if until is None else until),
        )
    )


def end_of(connection: sqlite3.Connection) -> int:
    """Give the id of the last event committed; ids are given under the write lock, so nothing comes before it later."""
    found = connection.execute("SELECT max(id) FROM event").fetchone()[0]
    return int(found or 0)


def tail_events(
    connection: sqlite3.Connection, start: int, streams: Sequence[str] | None, limit: int
) -> tuple[list[Record], int]:
    """Give records behind position `start`, and the position to go on from."""
    connection.execute("BEGIN")  # one look at the journal: its end, and what stands before it
    try:
        end = max(start, end_of(connection))
        where, values = " WHERE id > ? AND id <= ?", [start, end]
        if streams is not None:
            where += f" AND stream IN ({','.join('?' * len(streams))})"
        records = _records(
            connection.execute(_EVENT + where + " ORDER BY id LIMIT ?", (*values, *(streams or ()), limit))
        )
    finally:
        connection.execute("COMMIT")
    return records, records[-1].position if len(records) == limit else end


def read_room(connection: sqlite3.Connection, stream: str, alive: Alive) -> RoomRow | None:
    """Give one room's row."""
    found = connection.execute(ROOM + " WHERE stream = ?", (stream,)).fetchone()
    return _row(found, alive) if found else None


def read_rooms(connection: sqlite3.Connection, alive: Alive, most: int = -1) -> list[RoomRow]:
    """List rooms, newest change first; at most `most` of them (-1: all). Each owner is asked after once."""
    known: dict[str, tuple[bool, int | None]] = {}

    def once(owner: str) -> tuple[bool, int | None]:
        if owner not in known:
            known[owner] = alive(owner)
        return known[owner]

    found = connection.execute(ROOM + " ORDER BY changed_at DESC, id DESC LIMIT ?", (most,)).fetchall()
    return [_row(row, once) for row in found]


def _row(found: tuple[Any, ...], alive: Alive) -> RoomRow:  # Any: SQLite's columns, in the order of ROOM
    stream, head_seq, head_hash, phase, counters, owner, fence, parent, created_at, changed_at, _ = found
    lives, pid = alive(owner) if owner is not None else (False, None)
    return RoomRow(
        stream=stream,
        head_seq=head_seq,
        head_hash=head_hash,
        phase=phase,
        counters=msgspec.json.decode(counters),
        owner=owner,
        owner_pid=pid,
        owner_alive=lives,
        fence=fence,
        parent=parent,
        created_at=created_at,
        changed_at=changed_at,
    )


def unknown(connection: sqlite3.Connection, stream: str) -> UnknownName:
    """Say that there is no such room, and which were changed last."""
    rows = connection.execute("SELECT stream FROM room ORDER BY changed_at DESC, id DESC LIMIT 10")
    return UnknownName("room", stream, [name for (name,) in rows])


def read_requests(connection: sqlite3.Connection) -> list[Request]:
    """Give everything that waits in the inbox, oldest first."""
    return [
        Request(id=name, stream=stream, verb=verb, arguments=msgspec.json.decode(arguments), by=by)
        for name, stream, verb, arguments, by in connection.execute(
            "SELECT id, stream, verb, arguments, by FROM inbox ORDER BY n"
        )
    ]
