"""Loads the cards of models and the endpoints they are asked at: the shipped file, then the user's own.

A file is TOML with `[[models]]` and `[[endpoints]]`. What stands in a later file replaces what has the same id or
name in an earlier one. It asks nobody: which endpoints answer is `probe`'s to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import UserError
from antiphon.room.models import Card, Models, resolve

__all__ = ["Endpoint", "Shelf", "card_at", "card_of", "card_where", "fallback_card", "load_models"]


_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")
"""Signs that programs read differently in an address, or not at all."""


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Describes where models are asked.

    Attributes:
        name: what stands before the colon in "ollama:llama3.2".
        base_url: without `/chat/completions`.
        key: name of the environment variable with the key; "" = none is sent.
        cost: what its models cost, where their cards do not say.
        takes: what its models take, where there is no card (see `Card.takes`).
        max_tokens_name: how the endpoint calls the largest reply.
        requests_a_minute: calls the account may make in any 60 seconds; None = unlimited.
        tokens_a_minute: tokens it may use in any 60 seconds; None = unlimited.
        in_flight: calls at one time to begin with.
        source: where this was read.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
    base_url: Annotated[str, Meta(pattern=r"^https?://")]
    key: str = ""
    cost: Literal["free", "paid", "unknown"] = "unknown"
    takes: tuple[str, ...] = ()
    max_tokens_name: str = "max_tokens"
    requests_a_minute: Annotated[int, Meta(gt=0)] | None = None
    tokens_a_minute: Annotated[int, Meta(gt=0)] | None = None
    in_flight: Annotated[int, Meta(gt=0)] = 4
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse an address that no server can have, before anybody is asked at it."""
        if not _is_address(self.base_url):
            raise ValueError("no address of a server: http:// or https://, a host, a port up to 65535; no spaces")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and _UNFIT.search(url) is None
    except ValueError:  # brackets that never close, a port that is none
        return False


class Shelf(Models, frozen=True):
    """Holds the cards, and the endpoints by name."""

    endpoints: dict[str, Endpoint] = msgspec.field(default_factory=dict)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """Is one file; models are read twice, since an endpoint's name decides some of their defaults."""

    models: tuple[dict[str, Any], ...] = ()  # Any: checked as Card right after
    endpoints: tuple[Endpoint, ...] = ()


def load_models(*more: Path, endpoints: Iterable[Endpoint] = ()) -> Shelf:
    """Load the shipped cards and endpoints, then the user's files, oldest first; a file that is not there is skipped.

    Args:
        more: the user's files.
        endpoints: those that `antiphon setup` kept; a file may replace them.

    Raises:
        UserError: with the file and the path of what is wrong, such as `$.models[1].context`.
    """
    shipped = files("antiphon.providers").joinpath("models.toml")
    sources = [("models.toml", shipped.read_bytes())]
    sources += [(str(path), path.read_bytes()) for path in more if path.is_file()]
    shelf = _add(Shelf(), *sources[0])
    own = {endpoint.name: endpoint for endpoint in endpoints}
    shelf = msgspec.structs.replace(shelf, endpoints=shelf.endpoints | own)
    for name, text in sources[1:]:
        shelf = _add(shelf, name, text)
    return shelf


def _add(shelf: Shelf, name: str, text: bytes) -> Shelf:
    try:
        found = msgspec.toml.decode(text, type=_File)
        endpoints = shelf.endpoints | {endpoint.name: endpoint for endpoint in found.endpoints}
        cards = [_card(number, entry, endpoints) for number, entry in enumerate(found.models)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{name}: {error}"
        raise UserError(msg) from None
    return Shelf(cards=shelf.cards | {card.id: card for card in cards}, endpoints=endpoints)


def _card(number: int, entry: dict[str, Any], endpoints: dict[str, Endpoint]) -> Card:
    """Check one entry; its `endpoint` fills in what it does not say itself."""
    entry = dict(entry)
    where = entry.pop("endpoint", None)
    if where is not None:
        if where not in endpoints:
            msg = f"no endpoint called {where!r}; there are: {', '.join(endpoints)} - at `$.models[{number}].endpoint`"
            raise msgspec.ValidationError(msg)
        entry = _defaults(endpoints[where]) | entry
    try:
        return msgspec.convert(entry, Card)
    except msgspec.ValidationError as error:
        place = f"$.models[{number}]"
        msg = str(error).replace("`$", f"`{place}")
        raise msgspec.ValidationError(msg if "`$" in msg else f"{msg} - at `{place}`") from None


def _defaults(endpoint: Endpoint) -> dict[str, Any]:
    """Give what an endpoint says of all its models, as fields of a card."""
    own = ("name", "source")
    return {field: getattr(endpoint, field) for field in endpoint.__struct_fields__ if field not in own}


def card_at(endpoint: str, model: str, models: Models) -> Card | None:
    """Make the card of a model that has none, named as ENDPOINT:MODEL; None when there is no such endpoint.

    Args:
        endpoint: what stands before the first colon.
        model: what stands behind it; it may hold colons itself.
        models: from `load_models`; any other kind knows the shipped endpoints.
    """
    known = models.endpoints if isinstance(models, Shelf) else load_models().endpoints
    if (found := known.get(endpoint.casefold())) is None:
        return None
    same = models.get(model)
    if same is not None and same.base_url == found.base_url:
        return same
    return Card(id=model, display=model, **_defaults(found))


def card_of(model: str, base_url: str, models: Models) -> Card:
    """Give the card that says how a seated model is asked: its own, or what its endpoint says of all its models.

    Args:
        model: its id.
        base_url: where the seat asks for it; "" = where its card says.
        models: from `load_models`; any other kind knows no endpoints.
    """
    if not (place := base_url.rstrip("/")):
        return models.get(model) or Card(id=model)
    return _card_by(model, models, lambda url: url.rstrip("/") == place)


def card_where(where: str, model: str, models: Models) -> Card:
    """Give the card of a model that is asked at a host (and port), as `card_of` does for its whole address."""
    return _card_by(model, models, lambda url: urlsplit(url).netloc.rpartition("@")[2] == where)


def _card_by(model: str, models: Models, here: Callable[[str], bool]) -> Card:
    own = models.get(model)
    if own is not None and here(own.base_url):
        return own
    endpoints = models.endpoints.values() if isinstance(models, Shelf) else ()
    at = next((endpoint for endpoint in endpoints if here(endpoint.base_url)), None)
    if at is not None:
        return Card(id=model, display=model, **_defaults(at))
    return own or Card(id=model)


def fallback_card(name: str, models: Models, at: Card) -> Card | None:
    """Find the card of a model that shall speak in place of another; None when nobody would know whom to ask.

    Args:
        name: a known model, ENDPOINT:MODEL, or another model of the endpoint that `at` is asked at.
        models: the known models.
        at: the card of the model it replaces.
    """
    found = resolve(name, list(models.cards.values())).card
    endpoint, colon, model = name.partition(":")
    if found is None and colon and model:
        found = card_at(endpoint, model, models)
    if found is None and at.base_url:
        found = Card(
            id=name, display=name, provider=at.provider, cost=at.cost, base_url=at.base_url, key=at.key, takes=at.takes
        )
    return found
