"""The cards that ship, what a user's file does to them, and which endpoints are asked whether they answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from antiphon.errors import UserError
from antiphon.room.models import Models, resolve
from antiphon.testing.endpoint import Endpoint as FakeEndpoint
from antiphon.wire.cards import Endpoint, card_at, load_models
from antiphon.wire.probe import probe


@pytest.mark.parametrize("name", ["Gemini 3 Flash", "Claude 3 Opus", "DeepSeek R1", "Kimi K2", "Echo", "suspicious"])
def test_the_classic_names_find_one_card(name: str) -> None:
    card = resolve(name, list(load_models().cards.values())).card
    assert card is not None
    assert card.provider in ("builtin", "openai")


def test_only_builtin_voices_cost_nothing_and_every_figure_has_its_source() -> None:
    for card in load_models().cards.values():
        assert (card.cost == "free") == (card.provider == "builtin")
        assert card.price is None or card.price.source
        assert card.context is None or card.source
        assert not set(card.takes) - {"parts", "images", "late_system", "prefill", "stop", "seed", "reasoning_effort"}


def test_no_two_cards_have_the_same_display_name() -> None:
    names = [card.name.casefold() for card in load_models().cards.values()]
    assert len(names) == len(set(names))


def test_a_users_file_adds_and_replaces(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text(
        '[[endpoints]]\nname = "attic"\nbase_url = "http://127.0.0.1:9999/v1"\ncost = "free"\n'
        '[[models]]\nid = "m1"\ndisplay = "Mine"\nendpoint = "attic"\ncontext = 4000\n'
        '[[models]]\nid = "echo"\ndisplay = "My echo"\nprovider = "builtin"\ncost = "free"\n'
    )
    shelf = load_models(tmp_path / "missing.toml", own)
    mine = shelf.cards["m1"]
    assert (mine.base_url, mine.cost, mine.context) == ("http://127.0.0.1:9999/v1", "free", 4000)
    assert shelf.cards["echo"].display == "My echo"
    assert "Gemini 3 Flash" in {card.display for card in shelf.cards.values()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[models]]\nid = "a"\n[[models]]\nid = "b"\ncontext = 0\n', r"`\$\.models\[1\]\.context`"),
        ('[[models]]\nid = "a"\ncontxt = 5\n', r"contxt.*`\$\.models\[0\]`"),
        ('[[models]]\nid = "a"\nendpoint = "nowhere"\n', r"no endpoint called 'nowhere'; there are: openrouter"),
        ('[[endpoints]]\nname = "x"\nbase_url = "ftp://x"\n', r"`\$\.endpoints\[0\]\.base_url`"),
        ('[[endpoints]]\nname = "x"\nbase_url = "http://x:99999"\n', r"no address.*`\$\.endpoints\[0\]`"),
        ("[[models]\n", "models.toml"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "models.toml"
    own.write_text(text)
    with pytest.raises(UserError, match=said) as caught:
        load_models(own)
    assert str(own) in str(caught.value)


def test_a_model_without_a_card_is_named_with_its_endpoint() -> None:
    shelf = load_models()
    card = card_at("ollama", "llama3.2:3b", shelf)
    assert card is not None
    assert (card.id, card.base_url, card.cost) == ("llama3.2:3b", "http://127.0.0.1:11434/v1", "free")
    known = card_at("OpenAI", "gpt-4o-mini", shelf)
    assert known is shelf.cards["gpt-4o-mini"]
    assert card_at("nowhere", "x", shelf) is None
    assert card_at("vllm", "x", Models()) is not None


async def test_only_endpoints_on_this_machine_are_asked() -> None:
    async with FakeEndpoint() as fake:
        fake.models = ("one", "two")
        asked: Iterable[Endpoint] = [
            Endpoint(name="here", base_url=fake.url),
            Endpoint(name="nobody", base_url="http://127.0.0.1:9/v1"),
            Endpoint(name="outside", base_url="http://93.184.215.14/v1"),
            Endpoint(name="metadata", base_url="http://169.254.169.254/v1"),
            Endpoint(name="mapped", base_url="http://[64:ff9b::7f00:1]/v1"),
        ]
        found = await probe(asked)
    assert found == [("here", fake.url, ["one", "two"]), ("nobody", "http://127.0.0.1:9/v1", None)]
    assert "authorization" not in fake.seen[0].headers


async def test_no_name_is_looked_up_but_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    async def resolve(host: str) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr("antiphon.wire.probe.resolve", resolve)
    urls = ("https://openrouter.ai/api/v1", "http://cafe:9/v1", "http://localhost:9/v1", "http://127.1:9/v1")
    found = await probe(Endpoint(name=url, base_url=url) for url in urls)
    assert looked_up == ["localhost"]
    assert [url for url, _, _ in found] == list(urls[2:])
