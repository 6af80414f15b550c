"""What follows a failed turn: the next model of `via`, a pause when a model is gone, room made in a full context."""

from __future__ import annotations

from typing import Literal

import msgspec

from antiphon.errors import ProviderFailure
from antiphon.room.events import RuleNoted, SeatChanged, StateChanged
from antiphon.room.models import Card
from antiphon.room.spending import effective
from antiphon.room.state import Seat
from antiphon.runner.cast import Cast, Count
from antiphon.runner.fitting import make_room
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.settle import Lookup
from antiphon.wire.cards import fallback_card

__all__ = ["after_failure", "reseat"]

_FALL_BACK = frozenset({"model_gone", "unavailable", "timeout", "unauthorised", "rate_limited", "refused"})
"""Failures after which another model may do better; a malformed or broken stream is asked again first."""
_NOT_FOUND = frozenset({404, 410})
"""Answers that mean a gone model when it spoke before, whatever their wording."""
_TOLERATED = 2
"""Failed turns in a row of the room before a seat falls back (a gone model: at once)."""


async def after_failure(
    room: OwnedRoom, seat: Seat, failure: ProviderFailure, lookup: Lookup, cast: Cast, count: Count
) -> None:
    """Take the events that answer a failure; the caller flushes."""
    if failure.kind == "context_length":
        if not seat.made_room:
            budget = int(room.hearing.tokens(seat.id, count) * 0.6)
            room.take("runner", RuleNoted(rule="context_length", data={"seat": seat.id, "handled": True}))
            await make_room(room, seat, cast, count, budget=budget)
        else:
            _pause(room, "overflow", seat)
        return
    gone = failure.kind == "model_gone" or (failure.status in _NOT_FOUND and seat.messages > 0)
    if seat.via and (gone or (failure.kind in _FALL_BACK and room.state.failures >= _TOLERATED)):
        reseat(room, seat, seat.via[0], lookup, via=seat.via[1:])
    elif gone:
        _pause(room, "provider.model_gone", seat)


def _pause(room: OwnedRoom, rule: str, seat: Seat) -> None:
    numbers = {"seat": seat.id, "model": seat.model}
    room.take("runner", StateChanged(before=room.state.phase, after="paused", rule=rule, numbers=numbers))


def reseat(
    room: OwnedRoom, seat: Seat, model: str, lookup: Lookup, *, via: tuple[str, ...] = (), by: str = "runner"
) -> None:
    """Give a seat another model: its card's facts go into the event, so that replay needs no model file.

    A room that may cost money from here on has ceilings from here on.
    """
    card = fallback_card(model, lookup.models, _card(seat)) or Card(id=model, provider=seat.provider)
    price = card.price
    after = {
        "provider": card.provider,
        "model": card.id,
        "display": card.name,
        "context": card.context,
        "free": card.cost == "free",
        "takes": list(card.takes),
        "price": None
        if price is None
        else {"input": price.input, "output": price.output, "cached": price.cached, "source": price.source},
        "base_url": card.base_url,
        "key": card.key,
        "via": list(via),
    }
    before = {"provider": seat.provider, "model": seat.model}
    room.take(by, SeatChanged(seat=seat.id, what="model", before=before, after=after))
    ceilings = effective(room.state.ceilings, free=all(other.free for other in room.state.present()))
    if ceilings != room.state.ceilings:
        room.take(by, RuleNoted(rule="ceilings", data=msgspec.structs.asdict(ceilings)))


def _card(seat: Seat) -> Card:
    """Give what a seat knows of its model: whoever replaces it may be asked at the same place."""
    cost: Literal["free", "unknown"] = "free" if seat.free else "unknown"
    return Card(
        id=seat.model, provider=seat.provider, cost=cost, base_url=seat.base_url, key=seat.key, takes=seat.takes
    )
