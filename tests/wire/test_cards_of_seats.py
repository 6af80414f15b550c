"""Which card a seated model is asked by, and which one speaks in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.room.models import Card
from antiphon.wire.cards import Shelf, card_of, card_where, fallback_card, load_models

SHELF = """
[[endpoints]]
name = "odd"
base_url = "http://127.0.0.1:9/v1/"
max_tokens_name = "longest"
requests_a_minute = 7
key = "ODD_KEY"

[[models]]
id = "known"
display = "The Known One"
base_url = "http://127.0.0.1:8/v1"
max_tokens_name = "most"
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    path = tmp_path / "models.toml"
    path.write_text(SHELF, encoding="utf-8")
    return load_models(path)


@pytest.mark.parametrize(
    ("model", "base_url", "name"),
    [
        ("known", "", "most"),
        ("known", "http://127.0.0.1:8/v1/", "most"),
        ("known", "http://127.0.0.1:9/v1", "longest"),
        ("known", "http://127.0.0.1:7/v1", "most"),
        ("another", "http://127.0.0.1:9/v1", "longest"),
        ("another", "http://127.0.0.1:7/v1", "max_tokens"),
        ("another", "", "max_tokens"),
    ],
)
def test_a_model_is_asked_as_its_card_says_or_else_its_endpoint(
    shelf: Shelf, model: str, base_url: str, name: str
) -> None:
    card = card_of(model, base_url, shelf)
    assert (card.id, card.max_tokens_name) == (model, name)


def test_a_gate_finds_what_its_endpoint_bears_by_host_and_port(shelf: Shelf) -> None:
    assert card_where("127.0.0.1:9", "another", shelf).requests_a_minute == 7
    assert card_where("127.0.0.1:7", "another", shelf).requests_a_minute is None


def test_a_fallback_is_known_or_named_by_its_endpoint_or_asked_where_the_first_was(shelf: Shelf) -> None:
    first = Card(id="first", base_url="http://127.0.0.1:6/v1", key="FIRST_KEY", cost="free")
    found = {name: fallback_card(name, shelf, first) for name in ("The Known One", "odd:other", "other")}
    assert {name: (card.id, card.base_url, card.key) for name, card in found.items() if card} == {
        "The Known One": ("known", "http://127.0.0.1:8/v1", ""),
        "odd:other": ("other", "http://127.0.0.1:9/v1/", "ODD_KEY"),
        "other": ("other", "http://127.0.0.1:6/v1", "FIRST_KEY"),
    }
    assert fallback_card("other", shelf, Card(id="echo", provider="builtin")) is None
