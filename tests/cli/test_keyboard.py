"""What is typed while a room runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.keyboard import Keyboard


def typed(keys: str) -> tuple[list[str], str]:
    """Press keys; give the finished lines and the one that stands."""
    lines: list[str] = []
    keyboard = Keyboard(lines.append, lambda: None)
    for key in keys:
        keyboard.press(key)
    return lines, keyboard.text


@given(st.lists(st.text(st.characters(whitelist_categories=["L", "N", "P"]), max_size=8), max_size=5))
def test_each_line_is_given_as_it_was_typed(lines: list[str]) -> None:
    assert typed("".join(line + "\r" for line in lines)) == (lines, "")


def test_a_line_can_be_corrected() -> None:
    assert typed("helo\x7flo") == ([], "hello")
    assert typed("hello world\x17") == ([], "hello")
    assert typed("hello\x15") == ([], "")


def test_arrow_keys_and_other_control_codes_leave_no_trace() -> None:
    assert typed("a\x1b[A\x1bOB\x1b[3~\x1b[1;5Cb\x1bxc\x07\x00") == ([], "abc")
