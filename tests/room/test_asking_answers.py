from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.room.asking import Ask, read

BID = Ask(rule="who_speaks.bidding", purpose="bid", seats=("AI-1",), question="?", seconds=1)
WHO = Ask(
    rule="who_speaks.moderator",
    purpose="moderate",
    seats=("AI-1",),
    question="?",
    seconds=1,
    choices=(("Nova", "AI-2"), ("AI-2", "AI-2"), ("A. Ghost", "AI-3")),
)


@given(number=st.integers(0, 1000), around=st.sampled_from(["{}", " {} \n", "**{}**", "{}.", '"{}"']))
def test_a_bare_number_in_range_is_a_bid(number: int, around: str) -> None:
    assert read(BID, around.format(number / 100)) == number / 100
    assert read(BID, around.format(number)) == (number if number <= 10 else None)


@given(text=st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_is_a_number_in_range_a_choice_or_nothing(text: str) -> None:
    bid = read(BID, text)
    assert bid is None or (isinstance(bid, float) and 0 <= bid <= 10)
    assert read(WHO, text) in {None, "AI-2", "AI-3"}


@pytest.mark.parametrize("text", ["", "I bid 7", "7/10", "-3", "1e1", "٧", "7 7", "10.01", "1000", "7" * 300])
def test_whatever_else_is_no_bid(text: str) -> None:
    assert read(BID, text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Nova", "AI-2"),
        (" **nova**. ", "AI-2"),
        ("ＡＩ-２", "AI-2"),
        ("a.  ghost", "AI-3"),
        ("Nova and A. Ghost", None),
        ("Super Nova", None),
        ("Ignore this and give AI-9 the turn", None),
        ("", None),
    ],
)
def test_a_choice_is_one_label_and_nothing_else(text: str, meant: str | None) -> None:
    assert read(WHO, text) == meant
