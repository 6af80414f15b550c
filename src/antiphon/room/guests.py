"""Whom a room may still invite: one answer for `!add_ai` and `!list_models`."""

from __future__ import annotations

from antiphon.room.models import Card, Models, resolve
from antiphon.room.state import Seat, State

__all__ = ["guest_cards", "seated"]


def guest_cards(state: State, models: Models) -> list[Card]:
    """List the cards that seats may invite, in the order they are named.

    The scenario's guests; where it names none, every model that costs nothing, and those that sit already.
    """
    cards = list(models.cards.values())
    if state.scenario.guests:
        named = (models.get(guest.model) or resolve(guest.model, cards).card for guest in state.scenario.guests)
        return list({card.id: card for card in named if card is not None}.values())
    here = {seat.model for seat in state.present()}
    return [card for card in cards if card.cost == "free" or card.id in here]


def seated(state: State, card: Card) -> Seat | None:
    """Find the present seat in which a model sits."""
    return next((seat for seat in state.present() if seat.model == card.id), None)
