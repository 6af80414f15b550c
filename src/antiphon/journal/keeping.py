"""Keeps what stands beside events in a SQLite journal: blobs, snapshots, notebooks."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from antiphon.journal.naming import blob_name

__all__ = ["get_blob", "get_notes", "get_snapshot", "put_blob", "put_notes", "put_snapshot"]


def put_blob(data: bytes, mime: str) -> Callable[[sqlite3.Connection], str]:
    """Keep bytes under their name."""
    name = blob_name(data)

    def work(connection: sqlite3.Connection) -> str:
        connection.execute(
            """INSERT INTO blob (name, mime, kept_at, data) VALUES (?, ?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET kept_at = excluded.kept_at""",
            (name, mime, int(time.time()), data),
        )
        return name

    return work


def get_blob(connection: sqlite3.Connection, name: str) -> tuple[bytes, str] | None:
    """Give bytes and MIME type."""
    found: tuple[bytes, str] | None = connection.execute(
        "SELECT data, mime FROM blob WHERE name = ?", (name,)
    ).fetchone()
    return found


def put_snapshot(
    stream: str, seq: int, head_hash: bytes, engine: str, data: bytes
) -> Callable[[sqlite3.Connection], None]:
    """Keep a snapshot of a room that exists, unless a newer one of this engine is kept."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            """INSERT INTO snapshot (stream, engine, seq, head_hash, data)
               SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM room WHERE stream = ?)
               ON CONFLICT (stream, engine) DO UPDATE
               SET seq = excluded.seq, head_hash = excluded.head_hash, data = excluded.data
               WHERE excluded.seq >= snapshot.seq""",
            (stream, engine, seq, head_hash, data, stream),
        )

    return work


def get_snapshot(connection: sqlite3.Connection, stream: str, engine: str) -> tuple[int, bytes, bytes] | None:
    """Give (seq, head_hash, data) of the snapshot an engine wrote."""
    found: tuple[int, bytes, bytes] | None = connection.execute(
        "SELECT seq, head_hash, data FROM snapshot WHERE stream = ? AND engine = ?", (stream, engine)
    ).fetchone()
    return found


def put_notes(memory: str, seat: str, notes: list[str], room: str) -> Callable[[sqlite3.Connection], None]:
    """Keep a notebook; what was not in it before belongs to `room`."""

    def work(connection: sqlite3.Connection) -> None:
        where = (memory, seat)
        before = dict(connection.execute("SELECT note, room FROM notebook WHERE memory = ? AND seat = ?", where))
        connection.execute("DELETE FROM notebook WHERE memory = ? AND seat = ?", where)
        connection.executemany(
            "INSERT INTO notebook (memory, seat, room, note) VALUES (?, ?, ?, ?)",
            [(memory, seat, before.get(note, room), note) for note in notes],
        )

    return work


def get_notes(connection: sqlite3.Connection, memory: str, seat: str) -> list[str]:
    """Give a notebook, oldest note first."""
    found = connection.execute("SELECT note FROM notebook WHERE memory = ? AND seat = ? ORDER BY id", (memory, seat))
    return [note for (note,) in found]
