# ruff: noqa: S101, PLR2004 - tests: they assert, a test's name is its sentence, expected values are numbers
"""The contract of every journal, as tests: inherit `JournalContract` and give it the fixture `opens`.

    class TestMine(JournalContract):
        @pytest.fixture
        async def opens(self) -> AsyncIterator[Opens]: ...

Two journals that `opens` gives share their storage and are two owners. This file holds events and ownership;
`keeping` and `deleting` hold the rest. It knows no journal but the one in memory, whose rooms
others take in.
"""

from __future__ import annotations

import asyncio

import msgspec

from antiphon.errors import Fenced, JournalError, NotAllowed, RoomOwned, Stale, UnknownName
from antiphon.journal.memory import MemoryJournal
from antiphon.room.events import MessageSaid, NoticeGiven, TurnEnded
from antiphon.room.journals import Claim, Journal, Lease, Record, Request, Write
from antiphon.room.records import decode, verify_chain
from antiphon.testing.deleting import DeletingContract
from antiphon.testing.keeping import KeepingContract
from antiphon.testing.writes import Opens, add, begin, refused, said, say, write

__all__ = ["JournalContract"]


class EventsContract:
    """What `append`, `read`, `rooms` and `tail` promise."""

    async def test_what_was_appended_is_read_back(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a")
        bodies = (MessageSaid(seat="AI-1", text="one"), NoticeGiven(text="two"), TurnEnded(turn=1, outcome="passed"))
        stored = await add(journal, lease, *bodies)
        read = await journal.read("a")
        assert [decode(record).body for record in read] == list(bodies)
        assert [(r.seq, r.hash, r.body, r.salt) for r in read] == [(r.seq, r.hash, r.body, r.salt) for r in stored]
        assert verify_chain(read, b"") == 0
        assert [r.seq for r in await journal.read("a", after=1, until=2)] == [2]
        assert await journal.read("nobody") == []

    async def test_every_salt_is_another(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 50)
        assert len({record.salt for record in await journal.read("a")}) == 50

    async def test_another_journal_sees_what_was_acknowledged(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        await begin(journal, "a", 3)
        assert await other.read("a") == await journal.read("a")
        await journal.close()
        assert [record.seq for record in await opens().read("a")] == [1, 2, 3]

    async def test_a_write_that_is_not_next_is_stale_and_stores_nothing(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a", 2)
        await refused(Stale, say(journal, lease, 5))
        await refused(Stale, say(journal, lease, 2))
        gap = Write(stream="a", fence=lease.fence, events=(said("a", 3), said("a", 5)), phase="live", counters={})
        await refused(Stale, journal.append(gap))
        assert len(await journal.read("a")) == 2
        await say(journal, lease, 3)

    async def test_events_of_another_room_are_refused(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a")
        wrong = Write(stream="a", fence=lease.fence, events=(said("b", 1),), phase="live", counters={})
        await refused(Stale, journal.append(wrong))

    async def test_an_old_fence_and_no_lease_are_fenced(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        old = await begin(journal, "a", 1)
        new = await journal.claim(Claim(stream="a"))
        assert (new.fence, new.head_seq) == (old.fence + 1, 1)
        await refused(Fenced, say(journal, old, 2))
        await refused(Fenced, say(other, new, 2))
        await say(journal, new, 2)

    async def test_a_stale_room_in_a_group_is_refused_alone(self, opens: Opens) -> None:
        journal = opens()
        leases = [await begin(journal, f"room-{n}", 1) for n in range(10)]
        writes = [say(journal, lease, 9 if n == 4 else 2) for n, lease in enumerate(leases)]
        results = await asyncio.gather(*writes, return_exceptions=True)
        assert [type(result) for n, result in enumerate(results) if n != 4] == [Record] * 9
        assert isinstance(results[4], Stale)
        assert [len(await journal.read(f"room-{n}")) for n in range(10)] == [2, 2, 2, 2, 1, 2, 2, 2, 2, 2]

    async def test_writes_of_one_room_may_follow_before_the_first_returns(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a")
        await asyncio.gather(*(say(journal, lease, seq) for seq in range(1, 21)))
        assert verify_chain(await journal.read("a"), b"") == 0
        assert len(await journal.read("a")) == 20

    async def test_a_writer_that_gives_up_waiting_leaves_the_chain_whole(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a", 1)
        waiting = asyncio.create_task(say(journal, lease, 2))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await say(journal, lease, 3)
        assert [record.seq for record in await journal.read("a")] == [1, 2, 3]
        assert verify_chain(await journal.read("a"), b"") == 0

    async def test_hostile_text_is_kept(self, opens: Opens) -> None:
        journal = opens()
        text = "nul \0, half a pair \ud83d, quote \", line\nend, '; DROP TABLE event; --"
        lease = await begin(journal, "a", [text])
        body = decode((await journal.read("a"))[0]).body
        assert isinstance(body, MessageSaid)
        assert body.text == text.replace("\ud83d", "\ufffd")
        await say(journal, lease, 2)
        assert verify_chain(await journal.read("a"), b"") == 0

    async def test_rooms_are_listed_with_what_their_last_write_said(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 1)
        lease = await begin(journal, "b", 2)
        end = write(lease, NoticeGiven(text="it is over"), after=2)
        await journal.append(msgspec.structs.replace(end, phase="ended", counters={"messages": 7, "cost": 0.5}))
        rows = {row.stream: row for row in await journal.rooms()}
        assert set(rows) == {"a", "b"}
        row = rows["b"]
        assert (row.phase, row.counters, row.head_seq) == ("ended", {"messages": 7, "cost": 0.5}, 3)
        assert row.head_hash == (await journal.read("b"))[-1].hash
        assert row == await journal.room("b")
        assert await journal.room("nobody") is None

    async def test_a_fork_goes_on_where_its_parent_stood(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 5)
        parent = await journal.read("a")
        claim = Claim(stream="b", create=True, head_seq=3, head_hash=parent[2].hash, parent="a")
        lease = await journal.claim(claim)
        await say(journal, lease, 4)
        own = await journal.read("b")
        assert [record.seq for record in own] == [4]
        assert verify_chain(own, parent[2].hash) == 0
        row = await journal.room("b")
        assert row is not None
        assert row.parent == "a"

    async def test_a_tail_gives_everything_once_in_the_order_of_commits(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        assert (await journal.tail(None))[0] == []
        start = await journal.end()
        first, second = await begin(journal, "a"), await begin(other, "b")
        seen: list[Record] = []
        position: str | None = start

        async def follow() -> None:
            nonlocal position
            while len(seen) < 60:
                records, position = await journal.tail(position, limit=7)
                seen.extend(records)
                await asyncio.sleep(0.001)

        async def talk(where: Journal, lease: Lease) -> None:
            for seq in range(1, 31):
                await say(where, lease, seq)

        await asyncio.wait_for(asyncio.gather(follow(), talk(journal, first), talk(other, second)), 20)
        assert sorted((r.stream, r.seq) for r in seen) == sorted((s, n) for s in "ab" for n in range(1, 31))
        assert [r.position for r in seen] == sorted(r.position for r in seen)
        assert (await other.tail(position))[0] == []
        assert await journal.end() == position

    async def test_a_tail_can_follow_some_rooms(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 3)
        lease = await begin(journal, "b", 2)
        records, position = await journal.tail(None, ["b"])
        assert [(r.stream, r.seq) for r in records] == [("b", 1), ("b", 2)]
        await begin(journal, "c", 1)
        assert (await journal.tail(position, ["b"]))[0] == []
        await say(journal, lease, 3)
        assert [r.seq for r in (await journal.tail(position, ["b"]))[0]] == [3]

    async def test_a_position_nobody_gave_is_refused(self, opens: Opens) -> None:
        journal = opens()
        for position in ("", "last", "-1", "1; DROP TABLE event", "９", "9" * 40):
            assert "position" in str(await refused(JournalError, journal.tail(position)))

    async def test_a_closed_journal_says_so(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a", 1)
        await journal.close()
        await journal.close()
        await refused(JournalError, say(journal, lease, 2))


class OwningContract:
    """What `claim`, `release` and the inbox promise."""

    async def test_a_room_is_one_owners_at_a_time(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        lease = await begin(journal, "a", 1)
        owned = await refused(RoomOwned, other.claim(Claim(stream="a")))
        assert isinstance(owned, RoomOwned)
        assert owned.pid is not None
        assert str(owned.pid) in str(owned)
        row = await other.room("a")
        assert row is not None
        assert (row.owner, row.owner_pid, row.owner_alive) == (lease.owner, owned.pid, True)
        await journal.release(lease)
        taken = await other.claim(Claim(stream="a"))
        assert (taken.fence, taken.head_seq) == (lease.fence + 1, 1)
        await refused(Fenced, say(journal, lease, 2))
        await say(other, taken, 2)

    async def test_a_closed_owner_is_dead(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        await begin(journal, "a", 1)
        await journal.close()
        row = await other.room("a")
        assert row is not None
        assert not row.owner_alive
        await other.claim(Claim(stream="a"))

    async def test_releasing_what_somebody_else_took_changes_nothing(self, opens: Opens) -> None:
        journal = opens()
        old = await begin(journal, "a", 1)
        new = await journal.claim(Claim(stream="a"))
        await journal.release(old)
        await say(journal, new, 2)

    async def test_an_unknown_room_and_a_known_one_created_again_are_refused(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a")
        unknown = await refused(UnknownName, journal.claim(Claim(stream="b")))
        assert "there are: a" in str(unknown)
        await refused(NotAllowed, journal.claim(Claim(stream="a", create=True)))

    async def test_a_fork_may_be_run_while_another_process_runs_its_parent(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        parent = await begin(journal, "a", 1)
        claim = Claim(stream="b", create=True, head_seq=1, head_hash=parent.head_hash, parent="a")
        await other.claim(claim)
        await journal.claim(Claim(stream="a"))

    async def test_a_request_reaches_the_owner_and_goes_with_its_answer(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        lease = await begin(journal, "a", 1)
        first = Request(id="1", stream="a", verb="say", arguments={"text": "héllo", "n": [1]}, by="person:ada")
        second = Request(id="2", stream="a", verb="pause")
        assert await journal.asked() == []
        await other.ask(first)
        await other.ask(second)
        assert await journal.asked() == [first, second]
        assert await journal.asked(["b"]) == []
        assert await other.asked() == []
        assert await other.asked(["a"]) == [first, second]
        await journal.append(write(lease, MessageSaid(person="ada", text="héllo"), after=1, done=("1",)))
        assert await journal.asked() == [second]
        await refused(Stale, journal.append(write(lease, NoticeGiven(text="late"), after=7, done=("2",))))
        assert await journal.asked() == [second]
        assert await other.withdraw("2")
        assert not await other.withdraw("2")
        assert await journal.asked() == []

    async def test_a_request_to_nobody_is_refused(self, opens: Opens) -> None:
        await refused(UnknownName, opens().ask(Request(id="1", stream="nobody", verb="pause")))

    async def test_requests_wait_for_the_next_owner(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        lease = await begin(journal, "a")
        await journal.release(lease)
        request = Request(id="1", stream="a", verb="end")
        await journal.ask(request)
        assert await journal.asked() == []
        await other.claim(Claim(stream="a"))
        assert await other.asked() == [request]


class TakingContract:
    """What `take_in` promises."""

    async def test_a_room_is_taken_in_byte_for_byte_and_goes_on_there(self, opens: Opens) -> None:
        journal, elsewhere = opens(), MemoryJournal()
        await begin(elsewhere, "a", 5)
        await elsewhere.erase("a", [2])
        row, records = await elsewhere.room("a"), await elsewhere.read("a")
        assert row is not None
        await journal.take_in(row, records)
        read = await journal.read("a")
        assert verify_chain(read, b"") == 1
        assert [(r.seq, r.salt, r.body, r.hash) for r in read] == [(r.seq, r.salt, r.body, r.hash) for r in records]
        there = await journal.room("a")
        assert there is not None
        assert (there.head_seq, there.head_hash, there.phase, there.counters) == (
            5,
            row.head_hash,
            "live",
            row.counters,
        )
        assert (there.owner, there.created_at, there.changed_at) == (None, row.created_at, row.changed_at)
        lease = await journal.claim(Claim(stream="a"))
        await say(journal, lease, 6)
        assert verify_chain(await journal.read("a"), b"") == 1
        assert {r.seq for r in (await journal.tail(None))[0]} == {1, 2, 3, 4, 5, 6}

    async def test_a_room_that_is_there_is_not_taken_in_again(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 2)
        row, records = await journal.room("a"), await journal.read("a")
        assert row is not None
        assert "exists" in str(await refused(NotAllowed, journal.take_in(row, records)))
        assert len(await journal.read("a")) == 2


class JournalContract(EventsContract, OwningContract, KeepingContract, DeletingContract, TakingContract):
    """All that a journal promises."""
