"""The tables of a PostgreSQL journal, in a schema of their own, and the steps that bring older ones up to date.

`event.place` is the transaction's number and the event's number in it: a reader that never goes past the oldest
running transaction sees every place once and in order, however long another writer takes to commit. Places belong to
one database cluster: a dump restored elsewhere begins again (copy a journal instead). It knows no event.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from antiphon.errors import JournalError

__all__ = ["HORIZON", "ORDER_BITS", "VERSION", "bring_up_to_date"]

ORDER_BITS = 20
"""Bits of a place that number the events of one transaction: a million, far above `appending.MOST_ROWS`."""

HORIZON = f"(pg_snapshot_xmin(pg_current_snapshot())::text::bigint << {ORDER_BITS})"
"""SQL: every place below this is committed or will never be."""

_LOCK = 0x416E7469
"""Advisory lock held while tables are made, so that two who start at once do not both make them: "Anti"."""

_TABLES = """
CREATE TABLE room (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL UNIQUE, head_seq bigint NOT NULL, head_hash bytea NOT NULL,
    state text NOT NULL, counters bytea NOT NULL, owner text, fence bigint NOT NULL,
    parent text, created_at text NOT NULL, changed_at text NOT NULL
);
CREATE INDEX room_parent ON room (parent) WHERE parent IS NOT NULL;
CREATE INDEX room_changed ON room (changed_at DESC, id DESC);
CREATE INDEX room_owner ON room (owner) WHERE owner IS NOT NULL;
CREATE TABLE owner (
    id text PRIMARY KEY, pid bigint NOT NULL, host text NOT NULL, lease_until timestamptz NOT NULL
);
CREATE TABLE event (
    place bigint PRIMARY KEY,
    stream text NOT NULL, seq bigint NOT NULL, at text NOT NULL, type text NOT NULL, by text NOT NULL,
    v smallint NOT NULL, salt bytea, body bytea, digest bytea NOT NULL, hash bytea NOT NULL,
    UNIQUE (stream, seq)
);
CREATE TABLE inbox (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE, stream text NOT NULL, verb text NOT NULL, arguments bytea NOT NULL, by text NOT NULL
);
CREATE TABLE snapshot (
    stream text NOT NULL, engine text NOT NULL, seq bigint NOT NULL, head_hash bytea NOT NULL, data bytea NOT NULL,
    PRIMARY KEY (stream, engine)
);
CREATE TABLE blob (name text PRIMARY KEY, mime text NOT NULL, kept_at timestamptz NOT NULL, data bytea NOT NULL);
CREATE TABLE naming (blob text NOT NULL, stream text NOT NULL, seq bigint NOT NULL, PRIMARY KEY (blob, stream, seq));
CREATE INDEX naming_stream ON naming (stream, seq);
CREATE TABLE notebook (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    memory text NOT NULL, seat text NOT NULL, room text NOT NULL, note text NOT NULL
);
CREATE INDEX notebook_of ON notebook (memory, seat);
CREATE TABLE said (stream text NOT NULL, seq bigint NOT NULL, text text NOT NULL, words tsvector NOT NULL,
    PRIMARY KEY (stream, seq));
CREATE INDEX said_words ON said USING gin (words);
CREATE TABLE projection (name text PRIMARY KEY, position bigint NOT NULL);
INSERT INTO projection VALUES ('said', -1)
"""

_STEPS: tuple[str, ...] = (_TABLES,)
"""One text of statements a version, oldest first; a step once released is never changed."""

VERSION = len(_STEPS)
"""The shape of the tables that this program knows."""


async def bring_up_to_date(connection: psycopg.AsyncConnection, schema: str) -> None:
    """Make the schema and its tables where they are missing, and take the steps that an older one lacks.

    Raises:
        JournalError: when the tables are those of a newer program.
    """
    if await _version(connection, schema) == VERSION:
        return  # a journal that is whole is not locked, so that looking never waits
    await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))  # before the transaction, which then sees all
    try:
        async with connection.transaction():
            await _take_steps(connection, schema)
    finally:
        await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


async def _take_steps(connection: psycopg.AsyncConnection, schema: str) -> None:
    found = await _version(connection, schema)
    if found > VERSION:
        raise JournalError(
            f"the journal in schema {schema} was written by a newer Antiphon "
            f"(its tables are version {found}; this program reads {VERSION})"
        )
    await connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    for step in _STEPS[found:]:
        for statement in step.split(";\n"):
            await connection.execute(statement)
    await connection.execute("CREATE TABLE IF NOT EXISTS tables (version bigint NOT NULL)")
    await connection.execute("DELETE FROM tables")
    await connection.execute("INSERT INTO tables VALUES (%s)", (VERSION,))


async def _version(connection: psycopg.AsyncConnection, schema: str) -> int:
    """Give the version of the tables; 0 where there are none."""
    there = await (await connection.execute("SELECT to_regclass(%s)", (f'"{schema}".tables',))).fetchone()
    if there is None or there[0] is None:
        return 0
    found = await (await connection.execute("SELECT version FROM tables")).fetchone()
    return int(found[0]) if found else 0
