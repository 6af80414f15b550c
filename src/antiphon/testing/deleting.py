# ruff: noqa: S101, D102, PLR2004 - tests: they assert, a test's name is its sentence, expected values are numbers
"""The part of every journal's contract that is about erasing, deleting and copying."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from antiphon.errors import RoomOwned, UnknownName, UserError
from antiphon.room.events import CommandRan, EffectEnded, Erased, MessageSaid
from antiphon.room.journals import Claim, Journal, Lease
from antiphon.room.records import decode, verify_chain
from antiphon.testing.writes import Opens, add, begin, refused, say

__all__ = ["DeletingContract"]


class DeletingContract:
    """What `erase`, `delete` and `backup` promise."""

    async def test_an_erased_event_leaves_a_chain_that_verifies_and_counts_it(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a", 5)
        await journal.put_snapshot("a", 5, b"h", "one", b"data")
        assert await journal.erase("a", [2, 4, 99]) == 2
        assert await journal.erase("a", [2]) == 0
        records = await journal.read("a")
        assert verify_chain(records, b"") == 2
        assert [record.body is None for record in records] == [False, True, False, True, False]
        assert decode(records[1]).body == Erased("message.said")
        assert await journal.get_snapshot("a", "one") is None
        assert {seq for _, seq, _ in await journal.search("message")} == {1, 3, 5}
        await say(journal, lease, 6)
        assert verify_chain(await journal.read("a"), b"") == 2

    async def test_erasing_takes_the_snapshots_of_forks(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", 3)
        await _fork(journal, "a", "b", 2)
        await _fork(journal, "b", "c", 3)
        await journal.put_snapshot("c", 4, b"h", "one", b"data")
        await journal.erase("a", [1])
        assert await journal.get_snapshot("c", "one") is None
        assert len(await journal.read("c")) == 1

    async def test_a_deleted_room_is_gone_and_others_stay(self, opens: Opens) -> None:
        journal = opens()
        await begin(journal, "a", ["a secret garden"])
        other = await begin(journal, "b", ["an open garden"])
        await journal.put_snapshot("a", 1, b"h", "one", b"data")
        position = await journal.end()
        await journal.delete("a")
        assert [row.stream for row in await journal.rooms()] == ["b"]
        assert await journal.read("a") == []
        assert [stream for stream, _, _ in await journal.search("garden")] == ["b"]
        assert [record.stream for record in (await journal.tail(None))[0]] == ["b"]
        await say(journal, other, 2)
        assert [(r.stream, r.seq) for r in (await journal.tail(position))[0]] == [("b", 2)]
        assert verify_chain(await journal.read("b"), b"") == 0
        again = await begin(journal, "a", 1)
        assert again.head_seq == 0
        assert await journal.get_snapshot("a", "one") is None

    async def test_a_room_that_is_not_there_cannot_be_deleted(self, opens: Opens) -> None:
        assert "nobody" in str(await refused(UnknownName, opens().delete("nobody")))

    async def test_what_another_process_runs_is_not_deleted_under_it(self, opens: Opens) -> None:
        journal, other = opens(), opens()
        await begin(journal, "a", 2)
        for doing in (other.delete("a"), other.erase("a", [1])):
            assert (await refused(RoomOwned, doing)).room == "a"
        assert verify_chain(await journal.read("a"), b"") == 0

    async def test_a_blob_goes_with_the_last_event_that_names_it(self, opens: Opens) -> None:
        journal = opens()
        shared, own = await journal.put_blob(b"shared", "image/png"), await journal.put_blob(b"own", "image/png")
        first, second = await begin(journal, "a"), await begin(journal, "b")
        await add(journal, first, _picture(shared), _picture(own), _picture(own))
        await add(journal, second, _picture(shared))
        await journal.erase("a", [2])
        assert await journal.get_blob(own) is not None
        await journal.erase("a", [3])
        assert await journal.get_blob(own) is None
        await journal.delete("a")
        assert await journal.get_blob(shared) == (b"shared", "image/png")
        await journal.delete("b")
        assert await journal.get_blob(shared) is None

    async def test_notes_go_with_the_room_that_wrote_them(self, opens: Opens) -> None:
        journal = opens()
        lease = await begin(journal, "a")
        await begin(journal, "b")
        await add(
            journal, lease, CommandRan(message=1, seat="AI-1", name="remember", args={"text": "two"}, outcome="done")
        )
        await journal.put_notes("garden", "Nova", ["one"], room="b")
        await journal.put_notes("garden", "Nova", ["one", "two", "three"], room="a")
        await journal.erase("a", [1])
        assert await journal.get_notes("garden", "Nova") == ["one", "three"]
        await journal.delete("a")
        assert await journal.get_notes("garden", "Nova") == ["one"]

    async def test_a_backup_is_one_private_file_and_never_replaces_one(self, opens: Opens, tmp_path: Path) -> None:
        journal = opens()
        lease = await begin(journal, "a", 3)
        target = tmp_path / "copies of it.db"
        await journal.backup(str(target))
        size = target.stat().st_size
        assert size > 0
        if sys.platform != "win32":
            assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert "exists" in str(await refused(UserError, journal.backup(str(target))))
        assert target.stat().st_size == size
        await say(journal, lease, 4)


def _picture(blob: str) -> EffectEnded:
    return EffectEnded(effect="e1", kind="image", seat="AI-1", caption="a picture", blob=blob)


async def _fork(journal: Journal, parent: str, name: str, at: int) -> Lease:
    head = (await journal.read(parent))[-1].hash
    lease = await journal.claim(Claim(stream=name, create=True, head_seq=at, head_hash=head, parent=parent))
    await add(journal, lease, MessageSaid(seat="AI-1", text=f"now in {name}"))
    return lease
