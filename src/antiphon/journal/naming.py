"""Which blobs a record names, which notes it gave to a notebook, which words of it can be found; what a position is.

Pure reading, the same for every journal; a body of a newer catalogue is read as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from msgspec import Struct

from antiphon.errors import JournalError
from antiphon.room.journals import Record

__all__ = ["blob_name", "blobs_in", "names_in", "note_in", "place_of", "said_in", "words_in", "words_of"]

_MARK = b'"sha256:'
_NAME = re.compile(rb'"(sha256:[0-9a-f]{64})"')

WORDS = 32
"""Most words of a query that are looked for: a longer one is a mistake or an attack."""


class _Said(Struct):
    text: str = ""


class _Remembered(Struct):
    name: str = ""
    args: dict[str, object] = {}


def blob_name(data: bytes) -> str:
    """Name bytes by what they are: "sha256:" and 64 hexadecimal digits."""
    return "sha256:" + sha256(data).hexdigest()


def blobs_in(body: bytes) -> set[str]:
    """List the blobs a body names: a JSON string that is nothing but a blob's name."""
    return {found.decode() for found in _NAME.findall(body)} if _MARK in body else set()


def names_in(records: Iterable[Record]) -> list[tuple[str, str, int]]:
    """List (blob, stream, seq) for every blob that records name."""
    naming = [record for record in records if record.body is not None and _MARK in record.body]
    return [(name, record.stream, record.seq) for record in naming for name in sorted(blobs_in(record.body or b""))]


def said_in(body: bytes) -> str:
    """Give the text of a `message.said`; "" when it cannot be read."""
    try:
        return msgspec.json.decode(body, type=_Said).text.replace("\0", " ")
    except (msgspec.MsgspecError, RecursionError):
        return ""


def note_in(body: bytes) -> list[str]:
    """Give what a `command.ran` of `!remember` asked to note."""
    try:
        ran = msgspec.json.decode(body, type=_Remembered)
    except (msgspec.MsgspecError, RecursionError):
        return []
    return [value for value in ran.args.values() if isinstance(value, str)] if ran.name == "remember" else []


def words_of(query: str) -> list[str]:
    """Give the words of a query, at most `WORDS`; none of them is an operator."""
    plain = query.encode("utf-8", "replace").decode().replace("\0", " ")
    return words_in(plain)[:WORDS]


def words_in(text: str) -> list[str]:
    """Give the words of a text: letters, digits and underscores in a row."""
    return re.findall(r"\w+", text)


def place_of(position: str | None) -> int:
    """Read an opaque position; raises JournalError for one that this journal never gave."""
    if position is None:
        return 0
    if not (position.isascii() and position.isdigit() and len(position) < 19):  # noqa: PLR2004 - SQLite's integers
        raise JournalError(f"no position of this journal: {position[:40]!r}; give one that `tail` or `end` gave")
    return int(position)
