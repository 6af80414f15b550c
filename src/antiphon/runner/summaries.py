"""Has what a seat does not hear told to it in short: by the scenario's summariser, else by the seat's own model.

A summary is an effect with a cost. When it fails, what was dropped is dropped all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from antiphon.errors import ProviderFailure
from antiphon.room.contracts import Allowance
from antiphon.room.events import EffectEnded
from antiphon.room.spending import cost_of
from antiphon.room.state import Seat
from antiphon.room.view import Part, SeatView, View, escape
from antiphon.runner.boundary import boundary
from antiphon.runner.cast import Cast
from antiphon.runner.owned import OwnedRoom

__all__ = ["summarise"]

_TOKENS = 400
"""Tokens allowed for a summary: twice the words that are asked for."""
_ASKED = "Summarise in at most 150 words what was said, naming who said it:"
_SYSTEM = "You summarise conversations faithfully and add nothing."


async def summarise(room: OwnedRoom, seat: Seat, parts: Sequence[Part], cast: Cast) -> EffectEnded | None:
    """Give the effect that tells a seat what `parts` held; None when nobody could."""
    named = room.state.scenario.summariser
    teller = msgspec.structs.replace(
        seat, id="summariser", model=named or seat.model, provider="" if named else seat.provider, messages=0, layers=[]
    )
    lines = "\n".join(f"{part.label or part.by}: {part.text}" for part in parts)
    ask = Part(1, "room", "notice", "", escape(f"{_ASKED}\n\n{lines}"))
    source = SeatView("summariser", "parts" in seat.takes, [ask], [])
    view = View(room.state.room, teller, _SYSTEM, [ask], (), "chat", source)
    try:
        with boundary("summariser"):
            reply = await cast.speaker(teller, room.state.seed).speak(view, Allowance(tokens=_TOKENS))
    except ProviderFailure:
        return None
    cost = reply.cost if reply.cost is not None else cost_of(None if named else seat.price, reply.usage)
    effect = f"summary-{seat.id}-{room.state.seq}"
    return EffectEnded(effect=effect, kind="summary", seat=seat.id, text=reply.text, cost=cost)
