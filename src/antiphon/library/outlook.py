"""Looks ahead for a room that exists already: who would speak, and what going on may cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import msgspec

from antiphon.assembly import seat_card
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import Forecast, Spending, forecast, limited
from antiphon.library.session import Session
from antiphon.library.standins import by_seat
from antiphon.measures.tokens import count
from antiphon.room.events import Usage
from antiphon.room.models import Card
from antiphon.room.scenario import Ceilings, SeatPlan
from antiphon.room.spending import REPLY, cost_of
from antiphon.room.state import Seat
from antiphon.runner.history import history
from antiphon.runner.opening import Fold, fold_records

__all__ = ["fold_of", "next_turn", "outlook"]


async def fold_of(laboratory: Laboratory, room: str, until: int | None = None) -> Fold:
    """Fold a room, its parents' prefixes included, up to an event (None: the last), without taking it."""
    return fold_records(room, await history(laboratory.journal, room, until))


async def outlook(
    laboratory: Laboratory,
    room: str,
    *,
    at: int | None = None,
    seats: Sequence[str] = (),
    **ceilings: Unpack[Spending],
) -> tuple[Forecast | None, Ceilings]:
    """Forecast what going on with a room may cost, and give the ceilings it would have.

    Args:
        laboratory: knows the models.
        room: its id.
        at: where a fork would begin (None: the room itself goes on).
        seats: "AI-2=MODEL" for seats that another model shall voice, or models in order for imported seats.
        ceilings: messages, tokens, money, as for `resume` and `fork`.
    """
    fold = await fold_of(laboratory, room, at)
    state = fold.state
    named = dict(seat.split("=", 1) for seat in by_seat(state, seats))
    cards = {seat.id: _card(laboratory, seat, named) for seat in state.present()}
    if not cards:
        return None, state.ceilings
    plans = tuple(SeatPlan(model=seat) for seat in cards)
    plan = msgspec.structs.replace(state.scenario, seats=plans, ceilings=state.ceilings)
    plan = limited(plan, list(cards.values()), **ceilings)
    heard = max((fold.hearing.tokens(seat, count) for seat in cards), default=0)
    return forecast(plan, lambda seat: cards[seat.model], heard), plan.ceilings


def next_turn(session: Session) -> tuple[int, float]:
    """Estimate what one more turn sets aside at most: tokens in and out, and US dollars where prices are known."""
    room = session.conductor.room
    tokens, dollars = 0, 0.0
    for seat in room.state.speakers():
        allowed = room.rules.allowance(room.state, room.memories, room.clock.now(), seat.id).tokens
        heard = room.hearing.tokens(seat.id, count) + count(room.hearing.system(seat))
        reply = min((n for n in (allowed, seat.tokens) if n is not None), default=REPLY) + seat.over
        tokens = max(tokens, heard + reply)
        dollars = max(dollars, cost_of(seat.price, Usage(input=heard, output=reply)) or 0.0)
    return tokens, dollars


def _card(laboratory: Laboratory, seat: Seat, named: dict[str, str]) -> Card:
    """Give the card of whoever will speak for a seat: the model named for it, or the one it has."""
    for key, model in named.items():
        if key.casefold() in {seat.id.casefold(), seat.label.casefold()}:
            return seat_card(laboratory.models, model)
    return Card(
        id=seat.model,
        display=seat.display,
        provider=seat.provider,
        cost="free" if seat.free else "unknown",
        price=seat.price,
    )
