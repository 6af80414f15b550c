"""What is kept of rooms: pictures, exports, imports, marks at the margin, and deleting for good.

A name in a request is looked up, never opened: a picture by its digest, a format among the writers there are.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import TranscriptError
from antiphon.library.erasing import delete_message, delete_room
from antiphon.library.marks import Mark, keep_mark, marks_of, remove_mark
from antiphon.library.reading import known_room
from antiphon.library.transcripts import Imported, export, import_file
from antiphon.transcripts.page import picture_type
from antiphon.transcripts.safe import slug
from antiphon.web.calls import Bytes, RoomId, Seq, Uploaded, delete, get, post
from antiphon.web.desk import Desk
from antiphon.web.problems import Refused

__all__ = ["OPERATIONS"]

BlobName = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
FileName = Annotated[str, Meta(min_length=1, max_length=200, description="The file's own name; only its form counts.")]
MarkId = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}$")]
Format = Literal["markdown", "classic", "html", "jsonl"]

UPLOAD_BYTES = 100_000_000
"""Bytes of a file that is dropped on the page; larger ones are imported by the command line, from their path."""

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_MEDIA = {
    "markdown": "text/markdown; charset=utf-8",
    "classic": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "jsonl": "application/x-ndjson",
}


class ImportQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names the file that is sent."""

    name: FileName = "dropped.txt"


class ExportQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says whether notes and bookmarks are told as footnotes; html and markdown have a place for them."""

    marks: bool = False


class Imports(Struct, frozen=True, kw_only=True):
    """Lists the rooms a file became; each is paused."""

    rooms: tuple[Imported, ...]


class DeleteQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says whether forks, which read the room's events, go with it."""

    with_forks: bool = False


class Deleted(Struct, frozen=True, kw_only=True):
    """Names the rooms that are gone, forks before parents."""

    rooms: tuple[str, ...]


class Erased(Struct, frozen=True, kw_only=True):
    """Says how many events were erased: the message, and what it left behind it."""

    room: str
    events: int


class Marking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is a note or a bookmark at a message; with `id` it replaces the mark of that id."""

    seq: Seq
    kind: Literal["note", "bookmark"] = "note"
    text: Annotated[str, Meta(max_length=20_000)] = ""
    by: Annotated[str, Meta(min_length=1, max_length=40)] = "you"
    id: MarkId | None = None


class Marks(Struct, frozen=True, kw_only=True):
    """Lists a room's marks, by message."""

    room: str
    marks: tuple[Mark, ...]


@get("/blobs/{name}", "Keeping", media=_PICTURES)
async def show_picture(desk: Desk, name: BlobName) -> Bytes:
    """Give a picture of the journal's own store; nothing else is ever served as one."""
    found = await desk.laboratory.journal.get_blob(name)
    kind = picture_type(found[0]) if found is not None else None
    if found is None or kind is None:
        raise Refused(404, "no picture of that name is kept here")
    return Bytes(found[0], kind, {"cache-control": "private, max-age=31536000, immutable"})


@get("/rooms/{room}/export/{form}", "Keeping", media=tuple(_MEDIA.values()))
async def export_room(desk: Desk, room: RoomId, form: Format, query: ExportQuery) -> Bytes:
    """Write a room as a file in one of the formats; what a format does not keep is told in a header."""
    await known_room(desk.laboratory.journal, room)
    made = await export(desk.laboratory, room, form, marks=query.marks)
    headers = {"content-disposition": f'attachment; filename="{slug(room)}{made.suffix}"'}
    if made.not_kept:
        headers["x-antiphon-not-kept"] = ", ".join(made.not_kept).encode("ascii", "replace").decode()
    return Bytes(made.data, _MEDIA[form], headers)


@post("/import", "Keeping", status=201)
async def import_rooms(desk: Desk, query: ImportQuery, body: Uploaded) -> Imports:
    """Make rooms of a file that is sent as the body, in any form that is read here."""
    with tempfile.TemporaryDirectory(prefix="antiphon-import-") as folder:
        path = Path(folder) / slug(query.name)
        await _receive(body, path)
        try:
            made = await import_file(desk.laboratory, path)
        except TranscriptError as error:
            raise TranscriptError(str(error).replace(f"{folder}/", "")) from None
    desk.live.touch(*(one.room for one in made))
    return Imports(rooms=tuple(msgspec.structs.replace(one, file=path.name) for one in made))


async def _receive(body: Uploaded, path: Path) -> None:
    """Write a body to a file as it comes, never more than is allowed."""
    size = 0
    with path.open("xb") as file:
        async for piece in body.request.stream():
            size += len(piece)
            if size > UPLOAD_BYTES:
                megabytes = UPLOAD_BYTES // 1_000_000
                raise Refused(413, f"more than {megabytes} MB; import it from its path: antiphon import FILE")
            await asyncio.to_thread(file.write, piece)


@delete("/rooms/{room}", "Keeping")
async def delete_one(desk: Desk, room: RoomId, query: DeleteQuery) -> Deleted:
    """Delete a room for good: events, pictures nobody else names, index, snapshots, marks and notebooks."""
    async with desk.alone(room):
        gone = await delete_room(desk.laboratory, room, with_forks=query.with_forks)
    for name in gone:
        desk.forget(name)
        desk.live.gone(name)
    return Deleted(rooms=tuple(gone))


@delete("/rooms/{room}/messages/{seq}", "Keeping")
async def erase_message(desk: Desk, room: RoomId, seq: Seq) -> Erased:
    """Erase a message for good, and what it left behind it; the chain still verifies."""
    async with desk.alone(room):
        events = await delete_message(desk.laboratory, room, seq)
    desk.forget(room)
    desk.live.touch(room)
    return Erased(room=room, events=events)


@get("/rooms/{room}/marks", "Keeping")
async def list_marks(desk: Desk, room: RoomId) -> Marks:
    """List the notes and bookmarks of a room; no seat hears them."""
    return Marks(room=room, marks=tuple(await marks_of(desk.laboratory, room)))


@post("/rooms/{room}/marks", "Keeping", status=201)
async def mark(desk: Desk, room: RoomId, body: Marking) -> Mark:
    """Write a note or set a bookmark at a message."""
    async with desk.alone(room):
        return await keep_mark(
            desk.laboratory, room, body.seq, kind=body.kind, text=body.text, by=body.by, id_=body.id or ""
        )


@delete("/rooms/{room}/marks/{id}", "Keeping")
async def unmark(desk: Desk, room: RoomId, id: MarkId) -> Marks:  # noqa: A002 - a path parameter's name
    """Remove a note or a bookmark."""
    async with desk.alone(room):
        await remove_mark(desk.laboratory, room, id)
    return Marks(room=room, marks=tuple(await marks_of(desk.laboratory, room)))


OPERATIONS = (
    show_picture, export_room, import_rooms, delete_one, erase_message, list_marks, mark, unmark,
)  # fmt: skip
