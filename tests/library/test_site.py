"""A folder of pages: whole, harmless, and nobody else's files are touched."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.marks import keep_mark
from antiphon.library.site import INDEX, MADE, write_site
from antiphon.room.events import AnyBody, EffectEnded, MessageSaid
from antiphon.runner.opening import take_up

HOSTILE = "</a><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b]0;x\x07"

GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@pytest.fixture
async def laboratory() -> AsyncIterator[Laboratory]:
    async with Laboratory("memory:") as made:
        yield made


async def spoken(
    laboratory: Laboratory, *bodies: AnyBody, title: str = "", labels: dict[str, str] | None = None
) -> str:
    """Have a room that is paused after two turns, and after whatever else is to have happened."""
    plan = msgspec.structs.replace(laboratory.scenario("dyad"), title=title)
    session = await laboratory.begin(plan, seed=7, labels=labels or {})
    await session.run(turns=2)
    await session.release()
    owned = await take_up(laboratory.journal, laboratory.clock, session.id)
    for body in bodies:
        owned.take("person:ines", body)
    await owned.flush()
    await laboratory.journal.release(owned.lease)
    return session.id


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def true_list(folder: Path) -> bool:
    """Tell whether the list of files has every file there is, with its digest."""
    lines = [line.split("  ") for line in (folder / MADE).read_text().splitlines()]
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return files - {MADE} == {name for _, name in lines} and all(
        sha256((folder / name).read_bytes()).hexdigest() == digest for digest, name in lines
    )


async def test_every_room_has_a_page_that_the_list_leads_to(laboratory: Laboratory, tmp_path: Path) -> None:
    rooms = [await spoken(laboratory), await spoken(laboratory)]
    made = await write_site(laboratory, tmp_path / "site")
    assert (made.rooms, made.removed) == (2, 0)
    links = re.findall(r'<h2><a href="([^"]+)"', made.index.read_text("utf-8"))
    assert sorted(links) == sorted(f"rooms/{room}.html" for room in rooms)
    for link in links:
        assert 'href="../index.html"' in (tmp_path / "site" / link).read_text("utf-8")


async def test_a_room_alone_is_written_alone(laboratory: Laboratory, tmp_path: Path) -> None:
    first, _ = [await spoken(laboratory), await spoken(laboratory)]
    await write_site(laboratory, tmp_path, [first])
    assert [page.stem for page in (tmp_path / "rooms").iterdir()] == [first]


async def test_no_title_and_no_label_becomes_mark_up(laboratory: Laboratory, tmp_path: Path) -> None:
    said = MessageSaid(person=HOSTILE, text=HOSTILE)
    room = await spoken(laboratory, said, title=HOSTILE, labels={HOSTILE: HOSTILE})
    await keep_mark(laboratory, room, 3, kind="note", text=HOSTILE, by=HOSTILE)
    await write_site(laboratory, tmp_path, marks=True)
    for page in pages(tmp_path):
        text = page.read_text("utf-8")
        assert len(re.findall("<script>", text)) == (
            page.name == INDEX
        )  # our own, which the policy names by its digest
        assert "<img" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "http:" not in re.sub(r"<bdi>.*?</bdi>", "", text)


async def test_pictures_lie_beside_the_pages_once(laboratory: Laboratory, tmp_path: Path) -> None:
    name = await laboratory.journal.put_blob(GIF, "image/gif")
    shown = EffectEnded(effect="image:1", kind="image", seat="AI-1", blob=name, prompt="a dot")
    room = await spoken(laboratory, shown, shown)
    made = await write_site(laboratory, tmp_path / "site")
    [kept] = (tmp_path / "site" / "pictures").iterdir()
    assert kept.read_bytes() == GIF
    assert made.pictures == 1
    page = (tmp_path / "site" / "rooms" / f"{room}.html").read_text("utf-8")
    assert f'<img src="../pictures/{kept.name}"' in page


async def test_notes_are_told_only_where_they_are_wanted(laboratory: Laboratory, tmp_path: Path) -> None:
    room = await spoken(laboratory)
    await keep_mark(laboratory, room, 3, kind="note", text="canary-note", by="ines")
    for marks in (False, True):
        await write_site(laboratory, tmp_path / str(marks), marks=marks)
        assert ("canary-note" in (tmp_path / str(marks) / "rooms" / f"{room}.html").read_text("utf-8")) is marks


# ---------------------------------------------------------------------------------- nobody else's files


async def test_written_again_it_is_brought_up_to_date(laboratory: Laboratory, tmp_path: Path) -> None:
    await spoken(laboratory)
    await write_site(laboratory, tmp_path)
    gone = next((tmp_path / "rooms").iterdir())
    kept = await spoken(laboratory)
    made = await write_site(laboratory, tmp_path, [kept])
    assert made.removed == 1
    assert not gone.exists()
    assert true_list(tmp_path)


async def test_a_folder_with_other_files_is_left_alone(laboratory: Laboratory, tmp_path: Path) -> None:
    await spoken(laboratory)
    thesis = tmp_path / "thesis.tex"
    thesis.write_text("mine")
    with pytest.raises(UserError, match="not made here"):
        await write_site(laboratory, tmp_path)
    assert list(pages(tmp_path)) == []
    assert thesis.read_text() == "mine"


@pytest.mark.parametrize("name", [INDEX, "rooms/ROOM.html"])
async def test_a_page_that_somebody_changed_is_not_written_over(
    laboratory: Laboratory, tmp_path: Path, name: str
) -> None:
    room = await spoken(laboratory)
    await write_site(laboratory, tmp_path)
    page = tmp_path / name.replace("ROOM", room)
    page.write_text("mine")
    with pytest.raises(UserError, match="changed since"):
        await write_site(laboratory, tmp_path)
    assert page.read_text() == "mine"


async def test_no_list_of_files_leads_out_of_the_folder(laboratory: Laboratory, tmp_path: Path) -> None:
    await spoken(laboratory)
    site = tmp_path / "site"
    await write_site(laboratory, site)
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    digest = sha256(b"mine").hexdigest()
    with (site / MADE).open("a") as made:
        made.write(f"{digest}  ../outside.txt\n")
    with pytest.raises(UserError, match="no name for a file"):
        await write_site(laboratory, site)
    assert outside.read_text() == "mine"


async def test_nothing_is_written_through_links(laboratory: Laboratory, tmp_path: Path) -> None:
    await spoken(laboratory)
    site, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    await write_site(laboratory, site)
    for page in (site / "rooms").iterdir():
        page.unlink()
    (site / "rooms").rmdir()
    (site / "rooms").symlink_to(outside)
    with pytest.raises(UserError, match="link"):
        await write_site(laboratory, site)
    assert list(outside.iterdir()) == []
