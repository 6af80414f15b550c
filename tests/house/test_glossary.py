"""The glossary has every word that events and scenarios are made of, once and in order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from antiphon.registry import QUESTIONS
from antiphon.room.events import Outcome, Phase, TurnOutcome

HEADERS = ("seq", "position", "owner", "fence", "blob", "seed", "label", "kept prefix", "view")
"""Words that stand in events and journals under these very names."""


def entries(page: str) -> list[str]:
    """List the words a glossary explains, in the order of the page; "**a**, **b**" explains both."""
    return [
        word
        for row in re.findall(r"^\| (\*\*.+?) \|", page, re.MULTILINE)
        for word in re.findall(r"\*\*(.+?)\*\*", row)
    ]


def unexplained(page: str, words: list[str]) -> list[str]:
    """Name the words that stand nowhere on the page."""
    return [word for word in words if not re.search(rf"\b{re.escape(word.replace('_', ' '))}\b", page)]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_words_are_explained_once_and_in_order(page: str) -> None:
    words = entries(page)
    assert words == sorted(set(words))


def test_what_events_are_made_of_is_explained(page: str) -> None:
    values = [word for kind in (Phase, TurnOutcome, Outcome) for word in get_args(kind)]
    assert unexplained(page, [*values, *QUESTIONS, *HEADERS]) == []


def test_a_word_that_is_missing_is_found() -> None:
    page = "| **seat** | a place |\n| **turn**, **round** | said or lost |\n"
    assert entries(page) == ["seat", "turn", "round"]
    assert unexplained(page, ["lost", "who_speaks", "seat"]) == ["who_speaks"]
