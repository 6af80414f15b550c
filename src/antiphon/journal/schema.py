"""The tables of a SQLite journal, and how a connection to one is opened. It knows no event.

`event.id` is given while SQLite's one write lock is held, and AUTOINCREMENT never gives one twice: the order of ids
is the order of commits, and whoever read up to an id missed nothing before it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from antiphon.errors import JournalError

__all__ = ["BUSY_SECONDS", "VERSION", "connect", "create"]

VERSION = 1
"""The shape of the tables below; a journal of a newer one is refused, of an older one brought up to date."""

MARK = 0x416E7469
"""SQLite's `application_id` of our files: "Anti"."""

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's commit; the longest thing a process does in one is a deletion."""

_PAGES = 4000
"""Pages in the write-ahead log before they are copied into the database: fewer copies of pages that change again."""

_TABLES = """
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, type TEXT NOT NULL, by TEXT NOT NULL,
    v INTEGER NOT NULL, salt BLOB, body BLOB, digest BLOB NOT NULL, hash BLOB NOT NULL,
    UNIQUE (stream, seq)
);
CREATE TABLE room (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL UNIQUE, head_seq INTEGER NOT NULL, head_hash BLOB NOT NULL,
    state TEXT NOT NULL, counters BLOB NOT NULL, owner TEXT, fence INTEGER NOT NULL, lease_until INTEGER,
    parent TEXT, created_at TEXT NOT NULL, changed_at TEXT NOT NULL
);
CREATE INDEX room_parent ON room (parent) WHERE parent IS NOT NULL;
CREATE TABLE inbox (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, stream TEXT NOT NULL, verb TEXT NOT NULL, arguments BLOB NOT NULL, by TEXT NOT NULL
);
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL, engine TEXT NOT NULL, seq INTEGER NOT NULL, head_hash BLOB NOT NULL, data BLOB NOT NULL,
    UNIQUE (stream, engine)
);
CREATE TABLE blob (name TEXT PRIMARY KEY, mime TEXT NOT NULL, kept_at INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE naming (
    blob TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (blob, stream, seq)
);
CREATE INDEX naming_stream ON naming (stream, seq);
CREATE TABLE notebook (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    memory TEXT NOT NULL, seat TEXT NOT NULL, room TEXT NOT NULL, note TEXT NOT NULL
);
CREATE INDEX notebook_of ON notebook (memory, seat);
CREATE TABLE projection (name TEXT PRIMARY KEY, position INTEGER NOT NULL);
INSERT INTO projection VALUES ('said', 0);
CREATE VIRTUAL TABLE said USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
"""


def create(path: Path) -> None:
    """Make the folder (0700), the file (0600) and its tables where they are missing.

    Raises:
        JournalError: when the path is no journal, or one of a newer program.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
        connection = connect(path)
        try:
            _bring_up_to_date(connection, path)
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"{path} cannot be used as a journal: {error}") from None


def _make(path: Path) -> None:
    """Make an empty file nobody else may read, where there is none.

    One that exists is never opened: closing it would give away every lock this process holds on it, and the next
    process to leave would take the write-ahead log for its own and delete it, with what was committed there since.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection; transactions are begun by hand, and everything committed is on the disk.

    Raises:
        sqlite3.Error: when the file is no database.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")  # what is erased must not lie in a temporary file
        connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; SQLite does not wait by itself when two processes do so at once."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables where there are none; a journal that has them is not locked, so that looking never waits."""
    if not _fits(connection, path):
        connection.execute("BEGIN IMMEDIATE")
        if not _fits(connection, path):  # nobody made them while this process waited
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {MARK}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")


def _fits(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the tables are there, as this program knows them; False where there are none at all."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    mark, version = _pragma(connection, "application_id"), _pragma(connection, "user_version")  # after the tables:
    if tables == 0 and mark in {0, MARK}:  # whoever makes them this moment, commits all three at once
        return False
    if mark != MARK:
        raise JournalError(f"{path} is a SQLite file of another program; name a journal, or a file that does not exist")
    if version > VERSION:
        raise JournalError(
            f"{path} was written by a newer Antiphon (its tables are version {version}; this program reads {VERSION})"
        )
    return True


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
