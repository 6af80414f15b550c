"""A canary is put everywhere a room keeps words; after a deletion no file of the data folder holds it in any form."""

from __future__ import annotations

import asyncio
import re
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon.errors import NotAllowed, ProviderFailure
from antiphon.library.care import verify_rooms
from antiphon.library.erasing import delete_message, delete_room
from antiphon.library.laboratory import Laboratory
from antiphon.library.transcripts import export
from antiphon.room.contracts import Picture, Reply
from antiphon.room.events import MessageSaid
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario
from antiphon.room.view import View
from antiphon.testing.speakers import Script, Troupe

BIRD = "kanarienv"
"""How the canary begins, in whatever form: the index folds case and accents, JSON may escape what follows."""
CANARY = "Der Kanarienvögel sang “um zwölf”"
PLAIN = "There is a lamp in the corridor."

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command


class Engraver:
    """Paints a PNG that holds its description in a compressed chunk, as cameras and editors do."""

    free = True

    async def paint(self, description: str, variant: int = 0) -> Picture:
        text = b"Description\0\0" + zlib.compress(f"{description} {variant}".encode())
        chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
        return Picture(b"\x89PNG\r\n\x1a\n" + chunk, "image/png", f"engraved: {description}", 0.0)


class Cast(Troupe):
    """Is a troupe in the place of a laboratory's own company."""

    async def close(self) -> None:
        """Close nothing."""


async def hits(folder: Path) -> dict[str, int]:
    """Count the canary in every file of a folder; in another process, for whoever opens and closes a file that
    SQLite has open in the same one gives SQLite's locks away."""
    counter = await asyncio.create_subprocess_exec(
        sys.executable, Path(__file__).parent / "children" / "count.py", folder, BIRD, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await counter.communicate()
    found: dict[str, int] = msgspec.json.decode(printed)
    return found


def plan(name: str, **more: Any) -> Scenario:
    seats = [{"model": "echo"}, {"model": "suspect"}, {"model": "echo"}]
    rules = {"when_it_ends": {"messages": {"count": 12}}}
    scenario = {"name": name, "seats": seats, "rights": ["*"], "memory": "garden", "rules": rules, **more}
    return msgspec.convert(scenario, Scenario)


@pytest.fixture
async def laboratory(tmp_path: Path) -> AsyncIterator[Laboratory]:
    env = {"ANTIPHON_CONFIG": str(tmp_path / "config")}
    async with Laboratory(str(tmp_path / "data" / "j.db"), env=env) as opened:
        yield opened


async def room(laboratory: Laboratory, name: str, scripts: dict[str, Script], *, turns: int, **more: Any) -> str:
    """Let a room of scripted seats have some turns, then rest."""
    laboratory.company = Cast(scripts, painter=Engraver())  # type: ignore[assignment]  # the same contract
    session = await laboratory.begin(plan(name, **more), seed=1)
    await session.run(turns)
    return session.id


async def go_on(laboratory: Laboratory, name: str) -> str:
    """Resume a room and run it to its end; give how that came."""
    laboratory.company = Cast({f"AI-{n}": [PLAIN] for n in range(1, 5)}, painter=Engraver())  # type: ignore[assignment]  # as above
    session = await laboratory.resume(name)
    await session.run()
    return session.state.phase


async def sound(laboratory: Laboratory, *, erased: int = 0) -> None:
    """Check that every room verifies and replays, and how many events its owner erased."""
    checked = await verify_rooms(laboratory, views=True)
    assert [one.broken for one in checked] == [None] * len(checked)
    assert sum(one.erased for one in checked) == erased


async def spoken(laboratory: Laboratory, name: str) -> int:
    """Give the sequence number of the first message that holds the canary."""
    records = await laboratory.journal.read(name)
    bodies = {record.seq: decode(record).body for record in records}
    return next(s for s, body in bodies.items() if isinstance(body, MessageSaid) and BIRD in body.text.lower())


async def test_the_counter_finds_the_canary_in_every_form(tmp_path: Path) -> None:
    picture = (await Engraver().paint(CANARY)).data
    assert BIRD.encode() not in picture.lower()
    for name, data in {
        "utf-16": CANARY.encode("utf-16-be"),
        "png": b"before" + picture,
        "json": b'"' + CANARY.encode(),
    }.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "clean").write_text(PLAIN, encoding="utf-8")
    assert set(await hits(tmp_path)) == {"utf-16", "png", "json"}


