"""The forwarder's two forms say the same, and the markdown comes back byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import TranscriptError
from antiphon.transcripts.forwarder import apart
from antiphon.transcripts.readers.forwarder_json import PLUGIN as JSON
from antiphon.transcripts.readers.forwarder_markdown import PLUGIN as MARKDOWN
from antiphon.transcripts.transcript import drafts
from antiphon.transcripts.writers.markdown import PLUGIN as WRITER

SAID = [
    ("fern-2", " "),
    ("moss-1.5", "Hello there.\n\n---\n\nA rule of my own.\n\n### fern\n\nnot a heading"),
    ("fern-2", ""),
    ("moss-1.5", "\n\ntrailing blanks \n\n"),
    ("fern-2", "---\n\n### moss-1.5\n\nat my very start"),
    ("moss-1.5", "I would rather stop here.\n\n[END]"),
]
TIMES = "**Started:** 2026-02-03 04:05:06\n**Ended:** 2026-02-03 05:06:07\n"
HEAD = f"# fern-2 ↔ moss-1.5\n\n{TIMES}**Messages:** 6\n\n---\n\n"
FILE = HEAD + "".join(f"### {speaker}\n\n{text}\n\n---\n\n" for speaker, text in SAID)


def twin(**changes: Any) -> bytes:
    told = {
        "model_a": "fern-2",
        "model_b": "moss-1.5",
        "initial_message": " ",
        "messages": [{"role": "user", "content": text, "speaker": speaker} for speaker, text in SAID],
        "started_at": "2026-02-03T04:05:06.789000",
        "ended_at": "2026-02-03T05:06:07.000001",
    }
    return json.dumps({**told, **changes}).encode()


def test_both_forms_give_the_same_messages() -> None:
    (one,), (other,) = MARKDOWN.read(FILE.encode()), JSON.read(twin())
    assert one.messages() == other.messages() == SAID
    assert one.lost == other.lost == ()


@pytest.mark.parametrize("data", [FILE.encode(), b"\xef\xbb\xbf" + FILE.encode(), FILE.replace("\n", "\r\n").encode()])
def test_a_markdown_file_comes_back_byte_for_byte(data: bytes, placed: Any) -> None:
    (transcript,) = MARKDOWN.read(data)
    assert WRITER.write(placed(drafts(transcript)), lambda _: None) == FILE.encode()


def test_a_json_file_gives_its_markdown_twin(placed: Any) -> None:
    (transcript,) = JSON.read(twin())
    assert WRITER.write(placed(drafts(transcript)), lambda _: None) == FILE.encode()


def test_a_running_file_has_no_end_and_comes_back_too(placed: Any) -> None:
    text = FILE.replace("**Ended:** 2026-02-03 05:06:07\n", "")
    (transcript,) = MARKDOWN.read(text.encode())
    assert transcript.ended is None
    assert WRITER.write(placed(drafts(transcript)), lambda _: None) == text.encode()


def test_a_file_that_breaks_off_is_read_and_says_so() -> None:
    cut = FILE[: FILE.index("rather")]
    (transcript,) = MARKDOWN.read(cut.encode())
    assert transcript.messages()[-1] == ("moss-1.5", "I would ")
    assert any("breaks off" in place for place in transcript.lost)
    assert any("6 messages" in place or "of 6" in place for place in transcript.lost) is (
        len(transcript.messages()) != 6
    )


def test_a_wrong_count_in_the_head_is_told() -> None:
    (transcript,) = MARKDOWN.read(FILE.replace("**Messages:** 6", "**Messages:** 7").encode())
    assert "7 messages, 6" in transcript.lost[0]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("no title\n", "line 1"),
        (HEAD + "### somebody\n\nhello\n\n---\n\n", "line 9"),
    ],
)
def test_what_is_no_forwarder_file_is_refused_with_its_line(text: str, place: str) -> None:
    with pytest.raises(TranscriptError, match=place):
        MARKDOWN.read(text.encode(), "talk.md")


def test_a_stranger_among_the_speakers_is_named_by_its_path() -> None:
    with pytest.raises(TranscriptError, match=r"\$\.messages\[0\]\.speaker"):
        JSON.read(twin(messages=[{"content": "x", "speaker": "nobody"}]))


def test_one_model_with_itself_is_seated_twice_and_that_is_told() -> None:
    said = [{"content": str(n), "speaker": "fern-2"} for n in range(3)]
    (transcript,) = JSON.read(twin(model_b="fern-2", messages=said))
    assert [speaker for speaker, _ in transcript.messages()] == ["fern-2", "fern-2 2", "fern-2"]
    assert "in turn" in transcript.lost[0]


def test_one_model_with_itself_is_seated_in_markdown_as_in_its_json_twin() -> None:
    said = [{"content": str(n), "speaker": "fern-2"} for n in range(3)]
    body = "".join(f"### fern-2\n\n{n}\n\n---\n\n" for n in range(3))
    (one,) = MARKDOWN.read(f"# fern-2 ↔ fern-2\n\n**Messages:** 3\n\n---\n\n{body}".encode())
    (other,) = JSON.read(twin(model_b="fern-2", messages=said))
    assert (one.seats, one.messages(), one.lost) == (other.seats, other.messages(), other.lost)


@given(st.lists(st.sampled_from(["a", "a 2", "b", "a 3"]), max_size=7))
def test_seats_of_one_name_are_named_apart_and_the_others_keep_theirs(names: list[str]) -> None:
    labels = apart(names)
    assert len(set(labels)) == len(names)
    assert all(label.startswith(name) for label, name in zip(labels, names, strict=True))
    assert set(names) <= set(labels)


BARE = "# fern ↔ moss\n\n---\n\n### fern\n\nhello\n\n---\n\n### moss\n\nyes\n\n---\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_head_that_tells_only_the_names_is_enough_however_it_was_saved(mark: str, line_end: str) -> None:
    data = (mark + BARE).replace("\n", line_end).encode()
    assert MARKDOWN.sniff(data, "x") > 0.5
    (transcript,) = MARKDOWN.read(data)
    assert transcript.messages() == [("fern", "hello"), ("moss", "yes")]
    assert transcript.lost == ()


def test_a_page_with_a_title_and_a_rule_is_no_forwarder_file() -> None:
    assert MARKDOWN.sniff(b"# Notes\n\n---\n\n### First\n", "x") == 0
    assert MARKDOWN.sniff("# fern ↔ moss\n\nA page about both.\n".encode(), "x") == 0


def test_the_readers_know_their_own_files() -> None:
    assert MARKDOWN.sniff(FILE.encode(), "x") > 0.5 > MARKDOWN.sniff(twin(), "x")
    assert JSON.sniff(twin(), "x") > 0.5 > JSON.sniff(FILE.encode(), "x")
