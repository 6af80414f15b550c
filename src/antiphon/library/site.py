"""Writes rooms as a folder of pages that works from a file: a list, one page a room, pictures beside them.

The folder holds a list of the files that were made with their digests, in the form `sha256sum --check` reads. A file
that is not in it, or was changed since, is never written over and never removed. It knows no form of page.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.marks import footnotes, marks_of
from antiphon.library.reading import known_room
from antiphon.room.contracts import RoomRow
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.transcripts.contents import Entry, contents
from antiphon.transcripts.document import Frame, document
from antiphon.transcripts.footnotes import Footnote
from antiphon.transcripts.page import picture_type
from antiphon.transcripts.safe import inside, slug, write_new

__all__ = ["Pages", "write_site"]

INDEX = "index.html"
"""The list of rooms."""

MADE = "antiphon-site.sha256"
"""The list of the files that were made here."""

_PICTURES = "'self' file: data:"
"""Where pages may have pictures from: a page that is opened as a file has no 'self' in every browser."""

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[a-z0-9._/-]{1,300})")

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}


class Pages(Struct, frozen=True, kw_only=True):
    """Says what was written: the list's path, how many rooms and pictures, and how many old files were removed."""

    index: Path
    rooms: int
    pictures: int
    removed: int


async def write_site(
    laboratory: Laboratory, folder: Path, rooms: Sequence[str] = (), *, marks: bool = False, tint: bool = True
) -> Pages:
    """Write rooms as pages; with `marks`, what a reader noted stands below each.

    Args:
        laboratory: whose rooms.
        folder: where to; a new or empty folder, or one that was made so before and is brought up to date.
        rooms: which; none = all of the journal.
        marks: whether notes and bookmarks are told.
        tint: whether surprising words are tinted.

    Raises:
        UserError: when something is in the way that was not made here.
    """
    rows = [await known_room(laboratory.journal, room) for room in rooms] or await laboratory.journal.rooms()
    made, frame = _Folder(folder), Frame(pictures=_PICTURES, back=f"../{INDEX}", tint=tint)
    names: set[str] = set()
    entries = []
    pictures: set[str] = set()
    for row in rows:
        name = _free(slug(row.stream), names)
        own = replace(frame, notes=await _notes(laboratory, row.stream)) if marks else frame
        page, used = await _page(laboratory, row.stream, made, own)
        await asyncio.to_thread(made.write, f"rooms/{name}.html", page)
        pictures |= used
        entries.append(_entry(row, f"rooms/{name}.html"))
    await asyncio.to_thread(made.write, INDEX, contents(entries))
    removed = await asyncio.to_thread(made.finish)
    return Pages(index=folder / INDEX, rooms=len(rows), pictures=len(pictures), removed=removed)


async def _notes(laboratory: Laboratory, room: str) -> tuple[Footnote, ...]:
    return tuple(footnotes(await marks_of(laboratory, room)))


async def _page(laboratory: Laboratory, room: str, made: _Folder, frame: Frame) -> tuple[bytes, set[str]]:
    """Give a room's page, with its pictures written beside it, and the pictures' names."""
    events = [decode(record) for record in await history(laboratory.journal, room)]
    used: dict[str, str] = {}
    for event in events:
        blob = getattr(event.body, "blob", None)
        found = await laboratory.journal.get_blob(blob) if blob and blob not in used else None
        kind = picture_type(found[0]) if found is not None else None
        if blob and found is not None and kind is not None:
            used[blob] = f"pictures/{sha256(found[0]).hexdigest()}{_SUFFIXES[kind]}"
            await asyncio.to_thread(made.write, used[blob], found[0])
    beside = {blob: f"../{name}" for blob, name in used.items()}
    return await asyncio.to_thread(document, events, lambda blob: beside.get(blob, ""), frame), set(used.values())


def _entry(row: RoomRow, address: str) -> Entry:
    """Tell a room in the list, from the table of rooms alone."""
    known = row.counters  # rooms written by older programs lack some of it
    messages, tokens, cost = known.get("messages", 0), known.get("tokens", 0), known.get("cost", 0.0)
    facts = [
        ", ".join(known.get("models", ())),
        f"{messages:,} message{'' if messages == 1 else 's'}",
        f"{tokens:,} tokens" if tokens else "",
        f"${cost:.2f}" if cost else "",
        f"{known['flags']} flag{'' if known['flags'] == 1 else 's'}" if known.get("flags") else "",
        f"fork of {row.parent}" if row.parent else "",
    ]
    return Entry(
        address=address,
        room=row.stream,
        title=known.get("title") or known.get("scenario", ""),
        state=row.phase,
        why=known.get("why", ""),
        facts=tuple(fact for fact in facts if fact),
        labels=tuple(f"{key}={value}" if value else key for key, value in known.get("labels", {}).items()),
        changed=row.changed_at.replace("T", " "),
        novelty=tuple(known.get("novelty", ())),
    )


def _free(name: str, taken: set[str]) -> str:
    """Give a name that no other room has, on file systems that know no case either."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


class _Folder:
    """Is a folder of files that were made here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{root} cannot be made: {error.strerror}") from None
        self._old = self._read()
        self._new: dict[str, str] = {}

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all; first it is written down that it is ours."""
        if name in self._new:
            return
        path, digest = inside(self.root, name), sha256(data).hexdigest()
        if path.exists():
            self._ours(path, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with (self.root / MADE).open("a", encoding="utf-8") as made:
            made.write(f"{digest}  {name}\n")
        self._new[name] = digest
        self._put(path, data)

    def finish(self) -> int:
        """Remove what was made before and is no longer there; gives how many files."""
        removed = 0
        for name in self._old.keys() - self._new.keys():
            path = inside(self.root, name)
            if path.is_file() and _digest(path) in self._old[name]:
                path.unlink()
                removed += 1
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._new.items())]
        self._put(self.root / MADE, "".join(lines).encode())
        return removed

    def _put(self, path: Path, data: bytes) -> None:
        fresh = path.with_name(f".{os.getpid()}.part")
        write_new(fresh, data)
        fresh.replace(path)

    def _ours(self, path: Path, name: str) -> None:
        if not path.is_file() or _digest(path) not in self._old.get(name, ()):
            raise UserError(f"{path} was not made here, or was changed since; name another folder, or remove it first")

    def _read(self) -> dict[str, set[str]]:
        """Read which files were made here before; a folder without that list must be empty."""
        made = self.root / MADE
        if self.root.is_symlink() or made.is_symlink():
            raise UserError(f"{self.root} is no folder to write pages to; name another one")
        if not made.is_file():
            if any(self.root.iterdir()):
                raise UserError(f"{self.root} holds files that were not made here; name a new folder or an empty one")
            return {}
        known: dict[str, set[str]] = {}
        for line in made.read_text("utf-8", "replace").splitlines():
            if found := _LINE.fullmatch(line):
                known.setdefault(found["name"], set()).add(found["digest"])
        return known


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
