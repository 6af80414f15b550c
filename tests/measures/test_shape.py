from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.shape import alphabetic_share, cap, emoji_share, ends_with, parts, slope, without_marker

any_text = st.text(st.characters(exclude_categories=()), max_size=200)
lines = st.lists(
    st.sampled_from(["```", "~~~", "x = 1", "", "/\\_/\\", "( o.o )", "> ^ <", "a plain line"]), max_size=14
)

CODE = "Look:\n```python\nx = 1\n```\nNice."
CAT = "A cat!\n /\\_/\\\n( ^.^ )\n > - <\nShe sleeps."


@given(lines)
def test_every_line_of_a_message_is_in_exactly_one_part(said: list[str]) -> None:
    cut = parts("\n".join(said))
    together = [line for part in (cut.speech, cut.code, cut.art) for line in part.split("\n")]
    assert sorted(filter(str.strip, together)) == sorted(filter(str.strip, said))


@given(any_text)
def test_shares_of_any_text_are_shares(text: str) -> None:
    assert 0 <= emoji_share(text) <= 1
    assert 0 <= alphabetic_share(text) <= 1
    assert len(cap(text)) <= 1_200


@given(st.lists(st.integers(0, 500), max_size=8), st.integers(2, 9))
def test_a_slope_does_not_depend_on_the_unit_of_length(lengths: list[int], unit: int) -> None:
    found = slope(lengths)
    assert found == (None if found is None else pytest.approx(slope([unit * length for length in lengths])))


@given(st.lists(st.integers(0, 500), min_size=3, max_size=8))
def test_a_slope_turns_its_sign_when_time_does(lengths: list[int]) -> None:
    found, back = slope(lengths), slope(lengths[::-1])
    assert found == (None if back is None else pytest.approx(-back))


def test_slopes_of_known_lengths() -> None:
    assert slope([10, 10, 10]) == 0
    assert slope([30, 20, 10]) == pytest.approx(-0.5)
    assert slope([1, 2]) is None
    assert slope([0, 0, 0]) is None


def test_code_and_drawings_are_set_aside() -> None:
    assert parts(CODE).speech == "Look:\nNice."
    assert parts(CODE).code == "```python\nx = 1\n```"
    assert parts(CAT).speech == "A cat!\nShe sleeps."
    assert parts(CAT).art.count("\n") == 2


def test_a_fence_that_nobody_closes_hides_nothing() -> None:
    assert parts("```\nhidden\nwords\nall the way").speech == "```\nhidden\nwords\nall the way"


def test_two_lines_of_signs_are_a_flourish() -> None:
    assert parts("***\n---\nGoodbye.").art == ""


@pytest.mark.parametrize(
    ("text", "share"), [("", 0), ("abc", 0), ("🌙✨", 1), ("a 🌙", 0.5), ("❤️", 1), ("👍🏽", 1), ("你好", 0)]
)
def test_emoji_shares_of_known_texts(text: str, share: float) -> None:
    assert emoji_share(text) == share


@pytest.mark.parametrize(("text", "share"), [("", 0), ("你好", 1), ("…", 0), ("ab!?", 0.5), ("7 a", 1)])
def test_alphabetic_shares_of_known_texts(text: str, share: float) -> None:
    assert alphabetic_share(text) == share


@pytest.mark.parametrize(
    "text", ["[END]", "Goodbye. [END]", "Goodbye.\n\n**[END]**\n", "Farewell,[END]", "_[END]_ ", "说完了。[END]"]
)
def test_a_marker_at_the_end_is_heard(text: str) -> None:
    assert ends_with(text, "[END]")


@pytest.mark.parametrize(
    "text", ["", "[END] is what we say.", "> [END]", "```\nx\n[END]\n```", "We write `[END]`", "[end]", "The END"]
)
def test_a_marker_that_is_quoted_or_talked_about_is_not(text: str) -> None:
    assert not ends_with(text, "[END]")


def test_no_marker_is_never_heard() -> None:
    assert not ends_with("anything", "")


@pytest.mark.parametrize("text", ["Bye.\n\n[END]", "Bye. **[END]**", "Bye.\n[END] \n", "Bye. *[END]*"])
def test_the_marker_goes_with_its_bold(text: str) -> None:
    assert without_marker(text, ("[END]",)) == "Bye."


def test_a_long_text_is_looked_at_from_both_ends() -> None:
    looked_at = cap("a" * 5_000 + "b" * 5_000)
    assert looked_at.startswith("a" * 599)
    assert looked_at.endswith(" " + "b" * 600)
