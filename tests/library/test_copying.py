"""Rooms are copied byte for byte, parents first; what cannot be the same room is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import BrokenChain, NotAllowed
from antiphon.journal.memory import MemoryJournal
from antiphon.library.copying import copy_rooms
from antiphon.room.events import EffectEnded
from antiphon.room.journals import Claim, Journal, RoomRow
from antiphon.testing.writes import add, begin, say


async def forked(journal: Journal, parent: str, name: str, at: int) -> None:
    head = (await journal.read(parent))[-1].hash
    claim = Claim(stream=name, create=True, head_seq=at, head_hash=head, parent=parent)
    await say(journal, await journal.claim(claim), at + 1)


async def test_a_family_of_forks_is_copied_and_copying_again_copies_nothing() -> None:
    source, target = MemoryJournal(), MemoryJournal()
    lease = await begin(source, "parent", 2)
    blob = await source.put_blob(b"\x89PNG\0", "image/png")
    await add(source, lease, EffectEnded(effect="e1", kind="image", seat="AI-1", caption="", blob=blob), after=2)
    await forked(source, "parent", "child", 3)
    await forked(source, "child", "grandchild", 4)
    copied = [(one.room, one.events) async for one in copy_rooms(source, target)]
    assert copied == [("parent", 3), ("child", 1), ("grandchild", 1)]
    assert await target.get_blob(blob) == (b"\x89PNG\0", "image/png")
    assert [one.events async for one in copy_rooms(source, target)] == [0, 0, 0]


async def test_another_room_of_the_same_name_is_never_overwritten() -> None:
    source, target = MemoryJournal(), MemoryJournal()
    await begin(source, "a", 3)
    await begin(target, "a", 2)
    with pytest.raises(NotAllowed, match=r"seq 3 and 2"):
        _ = [one async for one in copy_rooms(source, target)]
    assert len(await target.read("a")) == 2


async def test_a_room_that_was_damaged_is_named() -> None:
    source, target = MemoryJournal(), MemoryJournal()
    await begin(source, "a", 3)
    del source.store.rooms["a"].records[1]
    with pytest.raises(BrokenChain, match="room a is broken at seq 2"):
        _ = [one async for one in copy_rooms(source, target)]


@given(st.lists(st.integers(-1, 5), min_size=1, max_size=6))
async def test_every_parent_comes_before_its_forks(parents: list[int]) -> None:
    source, target = MemoryJournal(), MemoryJournal()
    await begin(source, "room-0", 1)
    for number, parent in enumerate(parents, 1):
        of = f"room-{min(parent, number - 1)}"
        if parent < 0:
            await begin(source, f"room-{number}", 1)
        else:
            row = await source.room(of)
            assert isinstance(row, RoomRow)
            await forked(source, of, f"room-{number}", row.head_seq)
    seen: set[str] = set()
    async for one in copy_rooms(source, target):
        row = await source.room(one.room)
        assert isinstance(row, RoomRow)
        assert row.parent is None or row.parent in seen
        seen.add(one.room)
    assert len(seen) == len(parents) + 1
