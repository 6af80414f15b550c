"""Writes a picture of few colours as PNG, byte by byte the same on every machine.

The libraries that stand behind `zlib` differ in what they write, so the packing is our own: one block of runs, in
deflate's fixed codes. It knows no painter.

Source: RFC 1950 and RFC 1951; the PNG specification, third edition.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

__all__ = ["Colour", "png"]

Colour = tuple[int, int, int]
"""Red, green, blue; each 0 to 255."""


def png(rows: Sequence[bytearray], colours: Sequence[Colour], *, comment: str) -> bytes:
    """Write a PNG.

    Args:
        rows: palette numbers, top row first, all rows equally long.
        colours: the palette, at most 256.
        comment: stands in the file as its comment; Latin-1.
    """
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(value for colour in colours for value in colour)),
        (b"tEXt", b"Comment\0" + comment.encode("latin-1")),
        (b"IDAT", _packed([b"\0" + row for row in rows])),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_LENGTHS = (
    *((3 + n, 257 + n, 0) for n in range(8)),
    *((11 + 2 * n, 265 + n, 1) for n in range(4)),
    *((19 + 4 * n, 269 + n, 2) for n in range(4)),
    *((35 + 8 * n, 273 + n, 3) for n in range(4)),
    *((67 + 16 * n, 277 + n, 4) for n in range(4)),
    *((131 + 32 * n, 281 + n, 5) for n in range(4)),
    (258, 285, 0),
)
"""Deflate's lengths of a repeat: (shortest, symbol, extra bits). Source: RFC 1951, section 3.2.5."""


class _Bits:
    """Collects bits, the least significant first, with deflate's fixed codes."""

    def __init__(self) -> None:
        self.value, self.width = 0, 0
        self.done = bytearray()

    def put(self, value: int, width: int) -> None:
        """Add a number's lowest bits."""
        self.value |= value << self.width
        self.width += width
        if self.width >= 64:  # noqa: PLR2004 - eight bytes at a time
            self.done += (self.value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")
            self.value >>= 64
            self.width -= 64

    def symbol(self, symbol: int) -> None:
        """Add a literal, the end, or the symbol of a length."""
        self.put(*_CODES[symbol])

    def repeat(self, length: int) -> None:
        """Add "the last byte, `length` times more"; length 3 to 258."""
        for put in _REPEATS[length]:
            self.put(*put)

    def closed(self) -> bytes:
        """Give the bytes, the last one filled up."""
        return bytes(self.done) + self.value.to_bytes((self.width + 7) // 8, "little")


def _code(symbol: int) -> tuple[int, int]:
    """Give a fixed code, its bits turned round, and its width."""
    for first, code, width in ((280, 0xC0, 8), (256, 0, 7), (144, 0x190, 9), (0, 0x30, 8)):
        if symbol >= first:
            return int(f"{code + symbol - first:0{width}b}"[::-1], 2), width
    raise ValueError(symbol)


_CODES = [_code(symbol) for symbol in range(286)]


def _repeat(length: int) -> tuple[tuple[int, int], ...]:
    shortest, symbol, extra = next(entry for entry in reversed(_LENGTHS) if entry[0] <= length)
    distance_one = (0, 5)
    return (_CODES[symbol], (length - shortest, extra), distance_one)


_REPEATS = {length: _repeat(length) for length in range(3, 259)}


def _packed(rows: list[bytes]) -> bytes:
    """Pack rows as one block of runs, in zlib's envelope."""
    bits = _Bits()
    bits.put(0b011, 3)
    for row in rows:
        _runs(bits, row)
    bits.symbol(256)
    return b"\x78\x01" + bits.closed() + struct.pack(">I", zlib.adler32(b"".join(rows)))


def _runs(bits: _Bits, row: bytes) -> None:
    here, size = 0, len(row)
    while here < size:
        value = row[here]
        rest = row[here:]
        run = len(rest) - len(rest.lstrip(rest[:1]))
        bits.symbol(value)
        left = run - 1
        while left > 2:  # noqa: PLR2004 - deflate repeats three bytes at least
            step = min(left, 258)
            bits.repeat(step)
            left -= step
        for _ in range(left):
            bits.symbol(value)
        here += run
