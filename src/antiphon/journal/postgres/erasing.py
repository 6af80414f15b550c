"""Really deletes from a PostgreSQL journal, as far as a client can: rows are changed or removed, then vacuumed.

What PostgreSQL keeps elsewhere (write-ahead log until it is recycled, replicas, backups) is its administrator's;
the guide says so. The digest of an erased event stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from antiphon.journal.naming import note_in
from antiphon.journal.postgres.link import Link
from antiphon.journal.postgres.owning import family, not_run_elsewhere, unknown

__all__ = ["delete", "erase"]

_TABLES = ("event", "said", "snapshot", "blob", "notebook", "inbox")
"""Tables that held private words; vacuumed after every deletion."""

_ORPHANS = """DELETE FROM blob WHERE (name = ANY (%s) OR kept_at < now() - interval '1 hour')
    AND NOT EXISTS (SELECT 1 FROM naming WHERE naming.blob = blob.name)"""
"""Blobs of these events that no other event names, and what an hour ago nobody named: left over from a crash."""


async def erase(link: Link, stream: str, seqs: Sequence[int], owner: str) -> int:
    """Erase bodies and salts, and what was derived from them; gives how many events were erased."""
    chosen = list(seqs)
    async with link.transaction() as connection:
        streams = await family(connection, stream)
        await not_run_elsewhere(connection, streams, owner)
        found = await _run(
            connection,
            """UPDATE event SET body = NULL, salt = NULL FROM (
                   SELECT place, type, body FROM event WHERE stream = %s AND seq = ANY (%s) AND body IS NOT NULL
                   FOR UPDATE) AS old WHERE event.place = old.place RETURNING old.type, old.body""",
            (stream, chosen),
        )
        notes = [note for kind, body in found if kind == "command.ran" for note in note_in(body)]
        await connection.execute("DELETE FROM said WHERE stream = %s AND seq = ANY (%s)", (stream, chosen))
        await connection.execute("DELETE FROM snapshot WHERE stream = ANY (%s)", (streams,))
        await connection.execute("DELETE FROM notebook WHERE room = %s AND note = ANY (%s)", (stream, notes))
        named = await _run(
            connection, "DELETE FROM naming WHERE stream = %s AND seq = ANY (%s) RETURNING blob", (stream, chosen)
        )
        await connection.execute(_ORPHANS, ([name for (name,) in named],))
    await _vacuum(link)
    return len(found)


async def delete(link: Link, stream: str, owner: str) -> None:
    """Remove a room with everything of it."""
    async with link.transaction() as connection:
        if not await _run(connection, "SELECT 1 FROM room WHERE stream = %s FOR UPDATE", (stream,)):
            raise await unknown(connection, stream)
        streams = await family(connection, stream)
        await not_run_elsewhere(connection, streams, owner)
        await connection.execute("DELETE FROM snapshot WHERE stream = ANY (%s)", (streams,))
        await connection.execute("DELETE FROM notebook WHERE room = %s", (stream,))
        named = await _run(connection, "DELETE FROM naming WHERE stream = %s RETURNING blob", (stream,))
        await connection.execute(_ORPHANS, ([name for (name,) in named],))
        for table in ("said", "inbox", "event", "room"):
            await connection.execute(f"DELETE FROM {table} WHERE stream = %s", (stream,))  # noqa: S608 - names from the line above
    await _vacuum(link)


async def _vacuum(link: Link) -> None:
    for table in _TABLES:
        await link.ask(f"VACUUM {table}")


async def _run(connection: psycopg.AsyncConnection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    """Run a statement of ours and give its rows."""  # Any: PostgreSQL's columns
    return list(await (await connection.execute(statement, values)).fetchall())
