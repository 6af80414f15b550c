"""The search index of a SQLite journal: a projection of messages with its own position.

It is filled after commits, in quiet moments and before a search, never on the way of an append. Who deletes it loses
nothing that cannot be made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from antiphon.journal.naming import said_in, words_of

__all__ = ["fill", "forget", "look_up"]

BATCH = 500
"""Events read into the index in one transaction: a few milliseconds, so that no writer waits long."""


def fill(connection: sqlite3.Connection) -> bool:
    """Index one more batch, in a transaction of the caller's; tells whether there may be more."""
    (position,) = connection.execute("SELECT position FROM projection WHERE name = 'said'").fetchone()
    found = connection.execute(
        "SELECT id, CASE type WHEN 'message.said' THEN body END FROM event WHERE id > ? ORDER BY id LIMIT ?",
        (position, BATCH),
    ).fetchall()
    if not found:
        return False
    texts = [(number, said_in(body)) for number, body in found if body is not None]
    connection.executemany("INSERT INTO said (rowid, text) VALUES (?, ?)", texts)
    connection.execute("UPDATE projection SET position = ? WHERE name = 'said'", (found[-1][0],))
    return len(found) == BATCH


def forget(connection: sqlite3.Connection, events: Iterable[int]) -> None:
    """Take events out of the index, and their words out of its pages."""
    connection.executemany("DELETE FROM said WHERE rowid = ?", [(number,) for number in events])
    connection.execute("INSERT INTO said (said) VALUES ('optimize')")  # deleting alone only marks words as gone


def look_up(connection: sqlite3.Connection, query: str, limit: int) -> list[tuple[str, int, str]]:
    """Find messages that hold every word of a query: (stream, seq, excerpt), best first."""
    words = words_of(query)
    if not words:
        return []
    phrase = " ".join(f'"{word}"' for word in words)  # quoted, a word is never one of FTS5's operators
    return connection.execute(
        """SELECT event.stream, event.seq, snippet(said, 0, '', '', '…', 24)
           FROM said JOIN event ON event.id = said.rowid
           WHERE said MATCH ? ORDER BY said.rank LIMIT ?""",
        (phrase, limit),
    ).fetchall()
