from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.errors import Fenced, JournalError, UserError
from antiphon.journal.schema import connect
from antiphon.journal.sqlite import SqliteJournal
from antiphon.room.events import MessageSaid
from antiphon.room.journals import Claim, Request
from antiphon.room.records import verify_chain
from antiphon.testing.journals import JournalContract
from antiphon.testing.writes import Opens, add, begin, refused, say


@pytest.fixture
async def opens(tmp_path: Path) -> AsyncIterator[Opens]:
    opened: list[SqliteJournal] = []

    def another() -> SqliteJournal:
        opened.append(SqliteJournal(tmp_path / "data" / "journal.db"))
        return opened[-1]

    yield another
    for journal in opened:
        await journal.close()


@pytest.fixture
async def journal(opens: Opens) -> SqliteJournal:
    made = opens()
    assert isinstance(made, SqliteJournal)
    return made


class TestSqliteJournal(JournalContract):
    """The whole contract; `opens` stands above."""


def inside(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def raw(journal: SqliteJournal) -> sqlite3.Connection:
    return connect(journal.path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
async def test_the_folder_and_every_file_are_the_owners_alone(journal: SqliteJournal) -> None:
    await begin(journal, "a", 1)
    folder = journal.path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert {"journal.db", "journal.db-wal", "journal.db-shm"} <= set(modes)
    assert {mode for name, mode in modes.items() if not name.endswith(".owners")} == {0o600}
    assert modes["journal.db.owners"] == 0o700


async def test_nothing_is_made_before_the_first_use(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "data" / "journal.db")
    await journal.close()
    assert not journal.path.parent.exists()


async def test_what_is_no_journal_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_bytes(b"Dear Nova, this is no database. " * 200)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    before = text.read_bytes()
    for path in (text, other, tmp_path):
        journal = SqliteJournal(path)
        assert str(path) in str(await refused(JournalError, journal.rooms()))
        await journal.close()
    assert text.read_bytes() == before
    assert "another program" in str(await refused(JournalError, SqliteJournal(other).rooms()))


async def test_tables_of_a_newer_program_are_refused_with_both_versions(journal: SqliteJournal) -> None:
    await begin(journal, "a", 1)
    await journal.close()
    connection = raw(journal)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    told = str(await refused(JournalError, SqliteJournal(journal.path).rooms()))
    assert "version 7" in told
    assert "reads 1" in told


async def test_many_processes_may_make_the_file_at_once(opens: Opens) -> None:
    journals = [opens() for _ in range(8)]
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, one.rooms()) for one in journals))
    await begin(journals[0], "a", 1)


async def test_a_room_that_was_taken_is_fenced_alone_in_its_group(journal: SqliteJournal) -> None:
    leases = [await begin(journal, f"room-{n}", 1) for n in range(6)]
    connection = raw(journal)
    connection.execute("UPDATE room SET fence = fence + 1 WHERE stream = 'room-3'")
    connection.close()
    results = await asyncio.gather(*(say(journal, lease, 2) for lease in leases), return_exceptions=True)
    assert [type(result) for result in results].count(Fenced) == 1
    assert isinstance(results[3], Fenced)
    assert [len(await journal.read(f"room-{n}")) for n in range(6)] == [2, 2, 2, 1, 2, 2]
    await refused(JournalError, say(journal, leases[3], 3))


async def test_what_follows_a_refused_write_is_refused_too(journal: SqliteJournal) -> None:
    lease = await begin(journal, "a", 1)
    connection = raw(journal)
    connection.execute("UPDATE room SET head_seq = 9")
    connection.close()
    results = await asyncio.gather(*(say(journal, lease, seq) for seq in (2, 3, 4)), return_exceptions=True)
    assert all(isinstance(result, JournalError) for result in results)
    assert len(await journal.read("a")) == 1


async def test_a_deed_that_spoils_its_transaction_spoils_no_other_write(journal: SqliteJournal) -> None:
    lease = await begin(journal, "a", 1)

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO projection VALUES ('said', 0)")

    results = await asyncio.gather(
        say(journal, lease, 2), journal._write(spoil), say(journal, lease, 3), return_exceptions=True
    )
    assert isinstance(results[1], JournalError)
    assert len(await journal.read("a")) == 3


