from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.repetition import Loop, comparable, jaccard, likeness, period
from antiphon.measures.words import words

few = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30)
some_words = st.lists(st.sampled_from(["moon", "sea", "red", "stone", "ice"]), max_size=20)


@given(few)
def test_a_loop_says_what_the_texts_do(texts: list[str]) -> None:
    found = period(texts)
    if found is not None:
        looping = texts[found.start :]
        assert len(looping) // found.period == found.repeats >= 2
        assert all(one == other for one, other in zip(looping, looping[found.period :], strict=False))


@given(st.lists(st.sampled_from("abc"), max_size=10), st.permutations("vwxyz"), st.integers(1, 5), st.integers(3, 5))
def test_every_block_said_three_times_is_found(before: list[str], block: list[str], size: int, repeats: int) -> None:
    found = period([*before, *(block[:size] * repeats)])
    assert found is not None
    assert (found.period, found.repeats, found.start) == (size, repeats, len(before))


@given(st.lists(st.integers(0, 5), max_size=30))
def test_renaming_what_is_said_changes_no_loop(texts: list[int]) -> None:
    assert period([f"{text}" for text in texts]) == period([f"other {text}" for text in texts])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ("", None),
        ("aa", None),
        ("aaa", Loop(period=1, repeats=3, start=0)),
        ("xabab", None),
        ("xababab", Loop(period=2, repeats=3, start=1)),
        ("abcabc", Loop(period=3, repeats=2, start=0)),
        ("abcdefghabcdefgh", Loop(period=8, repeats=2, start=0)),
        ("abcdefghiabcdefghi", None),
        ("aaab", None),
    ],
)
def test_periods_of_known_sequences(texts: str, expected: Loop | None) -> None:
    assert period(texts) == expected


def test_white_space_does_not_break_a_loop() -> None:
    assert period(["tick tock", " tick  tock\n", "tick tock"]) == Loop(period=1, repeats=3, start=0)


def test_a_nonce_breaks_an_exact_loop() -> None:
    assert period([f"standing by {n}" for n in range(20)]) is None


@given(some_words, st.lists(some_words, max_size=8))
def test_likeness_is_a_share_and_never_between_nothing_and_the_cutoff(
    said: list[str], earlier: list[list[str]]
) -> None:
    found = likeness(comparable(said), [comparable(other) for other in earlier], 0.8)
    assert found == 0 or 0.8 <= found <= 1
    if said and said in earlier:
        assert found == 1


@given(some_words, st.lists(some_words, max_size=8), some_words)
def test_more_to_compare_with_never_makes_it_less_alike(
    said: list[str], earlier: list[list[str]], more: list[str]
) -> None:
    texts = [comparable(other) for other in earlier]
    assert likeness(comparable(said), [*texts, comparable(more)]) >= likeness(comparable(said), texts)


def test_one_changed_word_in_ten_is_near_and_another_sentence_is_not() -> None:
    one = comparable(words("the lamp is lit and the keeper waits for the last ship"))
    other = comparable(words("the lamp is lit and the sailor waits for the last ship"))
    assert likeness(one, [other]) > 0.85
    assert likeness(one, [comparable(words("my grandmother never salted her soup before noon"))]) == 0


@given(some_words, some_words)
def test_jaccard_is_symmetric_and_a_share(one: list[str], other: list[str]) -> None:
    found = jaccard(one, other)
    assert found == jaccard(other, one)
    assert found is None if not one and not other else found is not None and 0 <= found <= 1


def test_jaccard_of_known_sets() -> None:
    assert jaccard(["a", "b"], ["b", "c"]) == pytest.approx(1 / 3)
    assert jaccard(["a"], ["a", "a"]) == 1


def test_only_the_first_600_characters_are_compared() -> None:
    long = ["word"] * 200
    assert comparable([*long, "end"]) == comparable([*long, "other"])
    assert all(one <= other for one, other in pairwise([len(comparable(long[:n])) for n in range(0, 200, 20)]))
