from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.chance import draw, pick

seeds = st.integers(-(2**63), 2**63)
seqs = st.integers(0, 10_000)


@given(seeds, seqs, st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_draw_is_fixed_by_its_arguments_and_lies_in_its_range(seed: int, seq: int, purpose: str) -> None:
    assert draw(seed, seq, purpose) == draw(seed, seq, purpose)
    assert 0 <= draw(seed, seq, purpose) < 1


@given(seeds, seqs, st.integers(1, 64))
def test_a_pick_is_an_index(seed: int, seq: int, count: int) -> None:
    assert 0 <= pick(seed, seq, "who", count) < count


def test_a_draw_never_changes_between_versions_of_the_program() -> None:
    assert [round(draw(7, seq, "who_speaks"), 6) for seq in (1, 2, 3)] == [0.135215, 0.752127, 0.366944]


def test_picks_are_roughly_uniform_over_places_and_over_seeds() -> None:
    by_place = Counter(pick(7, seq, "who", 5) for seq in range(5_000))
    by_seed = Counter(pick(seed, 7, "who", 5) for seed in range(5_000))
    for counts in (by_place, by_seed):
        assert all(900 < counts[index] < 1_100 for index in range(5))


def test_another_seed_place_or_purpose_draws_something_else() -> None:
    assert len({draw(1, 1, "a"), draw(2, 1, "a"), draw(1, 2, "a"), draw(1, 1, "b")}) == 4
