"""How values on the command line are read."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.options import LATENCY, again, pairs
from antiphon.errors import UserError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("50-300ms", (0.05, 0.3)), ("200ms", (0.2, 0.2)), ("1-2s", (1, 2)), ("0.5s", (0.5, 0.5)), ("0ms", (0, 0))],
)
def test_a_latency_is_read(text: str, seconds: tuple[float, float]) -> None:
    assert LATENCY.convert(text, None, None) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "fast", "300-50ms", "5", "-1s", "1e9s", "nan s", "900s"])
def test_what_is_no_latency_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"like|least"):
        LATENCY.convert(text, None, None)


@given(st.dictionaries(st.text("abcAI-12", min_size=1), st.text(max_size=20)))
def test_pairs_give_what_was_typed(wanted: dict[str, str]) -> None:
    assert pairs(tuple(f"{key}={value}" for key, value in wanted.items()), "--prompt", "x") == wanted


def test_a_pair_without_an_equals_sign_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match=r'--prompt AI-1="Be brief\."'):
        pairs(("AI-1",), "--prompt", 'AI-1="Be brief."')


def test_a_command_to_paste_is_quoted_and_names_the_same_journal() -> None:
    assert again("resume", "room-1", None) == "antiphon resume room-1"
    assert again("resume", "room-1", "my rooms.db") == "antiphon resume room-1 --journal 'my rooms.db'"