EVERYWHERE: dict[str, Script] = {
    "AI-1": [
        f'{CANARY}\n!prompt "{BIRD} one"\n!remember "{BIRD} two"\n!image "{BIRD} three"\n!name "{BIRD} 4"',
        Reply(text=PLAIN, reasoning=f"Think of {CANARY}"),
        PLAIN,
    ],
    "AI-2": [
        f'!whisper "AI-3" "{BIRD} five"\n!vote "{BIRD} six" [a, b]\n!sign "{BIRD} seven"',
        ProviderFailure("disconnected", "it broke", partial=f"{BIRD} eight"),
        PLAIN,
    ],
    "AI-3": [f'!add_ai "listener" "{BIRD} nine"\n!end "{BIRD} ten"', f'!leave "{BIRD} eleven"', PLAIN],
}


async def test_a_deleted_room_leaves_no_word_in_any_file_and_the_others_hold(
    laboratory: Laboratory, tmp_path: Path, antiphon: Start
) -> None:
    data = tmp_path / "data"
    doomed = await room(laboratory, "doomed", EVERYWHERE, turns=9, system=f"Remember {CANARY}.")
    await laboratory.ask(doomed, "say", by="person:ada", text=f"I say {CANARY}")
    await laboratory.ask(doomed, "whisper", by="person:ada", seat="AI-1", text=f"{BIRD} twelve")
    fork = await laboratory.fork(doomed)
    await fork.run(turns=2)
    heir = await room(laboratory, "heir", {"AI-1": [PLAIN, f'!remember "{PLAIN}"', PLAIN]}, turns=4)
    plain = await room(laboratory, "plain", {}, turns=3, memory="")
    for form in ("markdown", "classic", "html", "jsonl"):
        assert BIRD in (await export(laboratory, doomed, form)).data.decode().lower()
    assert await laboratory.journal.search(CANARY.split()[1])
    assert await hits(data)

    with pytest.raises(NotAllowed, match=re.escape(fork.id)):
        await delete_room(laboratory, doomed)
    code, said = await (await antiphon("delete", doomed, "--yes", "--journal", data / "j.db")).ended()
    assert (code, fork.id in said) == (2, True)
    code, said = await (await antiphon("delete", doomed, "--yes", "--with-forks", "--journal", data / "j.db")).ended()
    assert (code, said) == (0, "")

    assert await hits(data) == {}
    assert {row.stream for row in await laboratory.journal.rooms()} == {heir, plain}
    await sound(laboratory, erased=3)  # what the heir was told of the notebook, and its own two copies of it
    assert await laboratory.journal.get_notes("garden", "Echo") == [PLAIN]
    assert await go_on(laboratory, heir) == "ended"
    assert await laboratory.journal.get_notes("garden", "Echo") == [PLAIN]
    await sound(laboratory, erased=3)


SPEECHES: dict[str, tuple[str, int]] = {
    "words alone": (CANARY, 1),
    "prompt": (f'Well.\n!prompt "{CANARY}"', 4),
    "remember": (f'Well.\n!remember "{CANARY}"', 4),
    "image": (f'Well.\n!image "{CANARY}"', 3),
    "whisper": (f'Well.\n!whisper "AI-2" "{CANARY}"', 3),
    "name": (f'Well.\n!name "{BIRD} x"', 3),
    "add_ai": (f'Well.\n!add_ai "listener" "{CANARY}"', 3),
    "leave": (f'Well.\n!leave "{CANARY}"', 3),
    "sign": (f'Well.\n!sign "{CANARY}"', 2),
    "vote": (f'Well.\n!vote "{CANARY}" [a, b]', 2),
    "misspelt": (f"Well.\n!{BIRD} x", 2),
}
"""What a message holds, and how many events of its own room go with it: the message itself among them."""


