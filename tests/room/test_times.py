from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.times import millis, stamp

times = st.integers(0, 4_102_444_800_000)


@given(times)
def test_a_stamp_is_read_back_to_the_millisecond(now: int) -> None:
    assert millis(stamp(now)) == now


@given(times, times)
def test_stamps_sort_like_times(one: int, other: int) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)


@given(times)
def test_a_stamp_has_milliseconds_and_is_utc(now: int) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp(now))


@pytest.mark.parametrize("at", ["2026-11-21T09:30:00Z", "2026-11-21T10:30:00+01:00", "2026-11-21T09:30:00.000000Z"])
def test_any_rfc_3339_time_with_an_offset_is_read(at: str) -> None:
    assert stamp(millis(at)) == "2026-11-21T09:30:00.000Z"
