from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.tokens import count, pieces

any_text = st.text(st.characters(exclude_categories=()), max_size=200)


@given(any_text)
def test_the_pieces_of_any_text_join_to_that_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(any_text)
def test_the_count_is_the_number_of_pieces_and_none_of_them_is_empty(text: str) -> None:
    assert count(text) == len(pieces(text))
    assert all(pieces(text))


@given(any_text, any_text)
def test_two_texts_together_never_count_more_than_apart_and_one(text: str, more: str) -> None:
    assert count(text + more) <= count(text) + count(more) + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Hello, world", ["Hello", ",", " world"]),
        ("conversation", ["conver", "sation"]),
        ("in 2026", ["in", " 202", "6"]),
        ("a\n\n  b", ["a", "\n\n  ", "b"]),
        ("日本語", ["日", "本", "語"]),
        ("x_y", ["x", "_", "y"]),
    ],
)
def test_a_text_is_cut_where_the_docstring_says(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_a_megabyte_of_anything_is_counted_in_one_pass() -> None:
    for unit in ("a", " ", "[", "9", "語", "a "):
        assert count(unit * 200_000) > 0
