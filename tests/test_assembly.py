"""What assembly finds for the names people type: journals, scenarios, models, seats."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.assembly import find_scenario, fresh_name, lookup, name_of, open_journal, seat_card, with_guests
from antiphon.errors import ScenarioError, UnknownName, UserError
from antiphon.room.guests import guest_cards
from antiphon.room.models import resolve
from antiphon.room.scenario import Guest, Scenario, SeatPlan
from antiphon.room.state import State
from antiphon.wire.cards import load_models

MODELS = load_models()


@pytest.mark.parametrize(
    ("typed", "provider", "id_"),
    [
        ("echo", "builtin", "echo"),
        ("Suspicious", "builtin", "suspect"),
        ("human", "human", "human"),
        ("recording:talk.md#GPT", "recording", "talk.md#GPT"),
        ("ollama:llama3.2:3b", "openai", "llama3.2:3b"),
    ],
)
def test_a_typed_model_finds_who_speaks_for_it(typed: str, provider: str, id_: str) -> None:
    card = seat_card(MODELS, typed)
    assert (card.provider, card.id) == (provider, id_)


def test_a_model_nobody_knows_is_named_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match="Echo"):
        seat_card(MODELS, "no-such-model")


def test_a_foreign_address_gets_neither_the_cards_key_nor_its_price() -> None:
    known = next(card for card in MODELS.cards.values() if card.key and card.price)
    card = seat_card(MODELS, known.id, base_url="http://127.0.0.1:9/v1")
    assert (card.key, card.price, card.cost) == ("", None, "unknown")
    assert seat_card(MODELS, known.id).key == known.key


def test_a_persons_seat_can_not_be_invited_as_a_model() -> None:
    assert "human" not in MODELS.cards


@pytest.mark.parametrize("where", ["mysql://here/there", "redis://x"])
def test_a_kind_of_journal_that_is_not_there_is_named(where: str) -> None:
    with pytest.raises(UserError, match="sqlite:PATH"):
        open_journal(where)


def test_a_scenario_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    assert find_scenario("dyad").name == "dyad"
    own = tmp_path / "mine.toml"
    own.write_text('name = "mine"\n[[seats]]\nmodel = "echo"\ntemperature = 7\n')
    with pytest.raises(ScenarioError, match=r"\$\.seats\[0\]\.temperature|\$\.seats\[\.\.\.\]\.temperature"):
        find_scenario(own)
    with pytest.raises(UnknownName, match="backrooms"):
        find_scenario("no-such-scenario")
    with pytest.raises(UserError, match="no scenario file"):
        find_scenario(tmp_path / "none.toml")


def test_a_rooms_name_is_what_its_id_was_made_from() -> None:
    assert name_of(fresh_name("group-chat", 1_800_000_000_000)) == "group-chat"
    assert name_of("as-it-is") == "as-it-is"


@pytest.mark.parametrize("typed", ["ollama:llama3.2", "llama3.2", "OLLAMA:llama3.2"])
def test_a_guest_named_by_its_endpoint_can_be_invited_by_that_name(typed: str) -> None:
    plan = Scenario(name="x", seats=(SeatPlan(model="echo"),), guests=(Guest(model="ollama:llama3.2"),))
    known = with_guests(lookup(MODELS), plan).models
    cards = guest_cards(State(room="x", scenario=plan), known)
    found = resolve(typed, cards).card
    assert found is not None
    assert (found.id, found.base_url) == ("llama3.2", MODELS.endpoints["ollama"].base_url)
