"""Turns what a person asked for into the first events of a room: seats, models, ceilings, opening words.

Pure but for the names it is given; it opens no journal and calls nobody.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypedDict, Unpack

import msgspec
from msgspec import Struct

from antiphon.errors import UserError
from antiphon.library.standins import by_seat
from antiphon.registry import rules_of
from antiphon.room.events import RuleNoted
from antiphon.room.models import Card
from antiphon.room.scenario import Ceilings, Pictures, Scenario, SeatPlan
from antiphon.room.seating import granted
from antiphon.room.spending import check_money, effective, estimate
from antiphon.room.state import State
from antiphon.runner.owned import OwnedRoom

__all__ = [
    "Forecast",
    "Spending",
    "ceilings_of",
    "coming",
    "forecast",
    "limited",
    "paints",
    "reseated",
    "voiced",
    "with_rules",
]

_TOKENS = 300
"""Tokens of an average message, for forecasts only."""


def reseated(scenario: Scenario, seats: Sequence[str | SeatPlan]) -> Scenario:
    """Give the scenario other seats.

    Args:
        scenario: the one to change.
        seats: models in seating order (they replace the whole line-up), or "AI-2=MODEL" for single seats.

    Raises:
        UserError: when both forms are mixed, or a seat of that number does not exist.
    """
    if not seats:
        return scenario
    single = [isinstance(seat, str) and seat[:3].upper() == "AI-" and "=" in seat for seat in seats]
    if any(single) != all(single):
        raise UserError("seats are given either all in order (MODEL MODEL …) or all by number (AI-2=MODEL)")
    if not any(single):
        old = scenario.seats
        plans = [
            seat if isinstance(seat, SeatPlan) else _voiced(old[i] if i < len(old) else old[-1], seat)
            for i, seat in enumerate(seats)
        ]
        return msgspec.structs.replace(scenario, seats=tuple(plans))
    plans = list(scenario.seats)
    for seat in seats:
        number, _, model = str(seat).partition("=")
        index = int(number[3:]) - 1 if number[3:].isdigit() else -1
        if not 0 <= index < len(plans):
            raise UserError(f"no seat {number}; the scenario has AI-1 to AI-{len(plans)}")
        plans[index] = _voiced(plans[index], model)
    return msgspec.structs.replace(scenario, seats=tuple(plans))


def _voiced(plan: SeatPlan, model: str) -> SeatPlan:
    """Let another model speak; what belonged to the old one (label, provider, address, extra) goes with it."""
    if model == plan.model:
        return plan
    return msgspec.structs.replace(plan, model=model, label="", provider="", base_url="", key="", via=(), extra={})


def voiced(state: State, seats: Sequence[str]) -> None:
    """Refuse to go on with a room whose imported seats nobody speaks for.

    Args:
        state: the room's.
        seats: as they are about to be given, by seat or in order.

    Raises:
        UserError: naming every seat that still needs a model.
    """
    given = {spec.partition("=")[0].strip().casefold() for spec in by_seat(state, seats)}
    mute = [
        seat
        for seat in state.speakers()
        if seat.provider == "imported" and not {seat.id.casefold(), seat.label.casefold()} & given
    ]
    if mute:
        wanted = " ".join(f"--seat {seat.id}=MODEL" for seat in mute)
        names = ", ".join(f"{seat.id} ({seat.label})" for seat in mute)
        raise UserError(f"nobody speaks for the imported seats {names}; name their models: {wanted}")


def with_rules(scenario: Scenario, question: str, rule: str, settings: dict[str, object]) -> Scenario:
    """Give the scenario one more rule, or another setting of one it has; unknown names are errors."""
    rules = {name: dict(named) for name, named in scenario.rules.items()}
    rules.setdefault(question, {})[rule] = settings
    changed = msgspec.structs.replace(scenario, rules=rules)
    rules_of(changed)
    return changed


class Spending(TypedDict, total=False):
    """Names the ceilings a person may give: messages, tokens (input + output), money (US dollars)."""

    messages: int | None
    tokens: int | None
    money: float | None


def ceilings_of(known: Ceilings, given: Spending) -> Ceilings:
    """Give ceilings with those that a person gave in their place.

    Raises:
        UserError: for one that is no ceiling, such as 0, nan or infinity.
    """
    new = {name: value for name, value in given.items() if value is not None}
    try:
        wanted = msgspec.convert({**msgspec.structs.asdict(known), **new}, Ceilings)
    except msgspec.ValidationError as error:
        raise UserError(f"that is no ceiling: {error}") from None
    if wanted.money is not None and not math.isfinite(wanted.money):
        raise UserError(f"a money limit is a number of US dollars above 0, not {wanted.money}")
    return wanted


def raise_ceilings(room: OwnedRoom, given: Spending, others: Sequence[Card] = ()) -> None:
    """Record the ceilings of a room that is taken up, where those given or `others` that it may ask change them.

    Raises:
        UserError: for one that is no ceiling, or that cannot be kept.
    """
    seats = [(seat.display, seat.free, seat.price) for seat in room.state.present()]
    asked = [*seats, *((card.name, card.cost == "free", card.price) for card in others)]
    wanted = effective(ceilings_of(room.state.ceilings, given), free=all(free for _, free, _ in asked))
    check_money(wanted, asked)
    if wanted != room.state.ceilings:
        room.take("person", RuleNoted(rule="ceilings", data=msgspec.structs.asdict(wanted)))


def limited(scenario: Scenario, cards: Sequence[Card], **ceilings: Unpack[Spending]) -> Scenario:
    """Set ceilings given on the way in, and those a room with a paid or unknown provider always has.

    Raises:
        CeilingError: when a money limit stands over a model without a price.
    """
    wanted = ceilings_of(scenario.ceilings, ceilings)
    free = all(card.cost == "free" for card in cards)
    check_money(wanted, [(card.name, card.cost == "free", card.price) for card in cards])
    return msgspec.structs.replace(scenario, ceilings=effective(wanted, free=free))


def paints(scenario: Scenario) -> bool:
    """Tell whether any seat or guest may ask for pictures."""
    rights = [scenario.rights, *(seat.rights or () for seat in scenario.seats)]
    rights += [guest.rights or () for guest in scenario.guests]
    return any("image" in granted(own) for own in rights)


def coming(
    scenario: Scenario, card_of: Callable[[SeatPlan], Card], fallback: Callable[[str, SeatPlan], Card]
) -> list[Card]:
    """Give the cards of what may come to cost though it does not sit: models of `via`, guests, who paints."""
    found = [card_of(SeatPlan(model=guest.model)) for guest in scenario.guests]
    found += [fallback(name, seat) for seat in scenario.seats for name in seat.via]
    if scenario.summariser and (scenario.overflow == "summarise" or scenario.joiners_hear == "briefing"):
        found.append(card_of(SeatPlan(model=scenario.summariser)))
    if scenario.pictures.painter != "placeholder" and paints(scenario):
        painter = scenario.pictures.model or scenario.pictures.painter
        drawn = _placed(f"{painter} (pictures)", scenario.pictures)
        found.append(Card(id=painter, display=drawn, cost="unknown"))
    return found


def _placed(name: str, asked: SeatPlan | Pictures) -> str:
    """Name a model with the address that a scenario gives it, and the key that would go there."""
    key = f" with the key {asked.key}" if asked.key else ""
    return f"{name} at {asked.base_url}{key}" if asked.base_url else f"{name}{key}"


class Forecast(Struct, frozen=True):
    """Says what a room may cost before it starts: messages × growing history.

    Attributes:
        messages: at most.
        input: input tokens without any cache (every turn resends the history).
        cached: input tokens that no cache can serve.
        output: output tokens.
        dollars: (without cache, with cache); None when a price is unknown.
        models: names of the models that cost money or may, each with the address and the key that the scenario names.
    """

    messages: int
    input: int
    cached: int
    output: int
    dollars: tuple[float, float] | None
    models: tuple[str, ...]


def forecast(
    scenario: Scenario, card_of: Callable[[SeatPlan], Card], heard: int = 0, *, others: Sequence[Card] = ()
) -> Forecast | None:
    """Forecast a room's spending; None when nobody costs anything.

    Args:
        scenario: with its ceilings.
        card_of: gives the card of a seat.
        heard: tokens that were said before.
        others: cards of models that may come to speak though they do not sit; any of them may speak in every seat.
    """
    cards = [card_of(plan) for plan in scenario.seats]
    seated = [card for card in cards if card.cost != "free"]
    coming = [card for card in others if card.cost != "free"]
    paid = [*seated, *coming]
    if not paid:
        return None
    names = {_placed(card.name, plan) for plan, card in zip(scenario.seats, cards, strict=True) if card.cost != "free"}
    names |= {card.name for card in coming}
    messages = scenario.ceilings.messages or effective(scenario.ceilings, free=False).messages or 0
    share = 1.0 if coming else len(seated) / len(cards)
    full = int((estimate(messages, len(cards), _TOKENS, cached=False) + messages * heard) * share)
    fresh = min(full, int((estimate(messages, len(cards), _TOKENS, cached=True) + len(cards) * heard) * share))
    output = int(messages * _TOKENS * share)
    prices = [card.price for card in paid]
    dollars = None
    if all(prices):
        known = [price for price in prices if price is not None]
        each = 1 / len(known)
        out = sum(price.output * output * each for price in known)
        plain = sum(price.input * full * each for price in known)
        warm = sum(
            (price.input * fresh + (price.cached if price.cached is not None else price.input) * (full - fresh)) * each
            for price in known
        )
        dollars = ((plain + out) / 1e6, (warm + out) / 1e6)
    return Forecast(messages, full, fresh, output, dollars, tuple(sorted(names)))
