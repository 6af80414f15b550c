"""The colours can be told from what lies under them, and every console can show every sign in some way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.styles import SEATS, SEATS_16, STYLES, fitting, rich_style

LEAST = 3.5
WHITE, BLACK = 1.05, 0.05


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour in [0, 1], as the WCAG define it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*SEATS, STYLES["warn"], STYLES["monitor"].split()[-1]])
def test_a_colour_can_be_read_on_black_and_on_white(colour: str) -> None:
    light = luminance(colour) + 0.05
    assert light / BLACK >= LEAST
    assert WHITE / light >= LEAST


def test_eight_seats_have_eight_colours_and_the_ninth_begins_again() -> None:
    assert len(set(SEATS)) == len(SEATS) == len(SEATS_16) == 8
    assert rich_style("bold seat:1", SEATS) == f"bold {SEATS[0]}" == rich_style("bold seat:9", SEATS)


@given(st.text(max_size=60), st.sampled_from(["ascii", "cp1252", "cp437", "latin-1", "utf-8", "no such encoding"]))
def test_what_is_fitted_can_be_encoded(text: str, encoding: str) -> None:
    fitted = fitting(text, encoding)
    if encoding != "utf-8":
        fitted.encode("ascii" if encoding == "no such encoding" else encoding)


def test_our_own_ornaments_become_plainer_signs() -> None:
    assert fitting("AI-1 · Echo › “so” — 5 × …", "ascii") == 'AI-1 - Echo > "so" - 5 x ...'
    assert fitting("AI-1 · Echo", "cp1252") == "AI-1 · Echo"
