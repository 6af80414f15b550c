from __future__ import annotations

import msgspec
import pytest

from antiphon.errors import BrokenChain, JournalError, UnknownName
from antiphon.journal.memory import MemoryJournal, Store
from antiphon.room.events import MessageSaid
from antiphon.room.journals import Claim, Lease
from antiphon.runner.history import history
from antiphon.runner.verify import Verified, verify_room
from antiphon.testing.writes import add, begin, refused


async def fork(journal: MemoryJournal, parent: str, name: str, at: int, messages: int = 2) -> Lease:
    """Fork a room behind `at` and say something in the fork."""
    head = (await history(journal, parent, until=at))[-1].hash
    lease = await journal.claim(Claim(stream=name, create=True, head_seq=at, head_hash=head, parent=parent))
    await add(journal, lease, *(MessageSaid(seat="AI-1", text=f"{name} {n}") for n in range(messages)))
    return lease


@pytest.fixture
async def journal() -> MemoryJournal:
    """Room a (1-6), its fork b (4, 5 …), b's fork c (6 …), and d, a fork of b inside what b shares with a."""
    journal = MemoryJournal(Store())
    await begin(journal, "a", 6)
    await fork(journal, "a", "b", 3)
    await fork(journal, "b", "c", 5)
    await fork(journal, "b", "d", 2)
    return journal


def alter(journal: MemoryJournal, stream: str, seq: int, **fields: object) -> None:
    records = journal.store.rooms[stream].records
    place = seq - records[0].seq
    records[place] = msgspec.structs.replace(records[place], **fields)


async def test_a_fork_s_history_is_its_parents_up_to_the_fork_and_then_its_own(journal: MemoryJournal) -> None:
    expected = {
        "a": ["a"] * 6,
        "b": ["a"] * 3 + ["b"] * 2,
        "c": ["a"] * 3 + ["b"] * 2 + ["c"] * 2,
        "d": ["a"] * 2 + ["d"] * 2,
    }
    for stream, streams in expected.items():
        records = await history(journal, stream)
        assert [record.stream for record in records] == streams
        assert [record.seq for record in records] == list(range(1, len(streams) + 1))
    assert [record.seq for record in await history(journal, "c", until=4)] == [1, 2, 3, 4]
    assert (await history(journal, "c", until=4))[-1].stream == "b"


async def test_whole_rooms_and_forks_verify(journal: MemoryJournal) -> None:
    assert await verify_room(journal, "a") == Verified("a", 6, 0)
    for name in "bcd":
        assert await verify_room(journal, name) == Verified(name, 2, 0)


async def test_a_fork_nobody_wrote_into_yet_verifies(journal: MemoryJournal) -> None:
    head = (await history(journal, "c"))[-1].hash
    await journal.claim(Claim(stream="e", create=True, head_seq=7, head_hash=head, parent="c"))
    assert await verify_room(journal, "e") == Verified("e", 0, 0)
    assert len(await history(journal, "e")) == 7


async def test_what_was_erased_is_counted_where_it_stood(journal: MemoryJournal) -> None:
    await journal.erase("a", [1, 5])
    assert await verify_room(journal, "a") == Verified("a", 6, 2)
    assert await verify_room(journal, "c") == Verified("c", 2, 0)


async def test_a_changed_parent_breaks_its_forks_and_is_named(journal: MemoryJournal) -> None:
    alter(journal, "a", 2, by="AI-2")
    for name in "abcd":
        broken = (await verify_room(journal, name)).broken
        assert isinstance(broken, BrokenChain)
        assert (broken.room, broken.seq) == ("a", 2)
    alter(journal, "a", 2, by="runner")
    alter(journal, "a", 6, by="AI-2")  # behind every fork
    assert (await verify_room(journal, "a")).broken is not None
    assert (await verify_room(journal, "c")).broken is None


async def test_a_fork_that_does_not_begin_at_its_parent_s_hash_is_broken(journal: MemoryJournal) -> None:
    other = MemoryJournal()
    await begin(other, "a", 6)  # the same words under other salts
    journal.store.rooms["a"] = other.store.rooms["a"]
    broken = (await verify_room(journal, "b")).broken
    assert broken is not None
    assert (broken.room, broken.seq) == ("b", 4)


async def test_missing_first_and_last_events_are_seen(journal: MemoryJournal) -> None:
    records = journal.store.rooms["a"].records
    last = records.pop()
    broken = (await verify_room(journal, "a")).broken
    assert broken is not None
    assert (broken.room, broken.seq) == ("a", 6)
    records.append(last)
    del records[0]
    broken = (await verify_room(journal, "a")).broken
    assert broken is not None
    assert (broken.room, broken.seq) == ("a", 1)


async def test_a_room_whose_parent_is_gone_is_broken_and_an_unknown_one_unknown(journal: MemoryJournal) -> None:
    await journal.delete("b")
    found = await verify_room(journal, "c")
    assert found.broken is not None
    assert (found.broken.seq, found.events) == (6, 2)
    await refused(UnknownName, verify_room(journal, "nobody"))
    await refused(UnknownName, history(journal, "nobody"))


async def test_parents_in_a_circle_end_the_search(journal: MemoryJournal) -> None:
    room = journal.store.rooms["a"]
    room.row = msgspec.structs.replace(room.row, parent="c")
    assert "circle" in str(await refused(JournalError, history(journal, "c")))
    assert (await verify_room(journal, "c")).broken is not None
