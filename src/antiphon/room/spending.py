"""What a room may spend: its ceilings, what a call sets aside, and why a room without them may not start.

All of it is arithmetic on values; it knows no provider and no price list.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import msgspec
from msgspec import Struct

from antiphon.errors import CeilingError
from antiphon.room.events import Price, Reserved, Usage
from antiphon.room.scenario import Ceilings
from antiphon.room.state import Seat, State

__all__ = [
    "REPLY",
    "Room",
    "check_money",
    "cost_of",
    "effective",
    "estimate",
    "for_last_words",
    "for_turns",
    "reached",
    "reserve",
]

MESSAGES = 60
"""The ceiling of messages in a room with a paid or unknown provider whose scenario names none."""
TOKENS = 500_000
"""The ceiling of tokens, input and output, in such a room."""
REPLY = 1_024
"""Tokens held for a reply that nothing else limits: what is set aside must be a number."""
LAST_WORDS = 16_384
"""Tokens, input and output, for the last words of a room whose tokens nothing limits."""
_MILLION = 1_000_000


class Room(Struct, frozen=True):
    """Says what is left to spend on one call: tokens for the reply (None: no limit), and what is set aside."""

    tokens: int | None
    reserved: Reserved | None


def effective(ceilings: Ceilings, *, free: bool) -> Ceilings:
    """Fill in the ceilings that a room with a paid or unknown provider always has."""
    if free:
        return ceilings
    return msgspec.structs.replace(ceilings, messages=ceilings.messages or MESSAGES, tokens=ceilings.tokens or TOKENS)


def check_money(ceilings: Ceilings, seats: Iterable[tuple[str, bool, Price | None]]) -> None:
    """Refuse a money limit over a model whose price nobody knows: an unknown price is not zero.

    Args:
        ceilings: the room's.
        seats: (model, free, price) of every seat.

    Raises:
        CeilingError: naming the model and the line to add.
    """
    if ceilings.money is None:
        return
    for model, free, price in seats:
        if not free and price is None:
            raise CeilingError(
                f"a money limit of ${ceilings.money:g} cannot be kept: the price of {model!r} is unknown; add it to "
                f'your models.toml, such as [[models]] id = "{model}" price = {{ input = 0.15, output = 0.6, '
                f'source = "where you read it" }}, or take `money` out of [ceilings]'
            )


def cost_of(price: Price | None, usage: Usage | None) -> float | None:
    """Give US dollars for what was used; None when price or usage is unknown."""
    if price is None or usage is None:
        return None
    cached = min(usage.cached, usage.input)
    cached_price = price.cached if price.cached is not None else price.input
    return ((usage.input - cached) * price.input + cached * cached_price + usage.output * price.output) / _MILLION


def for_turns(state: State) -> Ceilings:
    """Give the ceilings that hold for turns: less the reserve of tokens and money that the last words are paid from."""
    limits, share = state.ceilings, state.reserve
    if not share:
        return limits
    tokens = None if limits.tokens is None else max(1, limits.tokens - ceil(limits.tokens * share))
    money = None if limits.money is None else limits.money * (1 - share)
    return msgspec.structs.replace(limits, tokens=tokens, money=money)


def for_last_words(state: State) -> Reserved | None:
    """Give what the last words may cost, input and output: the reserve, as far as it is left; None = nothing is.

    A room without a ceiling of tokens has a purse of its own for them.
    """
    limits, share = state.ceilings, state.reserve
    tokens = LAST_WORDS if limits.tokens is None else min(ceil(limits.tokens * share), limits.tokens - state.tokens)
    cost = None if limits.money is None else min(limits.money * share, limits.money - state.cost)
    if not share or tokens < 1 or (cost is not None and cost <= 0):
        return None
    return Reserved(tokens=tokens, cost=cost)


def reached(state: State) -> str | None:
    """Name the ceiling that allows no further turn: "ceiling.messages", ".tokens" or ".money"; None = none does."""
    limits = for_turns(state)
    if limits.messages is not None and state.spoken_since_opening >= limits.messages:
        return "ceiling.messages"
    if limits.tokens is not None and state.tokens >= limits.tokens:
        return "ceiling.tokens"
    if limits.money is not None and state.cost >= limits.money:
        return "ceiling.money"
    return None


def reserve(state: State, seat: Seat, heard: int, asked: int | None) -> Room | str:
    """Set tokens and dollars aside for a call, or name the ceiling it would break.

    Where a seat's endpoint once gave more than was allowed, as much is set aside again.

    Args:
        state: the room's.
        seat: who is to speak; a free seat is never limited by tokens or money it does not cost.
        heard: estimated tokens of its view.
        asked: the reply's limit by rules and plan, in tokens; None = none.
    """
    limits = for_turns(state)
    if seat.free and limits.tokens is None:
        return Room(asked, None)
    reply, over = asked if asked is not None else REPLY, _over(state, seat)
    if limits.tokens is not None:
        left = limits.tokens - state.tokens - heard - over
        if left < 1:
            return "ceiling.tokens"
        reply = min(reply, left)
    if limits.money is not None and seat.price is not None:
        left_money = limits.money - state.cost - (cost_of(seat.price, Usage(input=heard, output=over)) or 0.0)
        if left_money <= 0:
            return "ceiling.money"
        if seat.price.output > 0:
            reply = min(reply, int(left_money * _MILLION / seat.price.output))
        if reply < 1:
            return "ceiling.money"
    output = reply + over
    return Room(reply, Reserved(tokens=heard + output, cost=cost_of(seat.price, Usage(input=heard, output=output))))


def _over(state: State, seat: Seat) -> int:
    """Give the most tokens by which an answer from the seat's endpoint was longer than allowed."""
    where = (seat.provider, seat.base_url)
    known = (other.over for other in state.seats.values() if (other.provider, other.base_url) == where)
    return max(known, default=0)


def estimate(messages: int, seats: int, tokens: int, *, cached: bool) -> int:
    """Estimate the input tokens of a room: every turn resends the history that grew by one message each.

    Args:
        messages: messages of the whole room.
        seats: seats at the table; the history a seat sent before is what a cache serves.
        tokens: tokens of one message.
        cached: count only what no cache can serve.
    """
    if cached:
        return messages * tokens * max(1, seats)
    return tokens * messages * (messages - 1) // 2
