from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.journal.sqlite import SqliteJournal
from antiphon.testing.journals import JournalContract
from antiphon.testing.writes import Opens


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    async def opens(self, tmp_path: Path) -> AsyncIterator[Opens]:
        opened: list[SqliteJournal] = []

        def another() -> SqliteJournal:
            opened.append(SqliteJournal(tmp_path / "data" / "journal.db"))
            return opened[-1]

        yield another
        for journal in opened:
            await journal.close()
