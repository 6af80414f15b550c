"""The disk is full, or the journal can no longer be written: the room stops with a clear error and loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import JournalError
from antiphon.library.laboratory import Laboratory
from antiphon.room.events import EffectEnded, RoomEnded
from antiphon.room.records import decode, line
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.testing.gaps import Trap, TrappedJournal
from antiphon.testing.speakers import Sketcher, Troupe

BLOCKS = 700
"""KB that a file may grow to: the empty journal fits, the log of some turns does not."""

Settled = Callable[..., Awaitable[Any]]  # Any: conftest's Survival
Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command


@pytest.mark.skipif(sys.platform == "win32", reason="`ulimit` bounds files on POSIX only")
async def test_a_full_disk_stops_the_command_and_loses_nothing_acknowledged(
    tmp_path: Path, antiphon: Start, settled: Settled
) -> None:
    words = ("run", "dyad", "--rounds", "200", "--json", "--journal", str(tmp_path / "j.db"))
    command = shlex.join([sys.executable, "-m", "antiphon.cli", *words])
    process = await asyncio.create_subprocess_shell(
        f"ulimit -f {BLOCKS}; exec {command}", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        printed, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("antiphon: ")
    assert "nothing was stored" in said.decode()
    assert "Traceback" not in said.decode()
    again = await antiphon("resume", "last", "--json", "--messages", "500", "--journal", tmp_path / "j.db")
    lines = [printed.split(b"\n")[:-1], await again.rest()]
    assert len(lines[0]) > 20
    await settled(tmp_path / "j.db", lines)


class Cast(Troupe):
    """Is a troupe in the place of a laboratory's own company."""

    async def close(self) -> None:
        """Close nothing."""


async def test_a_picture_that_cannot_be_kept_stops_the_room_at_once_and_is_painted_again_later(tmp_path: Path) -> None:
    def lock() -> None:
        journal._parts.writer._connection.execute("PRAGMA query_only = ON")

    journal = TrappedJournal(tmp_path / "j.db", Trap("picture painted", 1, lock))
    plan = Scenario(
        name="drill",
        seats=(SeatPlan(model="echo"),),
        rights=("image",),
        rules={"when_it_ends": {"messages": {"count": 1}}},
    )
    laboratory = Laboratory(journal)
    laboratory.company = Cast({"AI-1": ['!image "a gate"']}, painter=Sketcher(seconds=0.05))  # type: ignore[assignment]  # the same contract
    session = await laboratory.begin(plan, seed=3)
    async with asyncio.timeout(5):
        with pytest.raises(JournalError, match="readonly"):
            await session.run()
    with contextlib.suppress(JournalError):
        await journal.close()
    async with Laboratory(str(tmp_path / "j.db")) as second:
        again = await second.resume(session.id)
        await again.run()
        bodies = [decode(record).body for record in await second.journal.read(session.id)]
    assert [type(body) for body in bodies[-2:]] == [EffectEnded, RoomEnded]


async def test_a_journal_that_becomes_read_only_stops_the_room_and_the_next_process_goes_on(
    tmp_path: Path, settled: Settled
) -> None:
    def lock() -> None:
        journal._parts.writer._connection.execute("PRAGMA query_only = ON")

    journal = TrappedJournal(tmp_path / "j.db", Trap("before the reply", 3, lock))
    printed: list[bytes] = []
    laboratory = Laboratory(journal)
    session = await laboratory.begin("dyad", seed=3)
    session.listen(lambda _, record: printed.append(line(record)))
    with pytest.raises(JournalError, match="nothing was stored: attempt to write a readonly database"):
        await session.run()
    await laboratory.close()
    with contextlib.suppress(JournalError):  # even letting the room go cannot be written
        await journal.close()
    async with Laboratory(str(tmp_path / "j.db")) as second:
        room = (await second.journal.rooms())[0]
        assert not room.owner_alive
        again = await second.resume(room.stream)
        later: list[bytes] = []
        again.listen(lambda _, record: later.append(line(record)))
        await again.run()
    found = await settled(tmp_path / "j.db", [printed, later])
    assert found.lost == 1
