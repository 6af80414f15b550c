"""A process that is killed in mid-writing loses nothing it acknowledged, and holds nothing back."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from antiphon.errors import RoomOwned
from antiphon.journal.sqlite import SqliteJournal
from antiphon.room.journals import Claim, Request
from antiphon.runner.verify import verify_room
from antiphon.testing.writes import begin, refused, say

ROOMS = 8

CHILD = f"""
import asyncio, sys
from antiphon.journal.sqlite import SqliteJournal
from antiphon.testing.writes import begin, say

async def talk(journal, number):
    lease = await begin(journal, f"room-{{number}}")
    seq = 0
    while True:
        seq += 1
        await say(journal, lease, seq, "x" * (seq * 37 % 3000 + 1))
        print(lease.stream, seq, flush=True)

async def main():
    journal = SqliteJournal(sys.argv[1])
    await asyncio.gather(*(talk(journal, number) for number in range({ROOMS})))

asyncio.run(main())
"""


def started(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)  # noqa: S603


def killed(path: Path, lines: int) -> Counter[str]:
    """Let a child write until it acknowledged so many events, kill it, and give the last it acknowledged by room."""
    child = started(path)
    assert child.stdout is not None
    last: Counter[str] = Counter()
    with child.stdout as printed:
        for count, text in enumerate(printed, 1):
            if count == lines:
                child.send_signal(signal.SIGKILL)
            stream, _, seq = text.strip().partition(" ")
            if seq and text.endswith("\n"):
                last[stream] = int(seq)
    child.wait()
    return last


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("lines", [1, 60, 333, random.Random(7).randrange(400, 900)])
async def test_all_that_was_acknowledged_is_there_and_the_rooms_are_free_at_once(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "journal.db"
    last = await asyncio.to_thread(killed, path, lines)
    assert sum(last.values()) >= lines
    journal = SqliteJournal(path)
    for row in await journal.rooms():
        assert not row.owner_alive
        assert row.head_seq >= last[row.stream]
        found = await verify_room(journal, row.stream)
        assert (found.events, found.broken) == (row.head_seq, None)
        before = time.monotonic()
        lease = await journal.claim(Claim(stream=row.stream))
        assert time.monotonic() - before < 1
        await say(journal, lease, row.head_seq + 1)
    await journal.close()


async def test_another_process_is_named_by_its_pid_and_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    child = started(path)
    assert child.stdout is not None
    try:
        await asyncio.to_thread(child.stdout.readline)
        journal = SqliteJournal(path)
        rooms = await journal.rooms()
        owned = await refused(RoomOwned, journal.claim(Claim(stream=rooms[0].stream)))
        assert owned.pid == child.pid == rooms[0].owner_pid
        before = time.monotonic()
        await journal.ask(Request(id="1", stream=rooms[0].stream, verb="pause"))
        assert time.monotonic() - before < 0.5
        await begin(journal, "mine", 3)
        assert len(await journal.read("mine")) == 3
        await journal.close()
    finally:
        child.kill()
        child.stdout.close()
        child.wait()
