"""Really deletes from a SQLite journal: what is erased stands in no file afterwards.

First its bytes are overwritten where they stand, so that pages that are rearranged carry nothing away; then rows
go (SQLite zeroes what it frees); then the file is written anew, unless it is large, and the write-ahead log is
emptied. The digest of an erased event stays.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from antiphon.errors import JournalError
from antiphon.journal.index import forget
from antiphon.journal.naming import note_in
from antiphon.journal.owning import family, not_run_elsewhere
from antiphon.journal.reading import unknown

__all__ = ["delete", "erase", "scrub"]

ORPHAN_SECONDS = 3600
"""Age from which a blob that no event names is held to be left over from a crash, and goes with the next deletion."""

ANEW_BYTES = 256 * 2**20
"""Size up to which the file is written anew after a deletion: about two seconds in which no room can write. Beyond
it a deletion rests on overwriting and on SQLite's own `secure_delete`, which left no word behind in any test either;
freed space is used again, not given back."""

SCRUB_SECONDS = 30.0
"""How long emptying the write-ahead log waits for readers in other processes."""

_OVERWRITE = {
    "event": ("body = zeroblob(length(body))", "salt = zeroblob(length(salt))"),
    "snapshot": ("data = zeroblob(length(data))",),
    "blob": ("data = zeroblob(length(data))",),
    "notebook": ("note = zeroblob(length(CAST(note AS BLOB)))",),
    "inbox": ("arguments = zeroblob(length(arguments))",),
}
"""Table -> what makes its private columns zeros of the same length."""


def erase(path: Path, stream: str, seqs: Sequence[int], owner: str | None) -> Callable[[sqlite3.Connection], int]:
    """Erase bodies and salts, and what was derived from them; gives how many events were erased."""

    def work(connection: sqlite3.Connection) -> int:
        not_run_elsewhere(connection, path, family(connection, stream), owner)
        places = ",".join(str(int(seq)) for seq in seqs)
        chosen = f"stream = ? AND seq IN ({places})"
        found = connection.execute(
            f"SELECT id, type, body FROM event WHERE {chosen} AND body IS NOT NULL",  # noqa: S608 - integers
            (stream,),
        ).fetchall()
        notes = {note for _, kind, body in found if kind == "command.ran" for note in note_in(body)}
        _overwrite(connection, "event", f"{chosen} AND body IS NOT NULL", stream)
        connection.execute(f"UPDATE event SET body = NULL, salt = NULL WHERE {chosen}", (stream,))  # noqa: S608
        forget(connection, [number for number, _, _ in found])
        _drop_blobs(connection, chosen, stream)
        _drop_snapshots(connection, stream)
        for note in notes:
            _drop(connection, "notebook", "room = ? AND note = ?", stream, note)
        return len(found)

    return work


def delete(path: Path, stream: str, owner: str | None) -> Callable[[sqlite3.Connection], None]:
    """Remove a room with everything of it."""

    def work(connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT 1 FROM room WHERE stream = ?", (stream,)).fetchone() is None:
            raise unknown(connection, stream)
        not_run_elsewhere(connection, path, family(connection, stream), owner)
        numbers = [number for (number,) in connection.execute("SELECT id FROM event WHERE stream = ?", (stream,))]
        forget(connection, numbers)
        _drop_blobs(connection, "stream = ?", stream)
        _drop_snapshots(connection, stream)
        _drop(connection, "event", "stream = ?", stream)
        _drop(connection, "inbox", "stream = ?", stream)
        _drop(connection, "notebook", "room = ?", stream)
        connection.execute("DELETE FROM room WHERE stream = ?", (stream,))

    return work


def _overwrite(connection: sqlite3.Connection, table: str, where: str, *values: object) -> None:
    connection.execute(f"UPDATE {table} SET {', '.join(_OVERWRITE[table])} WHERE {where}", values)  # noqa: S608 - ours


def _drop(connection: sqlite3.Connection, table: str, where: str, *values: object) -> None:
    if table != "notebook" or len(values) == 1:
        _overwrite(connection, table, where, *values)
        connection.execute(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608 - ours
        return
    for (number,) in connection.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchall():  # noqa: S608 - ours
        _drop(connection, table, "id = ?", number)


def _drop_snapshots(connection: sqlite3.Connection, stream: str) -> None:
    """Remove the snapshots of a room and of its forks, which hold its texts too."""
    for name in family(connection, stream):
        _drop(connection, "snapshot", "stream = ?", name)


def _drop_blobs(connection: sqlite3.Connection, chosen: str, stream: str) -> None:
    """Remove what only these events name, and what nobody named in `ORPHAN_SECONDS`."""
    named = connection.execute(f"SELECT DISTINCT blob FROM naming WHERE {chosen}", (stream,)).fetchall()  # noqa: S608
    connection.execute(f"DELETE FROM naming WHERE {chosen}", (stream,))  # noqa: S608 - ours
    old = int(time.time()) - ORPHAN_SECONDS
    left = connection.execute(
        "SELECT name FROM blob WHERE kept_at < ? AND name NOT IN (SELECT blob FROM naming)", (old,)
    ).fetchall()
    for (name,) in {*named, *left}:
        if connection.execute("SELECT 1 FROM naming WHERE blob = ? LIMIT 1", (name,)).fetchone() is None:
            _drop(connection, "blob", "name = ?", name)


def scrub(connection: sqlite3.Connection) -> None:
    """Write a file of moderate size anew, and empty the write-ahead log; outside any transaction.

    Raises:
        JournalError: when another process reads all the while; what is deleted is gone from the journal by then,
            and the next deletion empties the log.
    """
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if pages * size <= ANEW_BYTES:
        connection.execute("VACUUM")
    until = time.monotonic() + SCRUB_SECONDS
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            raise JournalError(
                "deleted, but another process still reads the write-ahead log, which may hold it; end it, delete again"
            )
        time.sleep(0.05)
