"""Imports foreign files as rooms, and exports rooms in foreign formats."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from antiphon.assembly import fresh_name, fresh_seed
from antiphon.errors import AntiphonError, UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.marks import footnotes, marks_of
from antiphon.registry import plugin
from antiphon.room.events import RoomOpened
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.runner.opening import open_room, park
from antiphon.transcripts.opening import read_file
from antiphon.transcripts.transcript import Transcript, counts, drafts

__all__ = ["Exported", "Failed", "Imported", "export", "import_file", "import_files", "read"]

_CHUNK = 500
"""Events an import makes durable at a time, so that a file of any length stays within memory."""


class Imported(Struct, frozen=True):
    """Says what became of one conversation of a file; `commands` is name -> {"done": n, "refused": n}."""

    file: str
    room: str
    messages: int
    commands: dict[str, dict[str, int]]
    lost: tuple[str, ...] = ()


class Failed(Struct, frozen=True):
    """Says why a file could not be imported."""

    file: str
    error: str
    exit_code: int


class Exported(Struct, frozen=True):
    """Is a room in a foreign format: its bytes, the file suffix, and what the format does not keep."""

    data: bytes
    suffix: str
    not_kept: tuple[str, ...]


def read(path: str | Path) -> list[Transcript]:
    """Read the conversations of a file in any format we know; nothing is stored.

    Raises:
        TranscriptError: naming the file, the place, and what would be readable.
    """
    return read_file(Path(path))


async def import_files(laboratory: Laboratory, paths: Iterable[Path]) -> list[Imported | Failed]:
    """Import files, and the files of folders; one that fails does not stop the others."""
    done: list[Imported | Failed] = []
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        if not files:
            done.append(Failed(str(path), f"{path}: a folder without files; there is nothing to import", 2))
        for file in files:
            try:
                done += await import_file(laboratory, file)
            except AntiphonError as error:
                done.append(Failed(str(file), str(error), error.exit_code))
    return done


async def import_file(laboratory: Laboratory, path: Path) -> list[Imported]:
    """Make a room of each conversation of a file; the rooms are paused and can be shown, forked, resumed."""
    return [await _keep(laboratory, transcript, path) for transcript in await asyncio.to_thread(read_file, path)]


async def _keep(laboratory: Laboratory, transcript: Transcript, path: Path) -> Imported:
    made = drafts(transcript, seed=fresh_seed())
    opened = made[0].body
    if not isinstance(opened, RoomOpened):
        raise AntiphonError(f"{path}: its events do not begin with room.opened")
    for name, (data, mime) in transcript.blobs.items():
        kept = await laboratory.journal.put_blob(data, mime)
        if kept != name:
            raise AntiphonError(f"{path}: the picture called {name[:20]}… has other bytes than its name says")
    stream = fresh_name(opened.scenario.name, laboratory.clock.now())
    room = await open_room(laboratory.journal, laboratory.clock, stream, opened, by=made[0].by)
    for place, draft in enumerate(made[1:], start=1):
        room.take(draft.by, draft.body)
        if place % _CHUNK == 0:
            await room.flush()
    await room.flush()
    await park(room)
    return Imported(str(path), stream, room.state.messages, counts(made), transcript.lost)


async def export(laboratory: Laboratory, room: str, form: str, *, tint: bool = True, marks: bool = False) -> Exported:
    """Write a room, its parents' prefixes included, in one of the formats of the registry's writers.

    Args:
        laboratory: where it is kept.
        room: its id.
        form: the writer's name.
        tint: whether a form that can (html) shows how surprising each word is.
        marks: whether what a reader noted stands in it as footnotes.

    Raises:
        UserError: for notes in a form that has no place for them.
    """
    writer = plugin("writer", form)
    if marks and not hasattr(writer, "annotated"):
        raise UserError(f"{form} has no place for notes; html and markdown have")
    if not tint:
        writer = getattr(writer, "untinted", writer)
    records = await history(laboratory.journal, room)
    events = [decode(record) for record in records]
    blobs: dict[str, tuple[bytes, str]] = {}
    for event in events:
        name = getattr(event.body, "blob", None)
        if name and (found := await laboratory.journal.get_blob(name)) is not None:
            blobs[name] = found
    if marks:
        notes = footnotes(await marks_of(laboratory, room))
        data: bytes = await asyncio.to_thread(writer.annotated, records, blobs.get, notes)
    else:
        data = await asyncio.to_thread(writer.write, records, blobs.get)
    return Exported(data, writer.suffix, tuple(writer.report(records)))
