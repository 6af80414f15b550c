"""One connection to PostgreSQL that is opened at its first use and again after it broke; errors in words of ours.

Who uses it waits for whoever used it before. No password reaches an error: PostgreSQL's own words are given, the
address never. It knows no table but the schema's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from msgspec import Struct
from psycopg import sql

from antiphon.errors import JournalError, UserError
from antiphon.journal.postgres.schema import bring_up_to_date

__all__ = ["Link", "Place", "place_in"]

CONNECT_SECONDS = 10
"""How long opening a connection may take."""

Rows: TypeAlias = list[tuple[Any, ...]]  # Any: PostgreSQL's columns


class Place(Struct, frozen=True):
    """Says where a journal is: libpq's own address (it may hold a password: never shown), the schema, the lease."""

    address: str
    schema: str = "antiphon"
    lease: float = 15.0


def place_in(url: str) -> Place:
    """Read `postgresql://…`; two options are ours: `schema` (a name) and `lease` (seconds, 1 to 3,600).

    Raises:
        UserError: when one of the two is not such a value.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    schema, lease = options.pop("schema", "antiphon"), options.pop("lease", "15")
    if not (schema.isidentifier() and schema.isascii() and schema == schema.lower() and len(schema) < 64):  # noqa: PLR2004 - PostgreSQL's names
        raise UserError(f"schema={schema!r} of the journal's address is no name: letters a-z, digits and _, at most 63")
    try:
        seconds = float(lease)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:  # noqa: PLR2004 - an hour
        raise UserError(f"lease={lease!r} of the journal's address is no number of seconds from 1 to 3600")
    return Place(urlunsplit(parts._replace(query=urlencode(options))), schema, seconds)


class Link:
    """Is one connection, used by one at a time; every statement is a transaction of its own unless `transaction` is."""

    def __init__(self, place: Place) -> None:
        """Name the place; nothing is opened yet."""
        self.place = place
        self._connection: psycopg.AsyncConnection | None = None
        self._turn = asyncio.Lock()

    async def ask(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> Rows:  # Any: what psycopg takes
        """Run one statement and give its rows; none where it gives none."""
        async with self._using() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []

    @asynccontextmanager
    async def transaction(self, level: str = "") -> AsyncIterator[psycopg.AsyncConnection]:
        """Hold the connection for one transaction; `level` is an isolation level in SQL's words."""
        async with self._using() as connection, connection.transaction():
            if level:
                await connection.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            yield connection

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[psycopg.AsyncConnection]:
        async with self._turn:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await self._open()
                yield self._connection
            except psycopg.Error as error:
                raise _told(error) from None

    async def _open(self) -> psycopg.AsyncConnection:
        connection = await psycopg.AsyncConnection.connect(
            self.place.address, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="antiphon"
        )
        name = sql.Identifier(self.place.schema)
        try:
            await connection.execute(sql.SQL("SET search_path TO {}").format(name))
            await bring_up_to_date(connection, self.place.schema)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def close(self) -> None:
        """Close the connection, after whoever uses it."""
        async with self._turn:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None


def _told(error: psycopg.Error) -> JournalError:
    """Put an error into words; libpq's words on a failed connection may repeat the address, but never a password.

    What was to be stored stands in an error's details and context, so only its first message is told.
    """
    words = error.diag.message_primary or str(error).splitlines()[0]
    return JournalError(f"PostgreSQL: {words}")
