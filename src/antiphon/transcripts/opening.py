"""Opens a foreign file: asks every reader how much it looks like theirs, and lets the surest one read it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from antiphon.errors import TranscriptError
from antiphon.registry import plugins
from antiphon.transcripts.safe import for_terminal
from antiphon.transcripts.transcript import Transcript

__all__ = ["Reader", "read_file"]

_HEAD = 65_536
"""Bytes that readers look at to know a file; a long first turn with its notices fits in it."""
_SURE = 0.5
"""A reader less sure than this is not tried: guessing silently is worse than refusing."""


class Reader(Protocol):
    """Is a plug-in file under `readers/`."""

    name: str

    def sniff(self, head: bytes, filename: str) -> float:
        """Tell how much a file looks like this form, in [0, 1]."""
        ...

    def read(self, source: str | Path | bytes, name: str = "") -> list[Transcript]:
        """Read a file or its bytes; raises TranscriptError."""
        ...


def read_file(path: str | Path) -> list[Transcript]:
    """Read the conversations of a file in any form there is a reader for.

    Raises:
        TranscriptError: naming the file as `path` does, and what was tried or the place that cannot be read.
    """
    place = Path(path)
    known_as, name = for_terminal(str(path)), for_terminal(place.name)
    head = _head(place, known_as)
    readers: list[tuple[str, Reader]] = list(plugins("reader"))
    scores = {form: reader.sniff(head, name) for form, reader in readers}
    best = max(scores, key=lambda form: scores[form])
    if scores[best] < _SURE:
        raise TranscriptError(f"{known_as}: {_what(head)}; tried {', '.join(sorted(scores))}")
    return [replace(told, file=name) for told in dict(readers)[best].read(place, known_as)]


def _head(place: Path, known_as: str) -> bytes:
    try:
        if not place.is_file():
            raise TranscriptError(f"{known_as}: {'not a file' if place.exists() else 'no such file'}")
        with place.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise TranscriptError(f"{known_as}: cannot be read: {error.strerror}") from None
    if not head.strip():
        raise TranscriptError(f"{known_as}: empty; there is nothing to read in it")
    return head


def _what(head: bytes) -> str:
    """Say what a file looks like instead."""
    if b"\0" in head:
        return "not a text file, and no form we know"
    try:
        head[:-3].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return f"no form we know, and not UTF-8 (byte {error.start})"
    return "text, but no form we know"
