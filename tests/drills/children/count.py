"""Counts a word in every file of a folder, in whatever form: UTF-8, UTF-16, and inside what zlib has compressed.

    python count.py FOLDER WORD

JSON may escape what follows a word of plain letters, never the letters. Prints {file: hits} without the zeros.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from pathlib import Path

FAR = 100_000
"""Bytes that a compressed chunk is followed into a file."""


def hits(folder: Path, word: str) -> dict[str, int]:
    """Count the word in every file that holds it."""
    forms = [word.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found[path.name] = sum(text.lower().count(form) for text in [data, *inflated(data)] for form in forms)
    return {name: count for name, count in found.items() if count}


def inflated(data: bytes) -> list[bytes]:
    """Decompress wherever a zlib stream may begin, as far as it goes."""
    texts = []
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            texts.append(zlib.decompressobj().decompress(data[start.start() : start.start() + FAR]))
        except zlib.error:
            continue
    return texts


if __name__ == "__main__":
    print(json.dumps(hits(Path(sys.argv[1]), sys.argv[2].lower())))  # noqa: T201 - its one purpose
