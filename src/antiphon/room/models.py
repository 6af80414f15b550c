"""What is known of a model: a card, and how a name that somebody typed finds one.

Cards are data (`providers/models.toml` and the user's own); this module only defines and looks up.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from antiphon.room.events import Price

__all__ = ["Card", "Found", "Models", "resolve"]


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Describes one model.

    Attributes:
        id: what the provider is asked for, such as "gpt-4o-mini".
        display: what people call it, such as "GPT-4o mini".
        provider: file name of the provider that speaks for it.
        cost: "free" = never costs money; "paid"; "unknown".
        price: US dollars per million tokens; None = unknown.
        context: tokens; None = unknown.
        temperature_max: the highest the provider accepts; what is above is applied as this.
        takes: "parts" (content as a list), "images", "late_system", "prefill", "stop", "seed", "reasoning_effort".
        drops: parameter names the model refuses, left out of the request.
        base: True for a base model, asked through `/v1/completions`.
        base_url: endpoint, when it is not the provider's own.
        key: name of the environment variable with the key.
        requests_a_minute: calls the account may make in any 60 seconds; None = unlimited.
        tokens_a_minute: tokens it may use in any 60 seconds; None = unlimited.
        in_flight: calls at one time to begin with; the gate finds the rest out.
        source: where these figures were read.
    """

    id: str
    display: str = ""
    provider: str = "openai"
    cost: Literal["free", "paid", "unknown"] = "unknown"
    price: Price | None = None
    context: Annotated[int, Meta(gt=0)] | None = None
    temperature_max: float = 2.0
    takes: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    max_tokens_name: str = "max_tokens"
    base: bool = False
    base_url: str = ""
    key: str = ""
    requests_a_minute: Annotated[int, Meta(gt=0)] | None = None
    tokens_a_minute: Annotated[int, Meta(gt=0)] | None = None
    in_flight: Annotated[int, Meta(gt=0)] = 4
    source: str = ""

    @property
    def name(self) -> str:
        """Give the display name, or the id where there is none."""
        return self.display or self.id


class Models(Struct, frozen=True):
    """Holds the cards known to a room, by id, in the order of the files."""

    cards: dict[str, Card] = {}

    def get(self, model: str) -> Card | None:
        """Find a card by its exact id."""
        return self.cards.get(model)


class Found(Struct, frozen=True):
    """Says which card a name means, or which it could mean."""

    card: Card | None
    candidates: tuple[str, ...] = ()


def resolve(name: str, cards: list[Card]) -> Found:
    """Find a model by exact id, then by display name, then by an unambiguous part of a name; case is ignored.

    Returns:
        The card, or none with the display names of every candidate (all names when nothing is like it).
    """
    wanted = " ".join(name.split()).casefold()
    by_id = [card for card in cards if card.id.casefold() == wanted]
    for exact in (by_id, [card for card in cards if card.name.casefold() == wanted]):
        if len(exact) == 1:
            return Found(exact[0])
        if exact:
            return Found(None, tuple(f"{card.name} ({card.id})" for card in exact))
    part = [card for card in cards if wanted and (wanted in card.id.casefold() or wanted in card.name.casefold())]
    if len(part) == 1:
        return Found(part[0])
    return Found(None, tuple(card.name for card in (part or cards)))
