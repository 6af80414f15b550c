"""The same log gives the same flags: in another process, with other hash seeds, and over any stream of made talk."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Record
from antiphon.room.events import FlagRaised
from antiphon.room.records import decode, line
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.history import history
from antiphon.runner.replay import replay

CHILD = """
import sys
from hashlib import blake2b
import msgspec
from antiphon.monitor.monitor import Monitor
from antiphon.monitor.degeneration import degeneration
from antiphon.testing.loops import LOOPS, loop
from antiphon.testing.streams import LIVING, living

seen = blake2b(digest_size=16)
for policy in ("careful", "thrifty", "observe"):
    for said in [*(living(kind, 3, length=40) for kind in LIVING), *(loop(kind, 3).said for kind in LOOPS)]:
        monitor = Monitor(policy)
        for who, text in list(said)[:80]:
            seen.update(msgspec.json.encode(monitor.see(who, text)))
            seen.update(repr(degeneration(text)).encode())
        seen.update(monitor.snapshot())
print(seen.hexdigest())
"""


def child(code: str, seed: str, given: bytes = b"") -> str:
    """Run code in a process of its own, with a hash seed of its own; give what it prints."""
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, check=True, env=env)  # noqa: S603 - our own words
    return done.stdout.decode()


def test_another_process_with_another_hash_seed_gives_the_same_verdicts_byte_for_byte() -> None:
    assert len({child(CHILD, seed) for seed in ("0", "1", "4242")}) == 1


REPLAY = """
import sys
from antiphon.room.records import parse_line
from antiphon.runner.replay import replay
records = [parse_line(text) for text in sys.stdin.buffer.read().splitlines()]
print(replay(records[0].stream, records))
"""


async def watched(policy: str) -> list[Record]:
    """Give the records of a room in which there is much to find."""
    journal = MemoryJournal()
    rules = {"when_it_ends": {"messages": {"count": 60}}}
    plan = Scenario(name="again", seats=(SeatPlan(model="suspect"),) * 2, rules=rules)
    session = await Laboratory(journal).begin(plan, seed=6, policy=policy)
    await session.run()
    return await history(journal, session.id)


@pytest.mark.parametrize("policy", ["careful", "thrifty", "observe"])
def test_a_room_s_log_gives_its_flags_again_in_a_process_of_its_own(policy: str) -> None:
    records = asyncio.run(watched(policy))
    assert any(isinstance(decode(record).body, FlagRaised) for record in records)
    lines = b"\n".join(line(record) for record in records)
    for seed in ("1", "99"):
        assert int(child(REPLAY, seed, lines)) == replay(records[0].stream, records)
