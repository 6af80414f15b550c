from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.journal.memory import MemoryJournal, Store
from antiphon.room.records import parse_line, verify_chain
from antiphon.testing.journals import JournalContract
from antiphon.testing.writes import Opens, begin


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    async def opens(self) -> AsyncIterator[Opens]:
        store, opened = Store(), list[MemoryJournal]()

        def another() -> MemoryJournal:
            opened.append(MemoryJournal(store))
            return opened[-1]

        yield another
        for journal in opened:
            await journal.close()


async def test_a_backup_is_jsonl_that_verifies(tmp_path: Path) -> None:
    journal = MemoryJournal()
    await begin(journal, "a", 4)
    await journal.backup(str(tmp_path / "copy.jsonl"))
    records = [parse_line(text) for text in (tmp_path / "copy.jsonl").read_bytes().splitlines()]
    assert verify_chain(records, b"") == 0
    assert len(records) == 4


async def test_two_journals_without_a_store_share_nothing() -> None:
    await begin(MemoryJournal(), "a", 1)
    assert await MemoryJournal().rooms() == []
