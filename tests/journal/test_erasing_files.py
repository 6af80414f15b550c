"""What is deleted stands in no file of the data folder."""

from __future__ import annotations

import random
from pathlib import Path

from antiphon.journal.sqlite import SqliteJournal
from antiphon.room.events import AnyBody, CommandRan, EffectEnded, MessageSaid, PromptChanged
from antiphon.room.journals import Claim, Lease, Request
from antiphon.room.records import verify_chain
from antiphon.testing.writes import add

CANARY = "kanarienvogelsingt"
"""One word in lower case, so that the search index keeps it as it is."""


def hits(folder: Path) -> dict[str, int]:
    found = {path.name: path.read_bytes().count(CANARY.encode()) for path in folder.rglob("*") if path.is_file()}
    return {name: count for name, count in found.items() if count}


async def fill(journal: SqliteJournal, stream: str, word: str, *, chance: random.Random, writes: int) -> None:
    """Write a room whose every kind of text holds `word`, in sizes that make pages split."""
    lease = await journal.claim(Claim(stream=stream, create=True))
    blob = await journal.put_blob(f"{word} {stream}".encode() * chance.randrange(1, 900), "image/png")
    bodies: list[AnyBody] = [
        PromptChanged(seat="AI-1", how="add", text=f"be a {word}"),
        CommandRan(message=1, seat="AI-1", name="remember", args={"text": f"note {word}"}, outcome="done"),
        EffectEnded(effect="e", kind="image", caption=word, blob=blob),
    ]
    await add(journal, lease, *bodies)
    await say_much(journal, lease, word, chance=chance, writes=writes)
    head = (await journal.read(stream))[-1]
    for size in (30, 4000, 90_000):
        await journal.put_snapshot(stream, head.seq, head.hash, "one", f"{word} ".encode() * (size // len(word)))
    await journal.put_notes("garden", stream, [f"note {word} {number}" for number in range(20)], room=stream)
    await journal.put_notes("garden", stream, [f"note {word} {number}" for number in range(5, 25)], room=stream)
    await journal.ask(Request(id=f"ask-{stream}", stream=stream, verb="say", arguments={"text": f"hear, {word}"}))
    await journal.release(lease)


async def say_much(journal: SqliteJournal, lease: Lease, word: str, *, chance: random.Random, writes: int) -> None:
    seq = 3
    for _ in range(writes):
        text = f"{word} {'x' * chance.choice((3, 200, 900, 5000))} {word}"
        await add(journal, lease, *([MessageSaid(seat="AI-1", text=text)] * 3), after=seq)
        seq += 3


async def test_a_deleted_room_leaves_no_word_in_any_file(tmp_path: Path) -> None:
    chance = random.Random(4)
    journal, follower = SqliteJournal(tmp_path / "journal.db"), SqliteJournal(tmp_path / "journal.db")
    for number in range(6):
        word = CANARY if number % 2 else "sparrow"
        await fill(journal, f"room-{number}", word, chance=chance, writes=8)
        assert await journal.search("sparrow")
    await follower.rooms()
    assert hits(tmp_path)
    for number in (3, 1, 5):
        await journal.delete(f"room-{number}")
    assert hits(tmp_path) == {}
    assert await journal.search(CANARY) == []
    for number in (0, 2, 4):
        records = await follower.read(f"room-{number}")
        assert (len(records), verify_chain(records, b"")) == (27, 0)
        assert len(await follower.get_notes("garden", f"room-{number}")) == 20
    await follower.close()
    await journal.close()
    assert hits(tmp_path) == {}


async def test_an_erased_message_leaves_no_word_in_any_file(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    lease = await journal.claim(Claim(stream="a", create=True))
    for number in range(40):
        text = f"message {CANARY if number % 4 == 0 else 'sparrow'} {'y' * number * 40}"
        await add(journal, lease, MessageSaid(seat="AI-1", text=text), after=number)
    await journal.put_snapshot("a", 40, b"h", "one", CANARY.encode() * 2000)
    assert len(await journal.search(CANARY)) == 10
    assert await journal.erase("a", [number + 1 for number in range(0, 40, 4)]) == 10
    assert hits(tmp_path) == {}
    assert verify_chain(await journal.read("a"), b"") == 10
    assert len(await journal.search("sparrow")) == 30
    await add(journal, lease, MessageSaid(seat="AI-1", text="on we go"), after=40)
    await journal.close()
