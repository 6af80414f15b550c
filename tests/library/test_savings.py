"""What an ending saved, counted by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antiphon.library.savings import at_length, saved
from antiphon.measures.tokens import count
from antiphon.room.events import Price

PRICE = Price(input=1.0, output=10.0)


def test_what_was_not_said_is_not_written_and_what_came_before_it_is_not_read() -> None:
    texts = ["one", "two words", "three more words"]
    found = saved(texts, 1, PRICE)
    first, second, third = map(count, texts)
    assert (found.messages, found.written) == (2, second + third)
    assert found.read == first + (first + second)
    assert found.dollars == (found.read * 1.0 + found.written * 10.0) / 1e6


def test_at_one_length_each_message_reads_all_before_it() -> None:
    found = at_length(300, 100, 23, PRICE)
    assert (found.messages, found.written, found.read) == (77, 77 * 300, 300 * sum(range(23, 100)))


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(0, 12))
def test_stopping_later_never_saves_more(texts: list[str], kept: int) -> None:
    early, late = saved(texts, min(kept, len(texts)), PRICE), saved(texts, len(texts), PRICE)
    assert (late.messages, late.written, late.read, late.dollars) == (0, 0, 0, 0.0)
    assert early.dollars >= late.dollars
