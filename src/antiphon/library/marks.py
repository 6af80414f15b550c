"""Keeps what a reader writes at the margin of a room: notes and bookmarks, each at a message. No seat ever hears them.

They are a reader's and not the room's: no events, so that a room that has ended can be read with a pencil, and no
chain changes. The journal keeps them as notes of the room, under a memory no scenario names, and deletes them with it.
"""

from __future__ import annotations

import os
from typing import Literal

import msgspec
from msgspec import Struct

from antiphon.errors import UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.library.reading import known_room
from antiphon.room.times import stamp
from antiphon.transcripts.footnotes import Footnote

__all__ = ["Mark", "footnotes", "keep_mark", "marks_of", "remove_mark"]

_MEMORY = "\x1fmarks"
"""The notebook's name: a control code stands in it, which no file of a scenario can hold."""


class Mark(Struct, frozen=True, kw_only=True):
    """Is one note or bookmark at the message `seq`; `at` is when it was written last, RFC 3339."""

    id: str
    seq: int
    kind: Literal["note", "bookmark"]
    text: str
    by: str
    at: str


async def marks_of(laboratory: Laboratory, room: str) -> list[Mark]:
    """List a room's marks, by message."""
    await known_room(laboratory.journal, room)
    kept = await laboratory.journal.get_notes(_MEMORY, room)
    return sorted((msgspec.json.decode(note, type=Mark) for note in kept), key=lambda mark: (mark.seq, mark.at))


async def keep_mark(
    laboratory: Laboratory, room: str, seq: int, *, kind: Literal["note", "bookmark"], text: str, by: str, id_: str = ""
) -> Mark:
    """Keep a mark; one of the same id is replaced.

    Raises:
        UnknownName: when there is no such room.
    """
    marks = await marks_of(laboratory, room)
    now = stamp(laboratory.clock.now())
    mark = Mark(id=id_ or os.urandom(6).hex(), seq=seq, kind=kind, text=text, by=by, at=now)
    await _keep(laboratory, room, [*(known for known in marks if known.id != mark.id), mark])
    return mark


async def remove_mark(laboratory: Laboratory, room: str, id_: str) -> None:
    """Remove a mark.

    Raises:
        UnknownName: when there is none of that id.
    """
    marks = await marks_of(laboratory, room)
    rest = [mark for mark in marks if mark.id != id_]
    if len(rest) == len(marks):
        raise UnknownName("mark", id_, [mark.id for mark in marks])
    await _keep(laboratory, room, rest)


def footnotes(marks: list[Mark]) -> list[Footnote]:
    """Give marks as the writers take them; a bookmark has no text."""
    return [Footnote(seq=mark.seq, text=mark.text, by=mark.by, at=mark.at) for mark in marks]


async def _keep(laboratory: Laboratory, room: str, marks: list[Mark]) -> None:
    notes = [msgspec.json.encode(mark).decode() for mark in marks]
    await laboratory.journal.put_notes(_MEMORY, room, notes, room)
