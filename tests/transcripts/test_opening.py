"""A file is known by its content, whatever its name; what nobody knows is refused with what was tried."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import TranscriptError
from antiphon.registry import names, plugins
from antiphon.testing.events import Script
from antiphon.transcripts.opening import read_file
from antiphon.transcripts.writers.jsonl import PLUGIN

FILES = {
    "forwarder_markdown": "# a ↔ b\n\n**Started:** 2026-01-01\n**Messages:** 1\n\n---\n\n### a\n\nhi\n\n---\n\n",
    "forwarder_json": '{"model_a": "a", "model_b": "b", "messages": [{"content": "hi", "speaker": "a"}]}',
    "classic": '[AI-1 modified their system prompt]\n💭 [AI-1]: !prompt "x"\nAI-1 (a) \nhi\n',
}


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("name", ["room", "room.json", "room.md"])
def test_a_file_is_known_by_its_content(form: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[form], encoding="utf-8", newline="")
    (transcript,) = read_file(path)
    assert (transcript.format, transcript.file) == (form, name)
    assert [text for _, text in transcript.messages()] == ["hi"]


def test_our_own_lines_are_known_too(tmp_path: Path, sealed: Any) -> None:
    script = Script()
    script.turn("AI-1", "hi")
    path = tmp_path / "x.txt"
    path.write_bytes(PLUGIN.write(sealed(script.events), lambda _: None))
    assert read_file(path)[0].format == "jsonl"


@pytest.mark.parametrize("data", [b"hello\n", b"{}", b"[1, 2]", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfe\xfd", b"", b"\n"])
def test_what_nobody_knows_is_refused_with_what_was_tried(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "strange.bin"
    path.write_bytes(data)
    with pytest.raises(TranscriptError, match=r"strange\.bin: ") as caught:
        read_file(path)
    if data.strip():
        assert all(name in str(caught.value) for name in names("reader"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="no such file"):
        read_file(tmp_path / "none.md")
    with pytest.raises(TranscriptError, match="not a file"):
        read_file(tmp_path)


def test_errors_and_losses_name_the_file_as_it_was_given_and_the_room_only_its_name(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    path.write_text(FILES["forwarder_markdown"].replace("**Messages:** 1", "**Messages:** 2"), encoding="utf-8")
    (transcript,) = read_file(path)
    assert transcript.file == "talk.md"
    assert transcript.lost[0].startswith(f"{path}: ")
    path.write_text('{"model_a": "a", "model_b": "b", "messages": 1}')
    with pytest.raises(TranscriptError, match=re.escape(f"{path}: ")):
        read_file(path)


def test_every_reader_bears_the_name_of_its_file() -> None:
    for name, reader in plugins("reader"):
        assert reader.name == name
        assert reader.sniff(b"", "x") == 0
        assert 0 <= reader.sniff(bytes(range(256)), "x") < 0.5
