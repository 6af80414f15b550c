"""What a room has said before surprises less and less, every word stands where it is said to, and memory is bounded."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.measures.surprise import LEVELS, READ, Surprises, level_of
from antiphon.measures.words import fold, located, words

TEXTS = st.text(st.sampled_from("abc é’'_-. \n你好ไทยﬁ١①👍") | st.characters(), max_size=60)


@given(TEXTS)
def test_a_word_stands_where_it_is_said_to(text: str) -> None:
    end = 0
    for start, stop, word in located(text):
        assert end <= start < stop <= len(text)
        assert fold(text[start:stop]) == word
        end = stop


@pytest.mark.parametrize(
    "text",
    ["Don’t stop — 'tis 3 o'clock, Zoë_s café.", "你好，世界 and ไทย", "Это тест", "हिन्दी में", "naïve “quotes” e4!"],
)
def test_the_words_are_those_of_every_measure(text: str) -> None:
    assert [word for *_, word in located(text)] == words(text)


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=50)
def test_the_same_room_surprises_the_same_way_twice(texts: list[str]) -> None:
    one, other = Surprises(remembered=100), Surprises(remembered=100)
    assert [one.see(text) for text in texts] == [other.see(text) for text in texts]


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=50)
def test_shades_are_in_order_and_inside_the_text(texts: list[str]) -> None:
    room = Surprises()
    for text in texts:
        end = 0
        for start, stop, level in room.see(text).shades(text):
            assert end <= start < stop <= len(text)
            assert 1 <= level <= len(LEVELS)
            assert "\n" not in text[start:stop]
            end = stop


def test_a_room_that_says_the_same_again_grows_pale() -> None:
    room = Surprises()
    said = "The lighthouse keeper counted every gull that morning"
    means = [room.see(said).mean or 0 for _ in range(6)]
    assert means == sorted(means, reverse=True)
    assert means[0] > LEVELS[1] > 1 > means[-1]
    assert room.see(said).shades(said) == ()
    again = f"{said}, and a hippopotamus"
    [(start, stop, level)] = [shade for shade in room.see(again).shades(again) if shade[2] == len(LEVELS)]
    assert (again[start:stop], level) == ("hippopotamus", 4)


def test_a_text_without_words_surprises_nobody() -> None:
    nothing = Surprises().see("… — !")
    assert (nothing.mean, nothing.words, nothing.shades("… — !")) == (None, (), ())


def test_levels_begin_where_they_are_said_to() -> None:
    assert [level_of(bits) for bits in (0, 7.9, *LEVELS, 500)] == [0, 0, 1, 2, 3, 4, 4]


def test_what_was_said_long_ago_is_forgotten_and_memory_stays_bounded() -> None:
    room = Surprises(remembered=4_000)
    room.see("an albatross")
    for number in range(400):
        room.see(f"message {number} says {number * 7} and nothing of birds " * 2)
    assert (room.see("an albatross").words[1][2]) >= LEVELS[2]
    tracemalloc.start()
    room = Surprises()
    for number in range(500):
        room.see(" ".join(f"word{number * 40 + at}" for at in range(40)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 8_000_000


def test_a_wall_of_text_is_read_to_a_limit() -> None:
    found = Surprises().see("word " * 100_000)
    assert found.words[-1][1] <= READ
