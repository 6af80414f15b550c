"""Speech that comes apart is found while it streams, and what rightly repeats itself is let pass."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.monitor.degeneration import RUN, WINDOW, Degeneration, Listening, degeneration
from antiphon.testing.streams import LIVING, living

FRAME = "\n".join(["+" + "-" * 70 + "+", *["|" + " " * 70 + "|"] * 60, "+" + "-" * 70 + "+"])

LEGITIMATE = {
    "a long laugh": "Ha" + "ha" * 140 + "!",
    "a drawn-out word": "N" + "o" * 190 + "!",
    "a table of numbers": "| n | n² |\n|---|---|\n" + "".join(f"| {n} | {n * n} |\n" for n in range(300)),
    "a table of noughts": "| a | b | c |\n|---|---|---|\n" + "| 0 | 0 | 0 |\n" * 300,
    "a grid": "\n".join(["⬛⬜" * 20, "⬜⬛" * 20] * 40),
    "an ASCII frame": FRAME,
    "a frame below a sentence": f"Here is the room:\n\n{FRAME}\n\nWho comes in?",
    "code in a fence": "```python\n" + "values = [0, 0, 0, 0, 0, 0, 0, 0]\n" * 200 + "```\nThat was it.",
    "a fence that is not closed yet": "~~~\n" + "0 " * 4_000,
    "a rule across the page": "Before.\n" + "=" * 120 + "\nAfter.",
    "a refrain": "Oh, the river, the river, the long way down.\n" * 20,
    "a list": "\n".join(f"{n}. item number {n}" for n in range(1, 400)),
    "counting": ", ".join(map(str, range(1, 1_500))),
}  # fmt: skip

APART = {
    "a letter": "Well, " + "a" * 5_000,
    "a sign": "!" * 5_000,
    "an emoji": "😂" * 3_000,
    "line breaks": "That is all." + "\n" * 500,
    "lines of blanks": " \n" * 500,
    "laughter without end": "haha" * 2_000,
    "one sentence": "I love you so much. " * 500,
    "one line": "I love you so much.\n" * 500,
    "a table's rule": "| a | b |\n" + "|---" * 3_000,
    "a word in Chinese": "谢谢你" * 1_500,
    "a rule without end": "=" * 5_000,
    "inside a fence, for ever": "```\n" + "0 " * 30_000,
    "a grid without end": "⬛⬛⬛⬛\n" * 9_000,
}


@pytest.mark.parametrize("text", LEGITIMATE.values(), ids=LEGITIMATE)
def test_what_rightly_repeats_itself_is_let_pass(text: str) -> None:
    assert degeneration(text) is None


@pytest.mark.parametrize("text", APART.values(), ids=APART)
def test_what_came_apart_is_found_before_it_has_ended(text: str) -> None:
    found = degeneration(text)
    assert found is not None
    assert found.place < len(text)


def test_a_sound_beginning_does_not_hide_what_follows() -> None:
    chance = Random(3)
    sound = " ".join("".join(chance.choice("abcdefghij") for _ in range(5)) for _ in range(2_000))
    assert degeneration(sound) is None
    found = degeneration(sound + " and on" * 2_000)
    assert found is not None
    assert len(sound) < found.place < len(sound) + 2 * WINDOW


@pytest.mark.parametrize("kind", LIVING)
def test_no_living_stream_holds_a_message_that_came_apart(kind: str) -> None:
    assert [text for _, text in living(kind, 5) if degeneration(text) is not None] == []


def test_two_hundred_equal_characters_are_a_run_and_fewer_are_not() -> None:
    assert degeneration("x" * (RUN - 1)) is None
    assert degeneration("x" * RUN) == Degeneration("run", RUN, RUN)


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(["a" * 150, "a" * 60, "\n", "```", "~~~ x", "| 0 |\n", "⬛⬛⬛\n", " \n" * 90, "ha" * 600]),
        st.text(alphabet="ab \n`~|-é⬛", max_size=30),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(TEXTS, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_however_a_text_is_cut_up_the_finding_is_the_same(text: str, chance: Random) -> None:
    listening, place = Listening(), 0
    while place < len(text):
        size = chance.choice((1, 3, 40, 500))
        listening.hear(text[place : place + size])
        place += size
    assert listening.close() == degeneration(text)


@given(TEXTS, st.integers(1, 50))
@settings(max_examples=150)
def test_what_is_kept_of_a_message_that_was_cut_gives_the_same_finding_again(text: str, size: int) -> None:
    listening, heard = Listening(), ""
    for start in range(0, len(text), size):
        heard += text[start : start + size]
        if listening.hear(text[start : start + size]) is not None:
            assert degeneration(heard) == listening.found
            break