@pytest.mark.parametrize("kind", SPEECHES)
async def test_an_erased_message_takes_along_what_it_brought_and_the_room_goes_on(
    kind: str, laboratory: Laboratory, tmp_path: Path
) -> None:
    text, events = SPEECHES[kind]
    again = f'Well.\n!remember "{PLAIN}"'
    name = await room(laboratory, "talk", {"AI-1": [PLAIN, text, again]}, turns=8)
    heir = await room(laboratory, "heir", {}, turns=3)
    fork = await laboratory.fork(name)
    await fork.run(turns=1)
    assert await hits(tmp_path / "data")
    before = await laboratory.journal.get_notes("garden", "Echo")
    erased = await delete_message(laboratory, name, await spoken(laboratory, name))
    assert await hits(tmp_path / "data") == {}
    own = sum(one.erased for one in await verify_rooms(laboratory, [name]))
    assert own == events
    await sound(laboratory, erased=erased)
    assert await laboratory.journal.get_notes("garden", "Echo") == [note for note in before if note != CANARY]
    for form in ("markdown", "classic", "html", "jsonl"):
        assert (await export(laboratory, name, form)).data
    for living in (name, heir, fork.id):
        assert await go_on(laboratory, living) == "ended"
    await sound(laboratory, erased=erased)
    assert (PLAIN in await laboratory.journal.get_notes("garden", "Echo")) is (kind != "leave")


@pytest.mark.parametrize("verb", ["say", "whisper"])
async def test_a_persons_message_can_be_erased_with_the_real_command(
    verb: str, laboratory: Laboratory, tmp_path: Path, antiphon: Start
) -> None:
    name = await room(laboratory, "talk", {}, turns=2)
    await laboratory.ask(name, verb, by="person:ada", text=CANARY, **({"seat": "AI-1"} if verb == "whisper" else {}))
    seq = str(await spoken(laboratory, name))
    data = tmp_path / "data"
    done = await antiphon("delete", name, "--message", seq, "--yes", "--journal", data / "j.db")
    assert await done.ended() == (0, "")
    assert await hits(data) == {}
    await sound(laboratory, erased=1)
    again = await antiphon("delete", name, "--message", seq, "--yes", "--journal", data / "j.db")
    assert (await again.ended())[0] == 2


def retold(view: View) -> str:
    """Summarise as a model may: with the very words it read, those of an earlier summary too."""
    read = "".join(part.text for part in view.parts).lower()
    return f"They spoke of a {BIRD}ogel." if BIRD in read else "They spoke."


async def test_a_summary_that_told_of_an_erased_message_goes_with_it(tmp_path: Path) -> None:
    cards = '[[models]]\nid = "echo"\nprovider = "builtin"\ncost = "free"\ncontext = 700\n'
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "models.toml").write_text(cards, encoding="utf-8")
    async with Laboratory(str(tmp_path / "data" / "j.db"), env={"ANTIPHON_CONFIG": str(tmp_path / "config")}) as small:
        long = f"{PLAIN} " * 12
        scripts: dict[str, Script] = {"AI-1": [CANARY, long], "AI-2": [long], "summariser": [retold]}
        seats = [{"model": "echo"}, {"model": "echo"}]
        name = await room(
            small, "short", scripts, turns=12, seats=seats, rights=[], overflow="summarise", summariser="echo"
        )
        erased = await delete_message(small, name, await spoken(small, name))
        assert erased >= 4  # the message, each seat's first summary, and one that summarised a summary
        assert await hits(tmp_path / "data") == {}
        await sound(small, erased=erased)


async def test_the_opening_goes_only_with_the_room(laboratory: Laboratory) -> None:
    name = await room(laboratory, "talk", {}, turns=1, opening=CANARY)
    with pytest.raises(NotAllowed, match="delete the room"):
        await delete_message(laboratory, name, await spoken(laboratory, name))