async def test_a_full_disk_fails_everybody_who_waits_and_hangs_nobody(journal: SqliteJournal) -> None:
    leases = [await begin(journal, f"room-{n}", 1) for n in range(5)]
    await journal._write(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())
    long = MessageSaid(seat="AI-1", text="x" * 2_000_000)
    writes = [add(journal, lease, long, after=1) for lease in leases]
    results = await asyncio.wait_for(asyncio.gather(*writes, return_exceptions=True), 10)
    assert all(isinstance(result, JournalError) for result in results)
    assert all("full" in str(result) and "xxx" not in str(result) for result in results)
    await journal._write(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchone())
    await refused(JournalError, say(journal, leases[0], 2))  # the fold of whoever wrote is ahead: claim again
    again = await journal.claim(Claim(stream="room-0"))
    await say(journal, again, 2)
    assert verify_chain(await journal.read("room-0"), b"") == 0


async def test_ids_are_given_under_the_write_lock_so_a_tail_skips_nothing(journal: SqliteJournal, opens: Opens) -> None:
    """SQLite has one writer: a second one cannot take a higher id while the first has not committed its lower one."""
    lease = await begin(journal, "a", 1)
    position = await journal.end()
    slow = raw(journal)
    slow.execute("BEGIN IMMEDIATE")
    slow.execute(
        "INSERT INTO event (stream, seq, at, type, by, v, digest, hash) VALUES ('b', 1, '', 'x', '', 1, x'', x'')"
    )
    taken = slow.execute("SELECT max(id) FROM event").fetchone()[0]
    fast = asyncio.create_task(say(journal, lease, 2))
    await asyncio.sleep(0.1)
    records, after = await opens().tail(position)
    assert records == []
    slow.execute("COMMIT")
    slow.close()
    await fast
    records, _ = await opens().tail(after)
    assert [(record.stream, record.position) for record in records] == [("b", taken), ("a", taken + 1)]


async def test_an_idle_tail_and_an_empty_inbox_ask_no_table(journal: SqliteJournal) -> None:
    lease = await begin(journal, "a", 1)
    _, position = await journal.tail(None)
    await journal.asked()
    asked: list[str] = []
    journal._parts.look.set_trace_callback(asked.append)
    journal._parts.read.set_trace_callback(asked.append)
    for _ in range(50):
        assert await journal.tail(position) == ([], position)
        assert await journal.asked() == []
    assert set(asked) == {"PRAGMA data_version"}
    await say(journal, lease, 2)
    assert len((await journal.tail(position))[0]) == 1


async def test_the_index_is_brought_up_to_date_in_quiet_moments(journal: SqliteJournal) -> None:
    await begin(journal, "a", ["a kingfisher"])
    connection = raw(journal)
    for _ in range(300):
        if connection.execute("SELECT position FROM projection").fetchone()[0] == 1:
            break
        await asyncio.sleep(0.01)
    assert connection.execute("SELECT count(*) FROM said").fetchone()[0] == 1
    connection.close()


async def test_a_backup_is_a_journal_whose_rooms_can_be_taken(journal: SqliteJournal, tmp_path: Path) -> None:
    lease = await begin(journal, "a", 20)
    writing = asyncio.gather(*(say(journal, lease, seq) for seq in range(21, 60)))
    await journal.backup(str(tmp_path / "copy.db"))
    await writing
    copy = SqliteJournal(tmp_path / "copy.db")
    records = await copy.read("a")
    assert verify_chain(records, b"") == 0
    row = await copy.room("a")
    assert row is not None
    assert (row.head_seq, row.owner_alive) == (len(records), False)
    taken = await copy.claim(Claim(stream="a"))
    await say(copy, taken, len(records) + 1)
    await copy.close()


async def test_a_backup_that_cannot_be_written_leaves_nothing(journal: SqliteJournal, tmp_path: Path) -> None:
    await begin(journal, "a", 1)
    await refused(UserError, journal.backup(str(tmp_path / "no such folder" / "copy.db")))


def test_one_journal_serves_one_event_loop_after_another(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    lease = asyncio.run(begin(journal, "a", 1))
    asyncio.run(say(journal, lease, 2))
    assert len(asyncio.run(journal.read("a"))) == 2
    asyncio.run(journal.close())


async def test_requests_of_a_room_wait_through_a_restart(journal: SqliteJournal, opens: Opens) -> None:
    await begin(journal, "a", 1)
    await journal.ask(Request(id="1", stream="a", verb="say", arguments={"text": "hello"}))
    await journal.close()
    later = opens()
    await later.claim(Claim(stream="a"))
    assert [request.id for request in await later.asked()] == ["1"]


async def test_owners_leave_no_file_behind(journal: SqliteJournal) -> None:
    folder = journal.path.with_name("journal.db.owners")
    folder.mkdir(parents=True)
    (folder / "0123456789abcdef").write_text("left by a process that was killed")
    await begin(journal, "a", 1)
    assert len(inside(folder)) == 1
    await journal.close()
    assert inside(folder) == []
