"""Whoever looks at a message sees the same tint, however they came to it, and what was erased has none."""

from __future__ import annotations

import msgspec

from antiphon.library.laboratory import Laboratory
from antiphon.library.tinting import KEPT, Tint, Tints
from antiphon.measures.surprise import Surprises
from antiphon.room.contracts import Record
from antiphon.room.events import MessageSaid
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.transcripts.tint import shaded


async def room(laboratory: Laboratory, rounds: int) -> tuple[str, list[Record]]:
    session = await laboratory.begin("dyad", seed=7)
    await session.run(rounds)
    return session.id, await history(laboratory.journal, session.id)


async def test_a_room_followed_bit_by_bit_is_tinted_as_a_page_of_it() -> None:
    async with Laboratory("memory:") as laboratory:
        name, records = await room(laboratory, 5)
        whole, surprises = {}, Surprises()
        for record in records:
            body = decode(record).body
            if isinstance(body, MessageSaid):
                surprise = surprises.see(body.text)
                whole[record.seq] = (shaded(body.text, surprise), surprise.mean)
        followed: dict[int, Tint] = {}
        tints = Tints(laboratory.journal)
        for start in range(0, len(records), 3):
            followed |= await tints.of(name, records[start : start + 3])
        assert {seq: (tint.spans, tint.bits) for seq, tint in followed.items()} == whole
        assert await tints.of(name, records) == followed
        assert any(tint.spans for tint in followed.values())


async def test_a_stretch_in_the_middle_is_read_after_what_stands_before_it() -> None:
    async with Laboratory("memory:") as laboratory:
        name, records = await room(laboratory, 6)
        whole = await Tints(laboratory.journal).of(name, records)
        tints = Tints(laboratory.journal)
        newest = await tints.of(name, records[-9:])
        older = await tints.of(name, records[9:-9])
        again = await tints.of(name, records[-9:])
        assert newest == again
        assert {**older, **newest}.items() <= whole.items()


async def test_what_was_erased_has_no_tint_and_stops_nothing() -> None:
    async with Laboratory("memory:") as laboratory:
        name, records = await room(laboratory, 3)
        tints = Tints(laboratory.journal)
        before = await tints.of(name, records)
        gone = next(iter(before))
        erased = [
            msgspec.structs.replace(record, body=None, salt=None) if record.seq == gone else record
            for record in records
        ]
        assert gone not in await tints.of(name, erased)
        assert gone not in await Tints(laboratory.journal).of(name, erased)


async def test_a_room_without_messages_and_a_forgotten_one_cost_nothing() -> None:
    async with Laboratory("memory:") as laboratory:
        name, records = await room(laboratory, 5)
        tints = Tints(laboratory.journal)
        assert await tints.of(name, [record for record in records if record.type != "message.said"]) == {}
        assert await tints.of(name, []) == {}
        assert await tints.of(name, records) != {}
        tints.forget(name)
        assert tints._rooms == {}
        assert KEPT > 0
