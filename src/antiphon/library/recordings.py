"""Reads what was said in a recorded room or file, for `recording` seats."""

from __future__ import annotations

import asyncio
from pathlib import Path

from antiphon.errors import UnknownName, UserError
from antiphon.library.showcases import is_showcase, words
from antiphon.room.contracts import Journal
from antiphon.room.events import MessageSaid, SeatJoined
from antiphon.room.records import decode
from antiphon.runner.history import history
from antiphon.transcripts.opening import read_file

__all__ = ["check_recording", "spoken"]


async def spoken(journal: Journal, source: str) -> list[tuple[str, str]]:
    """Give (speaker, text) of every message, oldest first.

    Args:
        journal: where rooms are looked up.
        source: a room's id, the path of a file in a format we read, or "showcase:NAME".

    Raises:
        UserError: when there is neither.
    """
    if is_showcase(source):
        return list(words(source))
    if await journal.room(source) is not None:
        return await _room(journal, source)
    path = Path(source)
    if not await asyncio.to_thread(path.is_file):
        raise UserError(f"nothing recorded at {source!r}: neither a room nor a file")
    transcripts = read_file(path)
    return [said for transcript in transcripts for said in transcript.messages()]


async def check_recording(journal: Journal, model: str) -> None:
    """Refuse a recorded seat that has nothing to say, before its room is opened.

    Args:
        journal: where rooms are looked up.
        model: "ROOM#Speaker" or "PATH#Speaker".

    Raises:
        UserError: naming the speakers there are.
    """
    source, _, speaker = model.rpartition("#")
    if not (source and speaker):
        raise UserError(f"{model!r} names no recorded speaker; write recording:ROOM#Speaker or recording:PATH#Speaker")
    speakers = sorted({name for name, _ in await spoken(journal, source)})
    if speaker not in speakers:
        raise UnknownName("speaker in that recording", speaker, speakers)


async def _room(journal: Journal, room: str) -> list[tuple[str, str]]:
    labels: dict[str, str] = {}
    said: list[tuple[str, str]] = []
    for record in await history(journal, room):
        body = decode(record).body
        if isinstance(body, SeatJoined):
            labels[body.seat] = body.label
        elif isinstance(body, MessageSaid) and body.seat is not None and not body.whisper:
            said.append((labels.get(body.seat, body.seat), body.text))
    return said
