"""A rule gone wild raises a flag a hundred thousand times: it stays one flag, and nobody hears before it is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from antiphon.errors import JournalError
from antiphon.journal.memory import MemoryJournal
from antiphon.library.flagging import answer, flags_in
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Record, Write
from antiphon.room.events import Event, FlagRaised
from antiphon.room.flags import fingerprint
from antiphon.runner.opening import pack
from antiphon.runner.requests import Inbox

MANY = 100_000
AT_ONCE = 2_000
"""Flags in one transaction."""


def raising(room: str, number: int, severity: int = 1) -> FlagRaised:
    """Raise the one flag of a room, on ever newer evidence."""
    mark = fingerprint(room, "wild", None)
    return FlagRaised(flag=mark, fingerprint=mark, rule="wild", severity=severity, evidence=(number,), ttl=100)


@pytest.fixture
async def laboratory(tmp_path: Path) -> AsyncIterator[Laboratory]:
    async with Laboratory(str(tmp_path / "journal.db")) as laboratory:
        yield laboratory


async def test_a_hundred_thousand_duplicates_are_all_kept_and_are_one_flag(laboratory: Laboratory) -> None:
    session = await laboratory.begin("dyad", seats=["echo", "echo"], seed=1)
    room, told = session.conductor.room, list[int]()
    room.listeners.append(lambda event, _: told.append(event.seq))
    before = len(pack(room))
    for start in range(0, MANY, AT_ONCE):
        for number in range(start, start + AT_ONCE):
            room.take("monitor", raising(session.id, number))
        await room.flush()
    assert told == list(range(told[0], told[0] + MANY))
    assert len(pack(room)) < before + 2_048
    await session.conductor.run(2)
    assert room.state.turn == 2
    [found] = await flags_in(laboratory, session.id)
    assert (found.flag.count, found.flag.last_seq - found.flag.first_seq) == (MANY, MANY - 1)
    assert len(msgspec.json.encode(found.flag)) < 1_024
    _, handed = await answer(laboratory, found.flag.id[:6], "false", reason="the rule is wrong", room=session.id)
    assert handed
    await Inbox({session.id: session.conductor}).look()
    await session.release()
    [after] = await flags_in(laboratory, session.id)
    assert (after.flag.state, after.flag.count) == ("resolved", MANY)


class Deaf(MemoryJournal):
    """Keeps everything until it meets a flag, which it cannot store."""

    async def append(self, write: Write) -> tuple[Record, ...]:
        if any(isinstance(event.body, FlagRaised) for event in write.events):
            raise JournalError("the disk is full")
        return await super().append(write)


class Noting(MemoryJournal):
    """Notes what is stored once it is."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: set[int] = set()

    async def append(self, write: Write) -> tuple[Record, ...]:
        records = await super().append(write)
        self.stored |= {record.seq for record in records}
        return records


async def test_nobody_hears_of_a_flag_before_it_is_stored() -> None:
    journal, heard = Noting(), list[Event]()
    async with Laboratory(journal) as laboratory:
        session = await laboratory.begin("dyad", seats=["suspect"], seed=1, policy="observe", messages=12)

        def hear(event: Event, _: Record) -> None:
            assert event.seq in journal.stored
            heard.append(event)

        session.conductor.room.listeners.append(hear)
        await session.run()
    assert any(isinstance(event.body, FlagRaised) for event in heard)


async def test_a_flag_that_cannot_be_stored_is_told_to_nobody() -> None:
    heard: list[Event] = []
    async with Laboratory(Deaf()) as laboratory:
        session = await laboratory.begin("dyad", seats=["suspect"], seed=1, policy="observe", messages=12)
        session.conductor.room.listeners.append(lambda event, _: heard.append(event))
        with pytest.raises(JournalError, match="disk is full"):
            await session.conductor.run()
    assert heard
    assert not any(isinstance(event.body, FlagRaised) for event in heard)
