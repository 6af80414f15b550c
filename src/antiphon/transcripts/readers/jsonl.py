"""Reads our own JSONL: one event a line as `--json` prints it, pictures as lines of their own.

A file restores the original events, body and order, into a new room. It may hold several rooms, one after the
other. It does not know how events are stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from antiphon.errors import JournalError, TranscriptError
from antiphon.room.events import Erased, Event, RoomOpened
from antiphon.room.hearing import Hearing
from antiphon.room.journals import Record
from antiphon.room.records import decode, parse_line, verify_chain
from antiphon.room.state import State, apply
from antiphon.transcripts.bounds import file_name, lines, measure
from antiphon.transcripts.transcript import Transcript

__all__ = ["PLUGIN", "Jsonl"]

_BLOB = b'{"blob":'
"""Begins a line that holds a picture: {"blob": "sha256:…", "mime": "image/png", "data": base64}."""


class _Blob(Struct):
    blob: str
    mime: str
    data: str


class _Room(Struct):
    events: list[Event]
    blobs: dict[str, tuple[bytes, str]]
    lost: list[str]
    hash: bytes = b""


class Jsonl:
    """Reads one JSONL file as one transcript a room."""

    name = "jsonl"

    def sniff(self, head: bytes, filename: str) -> float:  # noqa: ARG002 - the readers' contract
        """Tell how much a file looks like this form, in [0, 1]."""
        first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
        if not first.startswith(b"{"):
            return 0.0
        return 0.95 if b'"seq":' in first and b'"type":"room.opened"' in first.replace(b'": "', b'":"') else 0.0

    def read(self, source: str | Path | bytes, name: str = "") -> list[Transcript]:
        """Read a file or its bytes.

        Raises:
            TranscriptError: naming the line that is not as it must be.
        """
        known_as = file_name(source, name)
        rooms = _rooms(lines(source, name), known_as)
        if not rooms:
            raise TranscriptError(f"{known_as}: empty; there is no event in it")
        return [self._transcript(room, known_as) for room in rooms]

    def _transcript(self, room: _Room, known_as: str) -> Transcript:
        _fold(room.events, known_as)
        opened = next(event.body for event in room.events if isinstance(event.body, RoomOpened))
        erased = [event.seq for event in room.events if isinstance(event.body, Erased)]
        if erased:
            room.lost.append(f"{known_as}: {len(erased)} events had been erased, the first at seq {erased[0]}")
        return Transcript(
            title=opened.scenario.title or opened.scenario.name,
            format=self.name,
            file=known_as,
            end_markers=opened.scenario.end_markers,
            events=tuple(room.events),
            blobs=room.blobs,
            lost=tuple(room.lost),
        )


def _rooms(numbered: Iterable[tuple[int, bytes]], known_as: str) -> list[_Room]:
    rooms: list[_Room] = []
    for number, raw in numbered:
        line = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
        if not line:
            continue
        measure(line, known_as, number)
        if line.replace(b'": ', b'":', 1).startswith(_BLOB):
            _take_blob(rooms, line, known_as, number)
            continue
        record = _record(line, known_as, number, whole=raw.endswith(b"\n") or not rooms)
        if isinstance(record, str):
            rooms[-1].lost.append(record)
            break
        _place(rooms, record, known_as, number)
    return rooms


def _record(line: bytes, known_as: str, number: int, *, whole: bool) -> Record | str:
    """Read one line; a last one that was cut off is told of instead."""
    try:
        return parse_line(line)
    except JournalError as error:
        if not whole and number > 1 and not line.endswith(b"}"):
            return f"{known_as}, line {number}: the file breaks off inside this line"
        raise TranscriptError(f"{known_as}, line {number}: {error}") from None


def _place(rooms: list[_Room], record: Record, known_as: str, number: int) -> None:
    """Put a record behind the one it follows, after checking that nobody changed either."""
    if record.seq == 1:
        if record.type != "room.opened":
            raise TranscriptError(f"{known_as}, line {number}: a room begins with room.opened, not {record.type}")
        rooms.append(_Room([], {}, []))
    wanted = rooms[-1].events[-1].seq + 1 if rooms and rooms[-1].events else 1
    if record.seq != wanted:
        raise TranscriptError(
            f"{known_as}, line {number}: seq {record.seq} where {wanted} is due; "
            "a file holds every event of a room from its first (antiphon export ROOM --format jsonl)"
        )
    room = rooms[-1]
    try:
        verify_chain([record], room.hash)
        room.events.append(decode(record))
    except JournalError as error:
        raise TranscriptError(f"{known_as}, line {number}: {error}") from None
    room.hash = record.hash


def _fold(events: list[Event], known_as: str) -> None:
    """Refuse events that no room could have written, such as a change to a seat that nobody took."""
    state, hearing = State(room=events[0].stream), Hearing()
    for event in events:
        try:
            hearing.hear(apply(state, event), event)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            why = f"this {event.type} does not fit what stands before it ({type(error).__name__})"
            raise TranscriptError(f"{known_as}: seq {event.seq}: {why}") from None


def _take_blob(rooms: list[_Room], line: bytes, known_as: str, number: int) -> None:
    try:
        told = msgspec.json.decode(line, type=_Blob)
        data = base64.b64decode(told.data, validate=True)
    except (msgspec.MsgspecError, binascii.Error, UnicodeDecodeError) as error:
        raise TranscriptError(f"{known_as}, line {number}: no picture of ours: {error}") from None
    if told.blob != "sha256:" + hashlib.sha256(data).hexdigest():
        raise TranscriptError(f"{known_as}, line {number}: the picture's bytes are not those its name promises")
    if not rooms:
        raise TranscriptError(f"{known_as}, line {number}: a picture stands before any room")
    rooms[-1].blobs[told.blob] = (data, told.mime)


PLUGIN = Jsonl()
