"""Claims and releases rooms in the table `room`, and puts requests into the inbox; inside the writer's transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from antiphon.errors import NotAllowed, RoomOwned
from antiphon.journal.naming import names_in
from antiphon.journal.owners import owner_alive, whereabouts
from antiphon.journal.reading import unknown
from antiphon.room.journals import Claim, Lease, Record, Request, RoomRow
from antiphon.room.times import stamp

__all__ = ["ask", "claim", "family", "not_run_elsewhere", "release", "release_all", "take_in", "withdraw"]

_FAMILY = """WITH RECURSIVE family (stream) AS (
    VALUES (?) UNION SELECT room.stream FROM room JOIN family ON room.parent = family.stream
) SELECT stream FROM family"""


def claim(path: Path, wanted: Claim, owner: str) -> Callable[[sqlite3.Connection], tuple[Lease, int]]:
    """Take a room for `owner`; gives the lease and the room's row number."""

    def work(connection: sqlite3.Connection) -> tuple[Lease, int]:
        if wanted.create:
            _create(connection, wanted)
        else:
            not_run_elsewhere(connection, path, [wanted.stream], owner)
        connection.execute("UPDATE room SET owner = ?, fence = fence + 1 WHERE stream = ?", (owner, wanted.stream))
        found = connection.execute(
            "SELECT id, fence, head_seq, head_hash FROM room WHERE stream = ?", (wanted.stream,)
        ).fetchone()
        if found is None:
            raise unknown(connection, wanted.stream)
        row, fence, seq, hash_ = found
        return Lease(stream=wanted.stream, owner=owner, fence=fence, head_seq=seq, head_hash=hash_), row

    return work


def _create(connection: sqlite3.Connection, wanted: Claim) -> None:
    now = stamp(time.time_ns() // 1_000_000)
    made = connection.execute(
        """INSERT INTO room (stream, head_seq, head_hash, state, counters, fence, parent, created_at, changed_at)
           VALUES (?, ?, ?, 'live', ?, 0, ?, ?, ?) ON CONFLICT (stream) DO NOTHING""",
        (wanted.stream, wanted.head_seq, wanted.head_hash, b"{}", wanted.parent, now, now),
    )
    if made.rowcount != 1:
        raise NotAllowed(f"room {wanted.stream} exists already; claim it without `create`, or take another id")


def not_run_elsewhere(connection: sqlite3.Connection, path: Path, streams: Iterable[str], owner: str | None) -> None:
    """Refuse with RoomOwned when another live process owns one of these rooms."""
    for stream in streams:
        found = connection.execute("SELECT owner FROM room WHERE stream = ?", (stream,)).fetchone()
        if found is None or found[0] is None or found[0] == owner:
            continue
        if owner_alive(path, found[0]):
            raise RoomOwned(stream, *whereabouts(path, found[0]))


def family(connection: sqlite3.Connection, stream: str) -> list[str]:
    """Name a room and its forks, and theirs."""
    return [name for (name,) in connection.execute(_FAMILY, (stream,))]


def release(lease: Lease) -> Callable[[sqlite3.Connection], None]:
    """Let a room go, unless somebody took it since."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE room SET owner = NULL WHERE stream = ? AND owner = ? AND fence = ?",
            (lease.stream, lease.owner, lease.fence),
        )

    return work


def release_all(owner: str) -> Callable[[sqlite3.Connection], None]:
    """Let every room of an owner go."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE room SET owner = NULL WHERE owner = ?", (owner,))

    return work


def ask(request: Request) -> Callable[[sqlite3.Connection], None]:
    """Put a request into the inbox; raises UnknownName when there is no such room."""
    arguments = msgspec.json.encode(request.arguments)

    def work(connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT 1 FROM room WHERE stream = ?", (request.stream,)).fetchone() is None:
            raise unknown(connection, request.stream)
        connection.execute(
            "INSERT OR IGNORE INTO inbox (id, stream, verb, arguments, by) VALUES (?, ?, ?, ?, ?)",
            (request.id, request.stream, request.verb, arguments, request.by),
        )

    return work


def withdraw(request: str) -> Callable[[sqlite3.Connection], bool]:
    """Remove a request; gives False when it is gone already."""

    def work(connection: sqlite3.Connection) -> bool:
        return connection.execute("DELETE FROM inbox WHERE id = ?", (request,)).rowcount == 1

    return work


def take_in(row: RoomRow, records: Sequence[Record]) -> Callable[[sqlite3.Connection], None]:
    """Store a room that another journal sealed, byte for byte, owned by nobody."""
    events = [(r.stream, r.seq, r.at, r.type, r.by, r.v, r.salt, r.body, r.digest, r.hash) for r in records]

    def work(connection: sqlite3.Connection) -> None:
        wanted = Claim(
            stream=row.stream, create=True, head_seq=row.head_seq, head_hash=row.head_hash, parent=row.parent
        )
        _create(connection, wanted)
        connection.execute(
            "UPDATE room SET state = ?, counters = ?, created_at = ?, changed_at = ? WHERE stream = ?",
            (row.phase, msgspec.json.encode(row.counters), row.created_at, row.changed_at, row.stream),
        )
        connection.executemany(
            """INSERT INTO event (stream, seq, at, type, by, v, salt, body, digest, hash)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            events,
        )
        connection.executemany("INSERT OR IGNORE INTO naming VALUES (?, ?, ?)", names_in(records))

    return work
