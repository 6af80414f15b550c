"""A hostile or broken file ends in one clear error that names the file and the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import TranscriptError
from antiphon.registry import plugins
from antiphon.transcripts.bounds import bounded_json, take, text_of

JSON_HEAD = b'{"model_a": "a", "model_b": "b", "messages": '
HOSTILE = {
    "deep.json": JSON_HEAD + b"[" * 100_000,
    "deeper.json": b'{"model_a":"a","model_b":"b","x":' * 30_000,
    "digits.json": JSON_HEAD + b"[" + b"1" * 5_000 + b"]}",
    "cut.json": JSON_HEAD + b'[{"content": "hel',
    "wrong.json": JSON_HEAD + b'[{"content": 3, "speaker": "a"}]}',
    "stranger.json": JSON_HEAD + b'[{"content": "x", "speaker": "c"}]}',
    "binary.txt": bytes(range(256)) * 64,
    "latin.md": b"# a \xff b\n\n**Started:** x\n\n---\n\n",
    "empty.md": b"",
    "blank.md": b"  \n\n ",
    "nothing.txt": b"just some words\n",
    "line.jsonl": b'{"v":1,"seq":1,"type":"room.opened"}\n',
    "nested.jsonl": b'{"seq":1,"type":"room.opened","x":' + b"[" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_an_error_that_names_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    for _, reader in plugins("reader"):
        with pytest.raises(TranscriptError, match=name.replace(".", r"\.")):
            reader.read(path)


@given(st.binary(max_size=400))
def test_random_bytes_are_an_error_and_never_a_traceback(data: bytes) -> None:
    for _, reader in plugins("reader"):
        with pytest.raises(TranscriptError):
            reader.read(data)


def test_a_file_over_the_limit_is_refused_before_it_is_whole_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"x" * 5_000)
    with pytest.raises(TranscriptError, match="larger than 1,000 bytes"):
        take(path, limit=1_000)


def test_digits_inside_a_text_are_no_number() -> None:
    assert bounded_json(b'{"a": "' + b"9" * 5_000 + b'"}', dict[str, str], "x")["a"] == "9" * 5_000


def test_brackets_inside_a_text_are_no_depth() -> None:
    assert bounded_json(b'["' + b"[" * 5_000 + b'\\""]', list[str], "x") == ["[" * 5_000 + '"']


def test_crlf_and_a_byte_order_mark_are_taken_away() -> None:
    assert text_of(b"\xef\xbb\xbfa\r\nb\r\n", "x") == ("a\nb\n", [])
    text, lost = text_of(b"a\r\nb\n", "x")
    assert text == "a\nb\n"
    assert "mixed" in lost[0]
    assert text_of(b"a\nb\r\n", "x")[0] == "a\nb\r\n"


def test_half_a_pair_of_escapes_is_one_sign_that_nothing_can_show_and_a_whole_pair_is_its_character() -> None:
    cut = rb'["an emoji cut in two: \ud83d", "whole: \ud83d\ude00", "\\ud83d is only written"]'
    assert bounded_json(cut, list[str], "x") == ["an emoji cut in two: \ufffd", "whole: 😀", "\\ud83d is only written"]
    with pytest.raises(TranscriptError, match="Expected `int`"):
        bounded_json(rb'["\ud83d"]', list[int], "x")
    with pytest.raises(TranscriptError, match="not whole JSON"):
        bounded_json(rb'["\ud83d"', list[str], "x")
