from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest

from antiphon.assembly import open_journal
from antiphon.errors import Fenced, JournalError, RoomOwned, UserError
from antiphon.journal.postgres.journal import PostgresJournal
from antiphon.journal.postgres.link import place_in
from antiphon.journal.sqlite import SqliteJournal
from antiphon.library.copying import copy_rooms
from antiphon.room.journals import Claim
from antiphon.room.records import verify_chain
from antiphon.testing.journals import JournalContract
from antiphon.testing.writes import Opens, begin, refused, say

URL = os.environ.get("ANTIPHON_POSTGRES", "")
service = pytest.mark.skipif(not URL, reason="ANTIPHON_POSTGRES names no PostgreSQL server")


def with_options(**options: str) -> str:
    return f"{URL}{'&' if '?' in URL else '?'}{urlencode(options)}"


def connected() -> psycopg.Connection:
    return psycopg.connect(URL, autocommit=True)


async def antiphon_at(url: str, *words: str) -> str:
    """Run the command in a process of its own, and give what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "antiphon.cli", "--journal", url, *words), stdout=PIPE, stderr=PIPE
    )
    told, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()
    return told.decode()


@pytest.fixture
def schema() -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    yield name
    with connected() as connection:
        connection.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')


@pytest.fixture
async def opens(schema: str) -> AsyncIterator[Opens]:
    opened: list[PostgresJournal] = []

    def another() -> PostgresJournal:
        opened.append(PostgresJournal(with_options(schema=schema, lease="1")))
        return opened[-1]

    yield another
    for journal in opened:
        await journal.close()


@pytest.mark.service
@service
class TestPostgresJournal(JournalContract):
    """The whole contract; `opens` stands above."""


@pytest.mark.service
@service
class TestPostgresAlone:
    """What only a server can do."""

    async def test_many_who_start_at_once_make_the_tables_once(self, opens: Opens) -> None:
        journals = [opens() for _ in range(8)]
        assert await asyncio.gather(*(journal.rooms() for journal in journals)) == [[]] * 8

    async def test_tables_of_a_newer_program_are_refused(self, opens: Opens, schema: str) -> None:
        await opens().rooms()
        with connected() as connection:
            connection.execute(f'UPDATE "{schema}".tables SET version = 99')  # noqa: S608 - a name of ours
        assert "version 99" in str(await refused(JournalError, opens().rooms()))

    async def test_who_no_longer_renews_its_lease_loses_its_rooms_and_is_fenced(self, opens: Opens) -> None:
        zombie, other = opens(), opens()
        lease = await begin(zombie, "a", 1)
        quiet = await begin(zombie, "b", 1)
        await asyncio.sleep(1.5)
        await refused(RoomOwned, other.claim(Claim(stream="a")))  # renewed, it lives longer than a lease
        assert isinstance(zombie, PostgresJournal)
        renewing = zombie._parts.owner._renewing
        assert renewing is not None
        renewing.cancel()
        await asyncio.sleep(1.2)
        row = await other.room("a")
        assert row is not None
        assert not row.owner_alive
        taken = await other.claim(Claim(stream="a"))
        await say(other, taken, 2)
        await refused(Fenced, say(zombie, lease, 2))
        await say(zombie, quiet, 2)  # nobody took this one
        assert verify_chain(await other.read("a"), b"") == 0
        assert len(await other.read("a")) == 2

    async def test_a_tail_waits_for_whoever_began_first_and_commits_last(self, opens: Opens, schema: str) -> None:
        journal = opens()
        lease = await begin(journal, "a", 1)
        start = await journal.end()
        columns = "stream, seq, at, type, by, v, salt, body, digest, hash"
        with psycopg.connect(URL) as slow:
            slow.execute(
                f"""INSERT INTO "{schema}".event (place, {columns})
                    SELECT (pg_current_xact_id()::text::bigint << 20) + 1, 'slow', {columns.partition(", ")[2]}
                    FROM "{schema}".event WHERE stream = 'a'"""  # noqa: S608 - a name of ours
            )
            await say(journal, lease, 2)
            seen, position = await journal.tail(start)
            assert seen == []
            slow.commit()
        seen, _ = await journal.tail(position)
        assert [record.stream for record in seen] == ["slow", "a"]
        assert [record.position for record in seen] == sorted(record.position for record in seen)

    async def test_a_connection_that_breaks_is_opened_again(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a", 1)
        with connected() as connection:
            connection.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name = 'antiphon' AND pid <> pg_backend_pid()"""
            )
        await refused(JournalError, say(journal, lease, 2))
        await refused(JournalError, journal.read("a"))
        again = await journal.claim(Claim(stream="a"))
        await say(journal, again, 2)
        assert [record.seq for record in await journal.read("a")] == [1, 2]

    async def test_writes_of_a_thousand_rooms_share_statements(self, opens: Opens) -> None:
        journal = opens()
        leases = [await begin(journal, f"room-{n:03}") for n in range(200)]
        await asyncio.gather(*(say(journal, lease, seq) for lease in leases for seq in (1, 2, 3)))
        rows = {row.stream: row.head_seq for row in await journal.rooms()}
        assert set(rows.values()) == {3}
        places = [record.position for record in (await journal.tail(None))[0]]
        assert len({place >> 20 for place in places}) < 100

    async def test_two_who_append_in_groups_never_wait_for_each_other_in_a_circle(self, opens: Opens) -> None:
        journals = [opens(), opens()]
        leases = [[await begin(journal, f"{n}-{i}") for i in range(30)] for n, journal in enumerate(journals)]
        for seq in range(1, 11):
            orders = [list(leases[0]), list(reversed(leases[1]))]
            await asyncio.gather(
                *(say(j, lease, seq) for j, order in zip(journals, orders, strict=True) for lease in order)
            )
        assert {row.head_seq for row in await journals[0].rooms()} == {10}

    async def test_rooms_are_copied_to_a_file_and_back(self, opens: Opens, tmp_path: Path) -> None:
        journal = opens()
        await begin(journal, "a", 3)
        parent = await journal.read("a")
        fork = Claim(stream="b", create=True, head_seq=2, head_hash=parent[1].hash, parent="a")
        await say(journal, await journal.claim(fork), 3)
        blob = await journal.put_blob(b"\x89PNG\0", "image/png")
        file = SqliteJournal(tmp_path / "copy.db")
        assert [(one.room, one.events) async for one in copy_rooms(journal, file)] == [("a", 3), ("b", 1)]
        assert [one.events async for one in copy_rooms(journal, file)] == [0, 0]
        assert [r.hash for r in await file.read("b")] == [r.hash for r in await journal.read("b")]
        assert await file.get_blob(blob) is None  # no event names it
        await file.close()

    async def test_a_whole_room_runs_in_one_process_and_is_verified_and_forked_by_others(
        self, opens: Opens, schema: str
    ) -> None:
        url = with_options(schema=schema)
        await antiphon_at(url, "run", "dyad", "--rounds", "3", "--seed", "7", "--json")
        (row,) = await opens().rooms()
        assert row.phase == "ended"
        await antiphon_at(url, "fork", row.stream, "--at", "8", "--rounds", "1")
        verified = [json.loads(line) for line in (await antiphon_at(url, "verify", "--replay", "--json")).splitlines()]
        assert verified[-1]["rooms"] == 2
        assert verified[-1]["broken"] == 0


def test_what_is_no_address_is_refused_in_words() -> None:
    for bad in ("schema=a b", "schema=1a", "schema=Ab", "lease=0", "lease=never", "lease=nan", "lease=4000"):
        with pytest.raises(UserError, match=bad.partition("=")[0]):
            place_in(f"postgresql://host/db?{bad}")
    place = place_in("postgresql://me:secret@host:5433/db?sslmode=require&schema=lab&lease=5")
    assert (place.address, place.schema, place.lease) == (
        "postgresql://me:secret@host:5433/db?sslmode=require",
        "lab",
        5,
    )


async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    journal = open_journal("postgresql://me:opensesame@127.0.0.1:9/db")
    told = str(await refused(JournalError, journal.rooms()))
    assert told.startswith("PostgreSQL: ")
    assert "opensesame" not in told
    await journal.close()
