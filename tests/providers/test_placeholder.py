from __future__ import annotations

import asyncio
import struct
import time
import zlib
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.providers.painters._png import png
from antiphon.providers.painters.placeholder import MARK, SIDE, Placeholder


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    here = 8
    while here < len(data):
        (size,) = struct.unpack(">I", data[here : here + 4])
        kind, body = data[here + 4 : here + 8], data[here + 8 : here + 8 + size]
        assert struct.unpack(">I", data[here + 8 + size : here + 12 + size])[0] == zlib.crc32(kind + body)
        yield kind, body
        here += 12 + size


async def test_a_picture_says_in_the_file_and_in_the_caption_that_no_model_made_it() -> None:
    picture = await Placeholder().paint("a garden by the sea")
    parts = dict(chunks(picture.data))
    assert parts[b"tEXt"] == b"Comment\0placeholder, no image model"
    assert picture.caption == f"{MARK}: a garden by the sea"
    assert picture.mime == "image/png"
    assert picture.cost == 0
    assert Placeholder.free


@settings(max_examples=15)
@given(st.text(max_size=120), st.integers(0, 5))
def test_every_description_gives_a_whole_png_and_the_same_one_twice(description: str, variant: int) -> None:
    one, other = (asyncio.run(Placeholder().paint(description, variant)) for _ in range(2))
    assert one == other
    parts = dict(chunks(one.data))
    assert struct.unpack(">IIBBBBB", parts[b"IHDR"]) == (SIDE, SIDE, 8, 3, 0, 0, 0)
    pixels = zlib.decompress(parts[b"IDAT"])
    assert len(pixels) == SIDE * (SIDE + 1)
    assert max(pixels) < len(parts[b"PLTE"]) // 3


async def test_a_variant_is_another_picture_of_the_same_words() -> None:
    one, other = [await Placeholder().paint("a lamp on a table", variant) for variant in (0, 1)]
    assert one.data != other.data
    assert one.caption == other.caption


async def test_the_bytes_are_the_same_on_every_machine() -> None:
    picture = await Placeholder().paint("the clock in the hall of an old house", 2)
    assert sha256(picture.data).hexdigest() == "54bb71d8ef8942b45162d9468b3a3fc0a276acdd2a512468462a403e6d9094b1"


async def test_a_long_description_has_a_short_caption() -> None:
    picture = await Placeholder().paint("stairs " * 5_000)
    assert len(picture.caption) <= len(MARK) + 2 + 200
    assert picture.caption.endswith("…")


async def test_a_picture_takes_little_of_a_processor() -> None:
    spent: list[float] = []
    for variant in range(5):
        began = time.process_time()
        await Placeholder().paint("stars over a forest, a tent and the sea", variant)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05


@pytest.mark.parametrize("run", [1, 2, 3, 4, 10, 11, 66, 67, 130, 131, 257, 258, 259, 260, 261, 262, 517, 1_000])
def test_runs_of_every_length_are_packed_so_that_any_reader_unpacks_them(run: int) -> None:
    row = bytearray(b"\x07" * run + b"\xff" + b"\x00" * run)
    parts = dict(chunks(png([row, row], [(0, 0, 0)] * 256, comment="x")))
    assert zlib.decompress(parts[b"IDAT"]) == (b"\0" + bytes(row)) * 2
