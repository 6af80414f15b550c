from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.models import Card, Models, resolve

CARDS = [
    Card(id="claude-3-opus", display="Claude 3 Opus"),
    Card(id="claude-3-haiku", display="Claude 3 Haiku"),
    Card(id="echo", provider="builtin", cost="free"),
    Card(id="opus-mini", display="Small"),
    Card(id="gpt-4o", display="GPT-4o"),
    Card(id="gpt-4o-mini", display="GPT-4o mini"),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claude-3-opus", "claude-3-opus"),
        ("CLAUDE 3 OPUS", "claude-3-opus"),
        ("  Claude   3 Haiku ", "claude-3-haiku"),
        ("haiku", "claude-3-haiku"),
        ("echo", "echo"),
        ("gpt-4o", "gpt-4o"),
        ("4o mini", "gpt-4o-mini"),
    ],
)
def test_a_model_is_found_by_id_then_by_name_then_by_an_unambiguous_part(name: str, expected: str) -> None:
    found = resolve(name, CARDS).card
    assert found is not None
    assert found.id == expected


def test_an_ambiguous_part_names_its_candidates_and_chooses_none() -> None:
    assert resolve("opus", CARDS).card is None
    assert resolve("opus", CARDS).candidates == ("Claude 3 Opus", "Small")


@pytest.mark.parametrize("name", ["", "   ", "llama"])
def test_what_nothing_is_like_names_every_model(name: str) -> None:
    found = resolve(name, CARDS)
    assert found.card is None
    assert len(found.candidates) == len(CARDS)


def test_two_models_of_one_name_are_told_apart_by_their_ids() -> None:
    twins = [Card(id="a/nova", display="Nova"), Card(id="b/nova", display="Nova")]
    assert resolve("nova", twins).candidates == ("Nova (a/nova)", "Nova (b/nova)")
    assert resolve("B/Nova", twins).card is twins[1]


@given(st.text(max_size=12))
def test_a_name_never_finds_a_model_by_chance(name: str) -> None:
    found = resolve(name, CARDS).card
    wanted = " ".join(name.split()).casefold()
    assert found is None or (wanted and (wanted in found.id.casefold() or wanted in found.name.casefold()))


def test_a_card_is_got_by_its_exact_id_only() -> None:
    models = Models({card.id: card for card in CARDS})
    assert models.get("echo") is CARDS[2]
    assert models.get("ECHO") is None
