"""The event stream parser against every way a network can cut a stream."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.wire.sse import EventStream, StreamTooLongError

LINES = st.lists(
    st.sampled_from(
        [b"data: a", b"data:b", b"data", b"data:  two", b": a comment", b"", b"", b"event: x", b"id:1", b"\xff"]
    ),
    max_size=20,
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def parse(chunks: list[bytes]) -> list[bytes]:
    stream = EventStream()
    return [event for chunk in chunks for event in stream.feed(chunk)] + stream.finish()


@given(LINES, ENDS, st.sampled_from([b"", b"\xef\xbb\xbf"]), st.lists(st.integers(0, 200), max_size=12))
def test_any_chunking_of_a_stream_gives_the_same_events(
    lines: list[bytes], end: bytes, mark: bytes, cuts: list[int]
) -> None:
    whole = mark + b"".join(line + end for line in lines)
    places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    chunks = [whole[a:b] for a, b in pairwise(places)]
    by_byte = [whole[at : at + 1] for at in range(len(whole))]
    assert parse(chunks) == parse([whole]) == parse(by_byte)


@given(LINES)
def test_the_kind_of_line_end_does_not_matter(lines: list[bytes]) -> None:
    forms = [parse([b"".join(line + end for line in lines)]) for end in (b"\n", b"\r\n", b"\r")]
    assert forms[0] == forms[1] == forms[2]


def test_lines_of_data_are_joined_and_comments_left_out() -> None:
    assert parse([b": hello\n\ndata: one\ndata: two\n\nevent: x\ndata: three\n\n"]) == [b"one\ntwo", b"three"]


def test_only_one_space_after_the_colon_is_taken_off() -> None:
    assert parse([b"data:  x\n\n"]) == [b" x"]


def test_done_ends_the_stream_and_hides_what_follows() -> None:
    stream = EventStream()
    assert stream.feed(b"data: 1\n\ndata: [DONE]\n\ndata: 2\n\n") == [b"1"]
    assert stream.done
    assert stream.feed(b"data: 3\n\n") == []


def test_a_stream_may_end_without_its_last_blank_line() -> None:
    stream = EventStream()
    stream.feed(b"data: 1\n\ndata: [DONE]")
    assert stream.finish() == []
    assert stream.done


def test_a_line_and_a_stream_without_end_are_refused() -> None:
    with pytest.raises(StreamTooLongError, match="a line of more than 100 bytes"):
        EventStream(line_bytes=100).feed(b"x" * 101)
    stream = EventStream(total_bytes=1000)
    stream.feed(b"data: x\n\n" * 100)
    with pytest.raises(StreamTooLongError, match="more than 1000 bytes"):
        stream.feed(b"data: x\n\n" * 100)
