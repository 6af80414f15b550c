"""One process opens a journal twice while others come and go: nothing acknowledged is lost by it.

POSIX takes all of a process's locks on a file when any handle of it is closed; SQLite counts on that never
happening behind its back.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from antiphon.library.laboratory import Laboratory
from antiphon.room.records import line

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command
Settled = Callable[..., Awaitable[Any]]  # Any: conftest's Survival


async def test_a_journal_opened_twice_keeps_its_locks(tmp_path: Path, antiphon: Start, settled: Settled) -> None:
    path = tmp_path / "j.db"
    printed: list[bytes] = []
    async with Laboratory(str(path)) as first:
        session = await first.begin("dyad", seed=3)
        session.listen(lambda _, record: printed.append(line(record)))
        await session.run(turns=3)
        async with Laboratory(str(path)) as second:
            assert len(await second.journal.rooms()) == 1
        code, _ = await (await antiphon("rooms", "--journal", path)).ended()
        assert code == 0
        assert path.with_name("j.db-wal").exists()  # a stranger who believes to be the last one takes it away
        again = await first.resume(session.id)
        again.listen(lambda _, record: printed.append(line(record)))
        await again.run()
        command = await antiphon("verify", "--replay", "--json", "--journal", path)
        assert json.loads((await command.rest())[-1])["events"] == len(printed)
    await settled(path, [printed])
