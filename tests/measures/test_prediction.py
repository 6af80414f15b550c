from __future__ import annotations

from collections import Counter
from itertools import cycle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.prediction import Ngram, words

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", "."]), max_size=40)
CONTEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", ".", "never"]), max_size=5)


def learned(text: list[str], order: int = 4, most: int = 1_000) -> Ngram:
    model = Ngram(order, most)
    model.learn(text)
    return model


@given(TEXTS, CONTEXTS, st.integers(1, 5), st.integers(0, 60))
def test_the_words_known_and_one_unknown_share_all_probability(
    text: list[str], context: list[str], order: int, most: int
) -> None:
    model = learned(text, order, most)
    total = sum(model.probability(word, context) for word in [*model.follows(()), "unknown"])
    assert total == pytest.approx(1)


@given(TEXTS, CONTEXTS)
def test_every_word_has_a_surprise_above_zero(text: list[str], context: list[str]) -> None:
    model = learned(text)
    assert all(model.score(word, context) >= 0 for word in [*text, "unknown"])


@given(TEXTS, CONTEXTS, st.floats(0, 2), st.integers(0, 3), st.integers())
def test_the_same_numbers_draw_the_same_known_word(
    text: list[str], context: list[str], temperature: float, least: int, seed: int
) -> None:
    model = learned(text)
    drawn = [model.sample(context, Random(seed).random, temperature=temperature, least=least) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] in {*text, ""}
    assert bool(drawn[0]) == bool(text)


@given(TEXTS, st.integers(1, 30))
def test_a_model_never_holds_more_than_it_may(text: list[str], most: int) -> None:
    assert learned(text, most=most).pairs <= most


@given(TEXTS)
def test_learning_twice_is_learning_the_same_way_twice(text: list[str]) -> None:
    one, other = learned(text), learned(text)
    assert [one.score(word, text[:2]) for word in text] == [other.score(word, text[:2]) for word in text]


def test_what_was_read_often_surprises_less() -> None:
    model = learned(["the", "cat", "sat", "on", "the", "mat", "and", "the", "cat", "sat", "by", "the", "door"])
    assert model.score("sat", ["the", "cat"]) < model.score("door", ["the", "cat"])
    assert model.score("door", ["the", "cat"]) < model.score("elephant", ["the", "cat"])


def test_draws_follow_the_probabilities() -> None:
    model = learned(list("abacabadabacab"))
    chance = Random(7).random
    drawn = Counter(model.sample(["a"], chance) for _ in range(8_000))
    known = sum(model.probability(word, ["a"]) for word in "abcd")
    for word in "abcd":
        assert drawn[word] / 8_000 == pytest.approx(model.probability(word, ["a"]) / known, abs=0.02)


def test_many_followers_are_drawn_as_few_are() -> None:
    text = [f"w{n % 40}" for n in range(400)]
    model = learned(text, order=1)
    chance = Random(1).random
    drawn = Counter(model.sample([], chance) for _ in range(4_000))
    assert len(drawn) == 40
    assert max(drawn.values()) < 2 * min(drawn.values())


def test_a_higher_temperature_draws_flatter() -> None:
    model = learned(["a"] * 30 + ["b"] * 3, order=1)

    def share(temperature: float) -> float:
        chance = Random(3).random
        return sum(model.sample([], chance, temperature=temperature) == "b" for _ in range(2_000)) / 2_000

    assert share(0) == 0
    assert share(0.5) < share(1) < share(2)


def test_least_keeps_to_contexts_that_are_long_enough() -> None:
    model = learned(["x", "a", "y", "b", "x", "a", "y", "c"])
    numbers = cycle([0.999_999, 0.5])
    assert {model.sample(["x", "a"], lambda: next(numbers), least=2) for _ in range(20)} == {"y"}


def test_an_order_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 word"):
        Ngram(0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop — it’s 3 o'clock!", ["don't", "stop", "it's", "3", "o'clock"]),
        ("你好，世界", ["你", "好", "世", "界"]),
        ("ねこ が", ["ね", "こ", "が"]),
        ("mixed中文text", ["mixed", "中", "文", "text"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("Straße CAFÉ", ["strasse", "café"]),
        ("snake_case under_", ["snake", "case", "under"]),
        ("… !? —", []),
    ],
)
def test_words_are_unicode_words_and_single_characters_where_nothing_is_spaced(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=200))
def test_any_text_has_words_without_spaces(text: str) -> None:
    assert all(word and not any(letter.isspace() for letter in word) for word in words(text))
