"""A valid file that lost, gained or swapped some bytes is read with a report, or refused; nothing in between."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import TranscriptError
from antiphon.registry import plugin
from antiphon.room.state import fold
from antiphon.testing.events import Script
from antiphon.transcripts.transcript import drafts

CLASSIC = """🎨 [AI-1 (a)]: !image "x" (generating...)
[AI-1 modified their system prompt]
💭 [AI-1]: !prompt "y"
✨ [AI-1]: !add_ai "b" "come"
🌡️ [AI-1]: !temperature 1.5
Maximum of 2 AIs already reached
AI-1 (a) 
!image "x"
!add_ai "b" "come"
!add_ai "c" "too"
🎨 AI-1 (a) created an image\ufffc
[AI-1 (a)]: !image "x" 
AI-2 (b) 
here
"""  # noqa: W291 - the form's headings end in a space
FILES = {
    "forwarder_markdown": b"# a \xe2\x86\x94 b\n\n**Messages:** 2\n\n---\n\n### a\n\nhi\n\n---\n\n### b\n\n\n\n---\n\n",
    "forwarder_json": b'{"model_a": "a", "model_b": "b", "messages": [{"content": "hi", "speaker": "a"}]}',
    "classic": CLASSIC.encode(),
}
PIECES = [
    b"\n",
    b'"',
    b"\\",
    b"---",
    b"### a\n\n",
    b"AI-1 (a) \n",
    b"{",
    b"]",
    b"\xff",
    b"\0",
    b"[AI-2]: !prompt ",
    b"9" * 80,
]
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES) | st.just(b"")), max_size=5)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, piece in edits:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.mark.parametrize("form", FILES)
@given(edits=EDITS)
def test_a_broken_file_is_read_or_refused(form: str, edits: list[tuple[float, int, bytes]], placed: Any) -> None:
    with suppress(TranscriptError):
        for transcript in plugin("reader", form).read(edited(FILES[form], edits)):
            assert fold("room-1", placed(drafts(transcript))).phase == "paused"


@given(edits=EDITS)
def test_broken_lines_of_our_own_are_refused_or_told(edits: list[tuple[float, int, bytes]], sealed: Any) -> None:
    script = Script(2)
    script.turn("AI-1", "hi")
    data = plugin("writer", "jsonl").write(sealed(script.events), lambda _: None)
    broken = edited(data, edits)
    with suppress(TranscriptError):
        (transcript,) = plugin("reader", "jsonl").read(broken)
        assert list(transcript.events) == script.events or transcript.lost
