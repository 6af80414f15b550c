"""Assessors: a fifth of them is kept for lower severities, and nobody waits for ever."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.monitor.assessors import AGE, GRAVE, Waiting, assign, reserved

FLAGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5 * AGE)), max_size=30).map(
    lambda made: [Waiting(f"flag-{n}", severity, since) for n, (severity, since) in enumerate(made)]
)
NOW = 5 * AGE


@given(FLAGS, st.integers(1, 20), st.data())
@settings(max_examples=200)
def test_grave_flags_never_get_the_reserve_and_nobody_idles_while_a_lower_one_waits(
    flags: list[Waiting], assessors: int, data: st.DataObject
) -> None:
    grave_busy = data.draw(st.integers(0, assessors - reserved(assessors)))
    idle = data.draw(st.integers(0, assessors - grave_busy))
    taken = assign(flags, assessors=assessors, grave_busy=grave_busy, idle=idle, now=NOW)
    assert len(taken) <= idle
    assert len({flag.flag for flag in taken}) == len(taken)
    grave = sum(flag.severity >= GRAVE for flag in taken)
    assert grave == 0 or grave_busy + grave <= assessors - reserved(assessors)
    left = [flag for flag in flags if flag not in taken]
    if len(taken) < idle:
        assert all(flag.severity >= GRAVE for flag in left)
        assert not left or grave_busy + grave >= assessors - reserved(assessors)


@given(FLAGS, st.randoms(use_true_random=False))
def test_the_order_in_which_flags_are_given_does_not_matter(flags: list[Waiting], chance: Random) -> None:
    mixed = list(flags)
    chance.shuffle(mixed)
    how = {"assessors": 5, "grave_busy": 1, "idle": 3, "now": NOW}
    assert assign(mixed, **how) == assign(flags, **how)


@given(st.integers(1, 50))
def test_a_fifth_is_reserved(assessors: int) -> None:
    assert reserved(assessors) == (0 if assessors == 1 else max(1, assessors // 5))
    assert reserved(assessors) < assessors


def test_under_a_flood_of_grave_flags_a_lower_one_is_assessed_at_once() -> None:
    flood = [Waiting(f"grave-{n:04}", 4, 0) for n in range(1_000)]
    taken = assign([*flood, Waiting("note", 0, 0)], assessors=5, grave_busy=0, idle=5, now=0)
    assert [flag.severity for flag in taken] == [4, 4, 4, 4, 0]


def test_a_lone_assessor_comes_to_a_note_that_waited_long_enough() -> None:
    now, waiting = 0, [Waiting("note", 0, 0)]
    for minute in range(100):
        now = minute * AGE
        waiting = [flag for flag in waiting if flag.flag == "note"] + [Waiting(f"grave-{minute}", 4, now)]
        if assign(waiting, assessors=1, grave_busy=0, idle=1, now=now)[0].flag == "note":
            break
    assert now == 4 * AGE
