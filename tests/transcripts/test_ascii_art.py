"""Drawings are found before anything reads them as mark-up; prose, lists, tables and code are not drawings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.transcripts.ascii_art import passages

DRAWINGS = [
    "    ____\n   / __ \\\n  / /_/ /\n  \\____/   LAMP",
    "           / \\\n          /   \\\n          \\   /\n           \\ /\n          NAMED",
    "┌────┐\n│ hi │\n└────┘",
    "⣿⣿⣄\n⣿⠟⠋",
    "+-----+\n|  o  |\n+-----+",
    "   .·:''':·.\n  :  _ _  :\n  '·.___.·'",
]
PROSE = [
    "Well.\nI think so -- and you?",
    "- one\n- two\n   - three\n   - four",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```\n/\\\n\\/\n```",
    "> quoted\n> lines",
    "# title\n\n---\n\n**bold** _it_",
    "1. a\n2. b",
    "(…)\n“!”",
    '!image "x"\n!pass',
    "$x^2$\n$y$",
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_drawing_is_found_whole_and_untouched(drawing: str) -> None:
    found = passages(f"Look:\n\n{drawing}\n\nIs it good?")
    assert [part.text for part in found if part.drawn] == [drawing]


@pytest.mark.parametrize("prose", PROSE)
def test_prose_and_markup_are_no_drawing(prose: str) -> None:
    assert not any(part.drawn for part in passages(prose))


@given(st.text(alphabet="ab \n/\\|_-`~#*>", max_size=200))
def test_the_passages_joined_are_the_message(text: str) -> None:
    assert "\n".join(part.text for part in passages(text)) == text
