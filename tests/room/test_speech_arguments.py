"""The arguments of a command: every mark a model may use, one argument as one argument."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.arguments import MOST_WORDS, listed
from antiphon.room.speech import commands_in


def words(arguments: str) -> tuple[str, ...]:
    (found,) = commands_in(f"!x{arguments}")
    assert found.error is None
    return found.words


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ("", ()),
        ("   ", ()),
        (' "a b"', ("a b",)),
        (" 'a b'", ("a b",)),
        (" “a b”", ("a b",)),
        (" ”a b”", ("a b",)),
        (" “a b“", ("a b",)),
        (" „a b“", ("a b",)),
        (" ‘a b’", ("a b",)),
        (" ’a b’", ("a b",)),
        (' "a" "b"', ("a", "b")),
        (' "a""b"', ("a", "b")),
        (' "" "b"', ("", "b")),
        (r' "a \"b\" \\ c\n"', (r'a "b" \ c\n',)),
        (' "a\nb\n\nc" d', ("a\nb\n\nc", "d")),
        (" 'it's here'", ("it's here",)),
        (" ‘it’s here’", ("it’s here",)),
        (' "it\'s “so”"', ("it's “so”",)),
        (' "a sign saying "hello" in neon"', ('a sign saying "hello" in neon',)),
        (" “he said “no” and left”", ("he said “no” and left",)),
        (' "he said "no""', ('he said "no"',)),
        (' "one—"two""', ('one—"two"',)),
        (' "a "b c"', ('a "b c',)),
        (" 1.5", ("1.5",)),
        (' "1.5"', ("1.5",)),
        (" a b  c", ("a", "b", "c")),
        (" I'm 5\" tall", ("I'm", '5"', "tall")),
        ('"a"', ("a",)),
        (": 0.7", ("0.7",)),
        ('("a", "b")', ("a", "b")),
        ("(a, 2)", ("a", "2")),
        ('(model="a", text=“b”)', ("a", "b")),
        (' prompt="a"', ("a",)),
        (" (I'm tired)", ("(I'm", "tired)")),
        (' "q" [a, b] c', ("q", "[a, b]", "c")),
        (' ["a]", b]', ('["a]", b]',)),
        (" [a b", ("[a", "b")),
        (" \r", ()),
        ("!!!", ("!!!",)),
        (' "a"\r', ("a",)),
    ],
)
def test_arguments_are_read_as_meant(arguments: str, read: tuple[str, ...]) -> None:
    assert words(arguments) == read


@pytest.mark.parametrize("arguments", [' "a', " “a", " 'a b", ' "a" "b', ' "a\\"', '("a'])
def test_a_quotation_that_never_closes_is_told(arguments: str) -> None:
    (found,) = commands_in(f"!x{arguments}\n\nmore")
    assert found.error == "unterminated"
    assert found.end == len(f"!x{arguments}\n")


def test_the_alias_of_search_is_read() -> None:
    (found,) = commands_in("web_search(query=”the sea”)")
    assert (found.name, found.words) == ("search", ("the sea",))


@pytest.mark.parametrize(
    ("word", "items"),
    [
        ("[a, b]", ("a", "b")),
        ('["a, b", c d , ”e”]', ("a, b", "c d", "e")),
        ("[]", ()),
        ("[a,,b]", ("a", "b")),
        (r'["a\"b"]', ('a"b',)),
        ("a, b", None),
        ("[a", None),
        ("[a] b", None),
        ('["a]', None),
        ("", None),
    ],
)
def test_a_list_is_split(word: str, items: tuple[str, ...] | None) -> None:
    assert listed(word) == items


@given(st.lists(st.text(alphabet='ab "\\\n', max_size=12), max_size=5))
def test_escaped_arguments_come_back_whole(given_words: list[str]) -> None:
    text = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in given_words)
    assert words(f" {text}") == tuple(given_words)


@given(st.lists(st.text(alphabet="abc]'", min_size=1, max_size=5), max_size=5))
def test_escaped_items_come_back_whole(items: list[str]) -> None:
    assert listed("[" + ", ".join(f'"{item}"' for item in items) + "]") == tuple(items)


def test_very_many_words_lose_nothing() -> None:
    many = [f"w{n}" for n in range(500)]
    read = words(" " + " ".join(many))
    assert len(read) == MOST_WORDS
    assert " ".join(read) == " ".join(many)
