from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.measures.mimicry import Mimic, tokens

STRANGE = ["The gulls left before noon.", "Copper rusts green, never red!", "Who sold him that umbrella?"]


def test_markers_and_commands_are_never_heard() -> None:
    assert tokens('Yes, [END] well.\n !image "a"\n！leave\nGood', ["[END]"]) == ["yes", ",", "well", ".", "good"]


@given(text=st.text(max_size=300))
@settings(max_examples=40)
def test_whatever_it_hears_it_is_scored_in_finite_bits_and_speaks_no_command(text: str) -> None:
    mind = Mimic(500)
    first = mind.bits(text)
    mind.learn(text)
    again = mind.bits(text)
    assert (first is None) == (again is None) == (not tokens(text))
    if first is not None and again is not None:
        assert 0 <= again <= first
    said = mind.speak(Random(1).random)
    assert not said.lstrip().startswith("!")
    assert "\n" not in said


def test_what_was_never_heard_surprises_and_what_was_heard_often_does_not() -> None:
    mind = Mimic()
    for text in STRANGE * 1:
        bits = mind.bits(text)
        assert bits is not None
        assert bits > 2
        mind.learn(text)
    for _ in range(8):
        mind.learn(STRANGE[0])
    bits = mind.bits(STRANGE[0])
    assert bits is not None
    assert bits < 0.3


def test_a_full_mind_learns_nothing_more_and_still_speaks() -> None:
    mind = Mimic(60)
    for n in range(50):
        mind.learn(f"word{n} follows word{n + 1} and so on.")
    assert mind.pairs == 60
    assert mind.speak(Random(2).random)


@pytest.mark.parametrize("seed", range(5))
def test_it_says_at_most_two_sentences_of_what_it_knows(seed: int) -> None:
    mind = Mimic()
    for text in STRANGE:
        mind.learn(text)
    said = mind.speak(Random(seed).random)
    assert said[0].isupper()
    assert sum(said.count(end) for end in ".!?") <= 2
    assert set(tokens(said)) <= {word for text in STRANGE for word in tokens(text)}


def test_one_that_knows_nothing_says_nothing_and_scripts_without_spaces_are_joined() -> None:
    assert Mimic().speak(Random(3).random) == ""
    mind = Mimic()
    mind.learn("雨が降る。")
    assert mind.speak(Random(4).random).startswith("雨が降る。")
