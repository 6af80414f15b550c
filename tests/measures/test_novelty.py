from __future__ import annotations

import random
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.measures.novelty import Pace, Recent, WordIds, distinct, entropy, gain, packed, share_of
from antiphon.measures.prediction import Prequential

some_words = st.lists(st.sampled_from("abcde"), max_size=12)
rooms = st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=20)


@given(rooms, st.integers(1, 5), st.integers(1, 5))
def test_what_is_new_is_what_a_search_through_the_last_messages_finds(
    room: list[list[int]], reach: int, within: int
) -> None:
    recent: Recent[int] = Recent(reach)
    for at, items in enumerate(room):
        for back in (reach, min(within, reach)):
            known = {item for said in room[max(0, at - back) : at] for item in said}
            kinds = set(items)
            expected = len(kinds - known) / len(kinds) if kinds else None
            assert recent.new(items, back) == expected
        recent.add(items)
        assert len(recent) == len({item for said in room[max(0, at + 1 - reach) : at + 1] for item in said})


@given(rooms, st.integers(1, 5))
def test_words_that_are_forgotten_free_their_numbers(room: list[list[int]], reach: int) -> None:
    recent: Recent[str] = Recent(reach)
    ids, most = WordIds(), 0
    for items in room:
        said = [f"w{item}" for item in items]
        numbers = ids.of(said)
        assert len(set(numbers)) == len(set(said))
        ids.forget(recent.add(said))
        most = max([most, *numbers])
        assert len(ids) == len(recent)
    assert most <= 6 * (reach + 1)


@given(some_words, some_words, st.integers(1, 4))
def test_packed_ngrams_are_the_same_where_the_ngrams_are(one: list[str], other: list[str], n: int) -> None:
    ids = WordIds()
    left, right = ids.of(one), ids.of(other)

    def runs(said: list[int]) -> set[tuple[int, ...]]:
        size = min(n, len(said))
        return {tuple(said[at : at + size]) for at in range(len(said) - size + 1)} if said else set()

    assert len(packed(left, n)) == len(runs(left))
    assert len(packed(left, n) & packed(right, n)) == len(runs(left) & runs(right))


@given(some_words, some_words)
def test_shares_are_shares(one: list[str], other: list[str]) -> None:
    found = share_of(one, other)
    assert found is None if not one else found is not None and 0 <= found <= 1
    assert share_of(one, one) == (1 if one else None)


@given(some_words, st.integers(1, 3))
def test_distinct_is_a_share_and_entropy_is_below_its_most(said: list[str], n: int) -> None:
    found, bits = distinct(said, n), entropy(said)
    assert found is None if len(said) < n else found is not None and 0 < found <= 1
    assert bits is None if not said else bits is not None and 0 <= bits <= log2(len(said)) + 1e-9


def test_distinct_and_entropy_of_known_texts() -> None:
    assert distinct(["a", "b", "a", "b"], 2) == pytest.approx(2 / 3)
    assert entropy(["a", "a", "a"]) == 0
    assert entropy(["a", "b", "c", "d"]) == pytest.approx(2)


@given(st.text(max_size=300), st.binary(max_size=300))
@settings(max_examples=50)
def test_gain_is_within_its_range(text: str, history: bytes) -> None:
    found = gain(history, text)
    assert found is None if not text else found is not None and 0 <= found <= 1.1


def test_a_text_that_was_said_gains_little_and_a_new_one_much() -> None:
    said = " ".join(f"word{random.Random(1).randrange(10**6)}{n}" for n in range(40))
    new = " ".join(random.Random(2).sample("abcdefghijklmnopqrstuvwxyz" * 9, 200))
    history = said.encode()
    again, fresh = gain(history, said), gain(history, new)
    assert again is not None
    assert fresh is not None
    assert again < 0.1
    assert fresh > 0.8


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=40))
def test_a_pace_is_never_negative_and_comes_after_four_messages(room: list[tuple[int, int]]) -> None:
    pace = Pace()
    for at, (said, new) in enumerate(room):
        found = pace.see(said, min(said, new))
        assert found is None or found >= 0
        assert found is None or at >= 4


def test_a_room_that_goes_on_as_it_began_goes_at_its_own_pace() -> None:
    drawing, pace = random.Random(7), Pace()
    known: set[int] = set()
    found: list[float] = []
    for _ in range(64):
        said = {int(drawing.paretovariate(0.7)) for _ in range(60)}
        rate = pace.see(60, len(said - known))
        known |= said
        found += [] if rate is None else [rate]
    assert 0.7 < sum(found) / len(found) < 1.3
    dead = [pace.see(60, 0), pace.see(4, 1)]
    assert dead[0] == 0
    assert dead[1] is not None
    assert dead[1] < 1


def test_the_second_hearing_costs_fewer_bits_than_the_first() -> None:
    model = Prequential()
    first = model.see("the lamp is lit and the keeper waits for the last ship of the year")
    for _ in range(3):
        again = model.see("the lamp is lit and the keeper waits for the last ship of the year")
    assert first is not None
    assert again is not None
    assert 0 < again < first / 2
    assert model.see("…") is None
