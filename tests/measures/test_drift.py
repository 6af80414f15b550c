from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.drift import Background, distance, drift
from antiphon.measures.fixation import Fixations

some_words = st.lists(st.sampled_from("abcdef"), max_size=12)
some_rooms = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=6)


@given(some_words, some_words, some_rooms)
def test_a_distance_is_symmetric_and_between_nought_and_one(
    one: list[str], other: list[str], others: list[list[str]]
) -> None:
    background = Background.of(others)
    found = distance(one, other, background)
    assert found == (None if not one or not other else pytest.approx(distance(other, one, background)))
    assert found is None or 0 <= found <= 1


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=12), some_rooms)
def test_the_same_words_are_at_no_distance(said: list[str], others: list[list[str]]) -> None:
    assert distance(said, said[::-1], Background.of(others)) == pytest.approx(0)


@given(some_rooms, st.lists(st.sampled_from("abcdef"), max_size=6))
def test_a_background_without_a_room_is_that_of_the_others(others: list[list[str]], room: list[str]) -> None:
    left = Background.of([*others, room]).without(room)
    assert left.rooms == len(others)
    assert all(left.weight(word) == Background.of(others).weight(word) for word in "abcdefg")


def test_words_that_other_rooms_use_move_less() -> None:
    plain = distance(["the", "moon"], ["the", "sea"])
    weighed = distance(["the", "moon"], ["the", "sea"], Background.of([["the"], ["the"], ["the", "sun"]]))
    assert plain == pytest.approx(0.5)
    assert weighed is not None
    assert weighed > 0.8


def test_a_seat_that_changes_its_words_drifts_and_one_that_does_not_stays() -> None:
    early, late = [["sea", "stone"]] * 8, [["love", "light"]] * 8
    assert drift(early + late) == 1
    assert drift(early + early) == pytest.approx(0)
    assert drift(early) is None


def test_a_seat_that_keeps_to_one_message_is_fixed_on_it() -> None:
    fixations = Fixations()
    fixations.see("B", ["pelican", "brief", "harbour"])
    found = None
    for n in range(8):
        found = fixations.see("A", ["pelican", "brief", f"new{n}"])
        fixations.see("B", [f"other{n}", f"thing{n}", f"more{n}"])
    assert found is not None
    assert found.index == 0
    assert found.share > 0.6


def test_what_everybody_takes_up_is_nobodys_fixation() -> None:
    fixations = Fixations()
    fixations.see("B", ["pelican", "brief"])
    for n in range(8):
        last = fixations.see("A", ["pelican", "brief", f"new{n}"])
        fixations.see("B", ["pelican", "brief", f"other{n}"])
    assert last is not None
    assert last.share < 0.1


@given(st.lists(st.tuples(st.sampled_from("AB"), some_words), max_size=90))
def test_fixation_is_a_share_and_memory_is_bounded(room: list[tuple[str, list[str]]]) -> None:
    fixations = Fixations()
    for at, (seat, said) in enumerate(room):
        found = fixations.see(seat, said)
        assert found is None or (0 < found.share <= 1 and found.index < at)
    assert len(fixations._firsts) <= 64
