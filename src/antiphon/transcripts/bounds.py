"""Takes in foreign bytes within limits: size, depth, digits, UTF-8. Every error names the file and the place.

It knows no format; readers call it instead of opening files or decoding JSON themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from antiphon.errors import TranscriptError
from antiphon.room.records import well_formed

__all__ = ["MOST_BYTES", "bounded_json", "file_name", "line_of", "lines", "measure", "reading", "take", "text_of"]

MOST_BYTES = 256 * 1024 * 1024
"""A transcript's size in bytes: the longest recorded room is below 1 MB; more is no conversation."""
MOST_DEPTH = 64
"""Nested JSON containers: our deepest event has 8; the decoder's own stack ends near 1,000."""
MOST_DIGITS = 64
"""Digits in a row outside JSON strings: a time stamp has 19; thousands cost quadratic time to read."""
MOST_LINE = 64 * 1024 * 1024
"""Bytes of one line of JSONL: a picture of 40 MB fits, in base64."""
MOST_LINES_BYTES = 4 * 1024 * 1024 * 1024
"""Bytes of a JSONL file, which is read line by line: 10,000 turns with a picture each fit."""
_CHUNK = 1 << 20

_TOKEN = re.compile(rb'"(?:[^"\\]+|\\.)*+(?:"|\Z)|[\[{]|[\]}]|\d+', re.DOTALL)

T = TypeVar("T")


def file_name(source: str | Path | bytes, name: str = "") -> str:
    """Name a source in errors and labels: its file name without folders."""
    return name or ("the data" if isinstance(source, bytes) else Path(source).name)


def take(source: str | Path | bytes, name: str = "", *, limit: int = MOST_BYTES) -> bytes:
    """Read a source whole, never more than `limit` bytes of it.

    Raises:
        TranscriptError: when it is larger, empty, or cannot be opened.
    """
    known_as = file_name(source, name)
    data = source if isinstance(source, bytes) else _read(Path(source), known_as, limit)
    if len(data) > limit:
        raise TranscriptError(f"{known_as}: larger than {limit:,} bytes; a transcript is smaller than that")
    if not data.strip():
        raise TranscriptError(f"{known_as}: empty; there is nothing to read in it")
    return data


def _read(path: Path, known_as: str, limit: int) -> bytes:
    parts, size = [], 0
    try:
        if not path.is_file():
            raise TranscriptError(f"{known_as}: not a file" if path.exists() else f"{known_as}: no such file")
        with path.open("rb") as file:
            while size <= limit and (part := file.read(_CHUNK)):
                parts.append(part)
                size += len(part)
    except OSError as error:
        raise TranscriptError(f"{known_as}: cannot be read: {error.strerror}") from None
    return b"".join(parts)


def lines(source: str | Path | bytes, name: str = "") -> Iterator[tuple[int, bytes]]:
    """Give each line with its number, from 1, without holding the file; line ends stay.

    Raises:
        TranscriptError: when the file cannot be opened, or a line or the whole is too large.
    """
    known_as = file_name(source, name)
    if isinstance(source, bytes):
        yield from enumerate(BytesIO(source), 1)
        return
    size = 0
    try:
        with Path(source).open("rb") as file:
            for number in count(1):
                line = file.readline(MOST_LINE + 1)
                size += len(line)
                if len(line) > MOST_LINE or size > MOST_LINES_BYTES:
                    raise TranscriptError(f"{known_as}, line {number}: larger than a transcript can be")
                if not line:
                    return
                yield number, line
    except OSError as error:
        raise TranscriptError(f"{known_as}: cannot be read: {error.strerror}") from None


def reading(data: bytes, known_as: str) -> str:
    """Decode UTF-8 strictly, without a byte order mark.

    Raises:
        TranscriptError: naming the line that is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = line_of(data, error.start)
        raise TranscriptError(f"{known_as}, line {line}: not UTF-8 text (byte {data[error.start]:#04x})") from None


def text_of(data: bytes, known_as: str) -> tuple[str, list[str]]:
    """Decode UTF-8 text and turn a file that was saved with CRLF back to LF.

    Returns:
        The text, and what was changed that cannot be changed back.
    """
    text = reading(data, known_as)
    first = text.find("\n")
    if first < 1 or text[first - 1] != "\r":
        return text, []
    mixed = text.count("\n") - text.count("\r\n")
    lost = [f"{known_as}: line ends are mixed; {mixed} of them were LF, all were read as LF"] if mixed else []
    return text.replace("\r\n", "\n"), lost


def line_of(data: bytes | str, place: int) -> int:
    """Give the number of the line, from 1, in which a place lies."""
    return (data.count(b"\n", 0, place) if isinstance(data, bytes) else data.count("\n", 0, place)) + 1


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""An escape that is half of a pair, perhaps without the other half: some programs cut texts by UTF-16 units."""


def bounded_json(data: bytes, shape: type[T], known_as: str, *, line: int | None = None) -> T:
    """Decode JSON into a shape after looking at its depth and its digits.

    Raises:
        TranscriptError: with the file and the line.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    measure(data, known_as, line)
    try:
        if _SURROGATE.search(data):
            return msgspec.convert(well_formed(json.loads(data)), shape)
        return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        raise TranscriptError(f"{_place(known_as, line)}: {error}") from None
    except (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise TranscriptError(f"{_place(known_as, line)}: not whole JSON: {error}") from None


def measure(data: bytes, known_as: str, line: int | None = None) -> None:
    """Look at the depth and the digits of JSON before anything decodes it.

    Raises:
        TranscriptError: with the file and the line.
    """
    depth = 0
    for found in _TOKEN.finditer(data):
        sign = found.group()
        if sign in b"[{":
            depth += 1
            if depth > MOST_DEPTH:
                where = _place(known_as, line or line_of(data, found.start()))
                raise TranscriptError(f"{where}: JSON nested deeper than {MOST_DEPTH}")
        elif sign in b"]}":
            depth -= 1
        elif sign[0] != ord('"') and len(sign) > MOST_DIGITS:
            where = _place(known_as, line or line_of(data, found.start()))
            raise TranscriptError(f"{where}: a number of {len(sign):,} digits; at most {MOST_DIGITS} are read")


def _place(known_as: str, line: int | None) -> str:
    return known_as if line is None else f"{known_as}, line {line}"
