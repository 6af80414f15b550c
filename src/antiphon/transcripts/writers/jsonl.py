"""Writes our own JSONL: every stored event, one a line, each picture as a line behind the event that names it.

It takes records, for a line bears the hash of its stored bytes. What the owner erased stays erased.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import msgspec

from antiphon.room.journals import Record
from antiphon.room.records import decode, line

__all__ = ["PLUGIN", "Jsonl"]


class Jsonl:
    """Writes JSONL."""

    name = "jsonl"
    suffix = ".jsonl"
    keeps = (
        "speakers", "text", "order", "times", "reasoning", "prompts", "whispers", "outcomes", "notices", "pictures",
    )  # fmt: skip

    def write(self, told: Sequence[Record], blobs: Callable[[str], tuple[bytes, str] | None]) -> bytes:
        """Write a room's records, its parents' included."""
        written: set[str] = set()
        parts: list[bytes] = []
        for record in told:
            parts += [line(record).rstrip(b"\n"), b"\n"]
            name = _named(record)
            if name is None or name in written:
                continue
            written.add(name)
            if (found := blobs(name)) is not None:
                data, mime = found
                blob = {"blob": name, "mime": mime, "data": base64.b64encode(data).decode("ascii")}
                parts += [msgspec.json.encode(blob), b"\n"]
        return b"".join(parts)

    def report(self, told: Sequence[Record]) -> list[str]:
        """List what is not kept."""
        erased = sum(record.body is None for record in told)
        return [f"{erased} erased events, which hold their places only"] if erased else []


def _named(record: Record) -> str | None:
    if record.type != "effect.ended" or record.body is None:
        return None
    return getattr(decode(record).body, "blob", None)


PLUGIN = Jsonl()
