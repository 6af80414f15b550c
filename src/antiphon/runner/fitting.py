"""Makes a view fit its seat's context before a call: pause, drop the oldest, or have them summarised.

The choice and the sequence numbers no longer heard are an event. A context of unknown size always fits; the
provider's own refusal is then handled the same way, once.
"""

from __future__ import annotations

from antiphon.room.events import RuleNoted, StateChanged
from antiphon.room.state import Seat
from antiphon.room.view import SeatView
from antiphon.runner.cast import Cast, Count
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.summaries import summarise

__all__ = ["fit", "make_room"]

_REPLY = 512
"""Tokens kept free for the reply (a quarter of the context when that is less)."""
_KEEP = 0.75
"""Share of the usable context kept when the oldest are dropped: blocks of a quarter, so that caches live."""


async def fit(room: OwnedRoom, seat: Seat, cast: Cast, count: Count) -> bool:
    """Make the seat's view fit; False when the room paused instead."""
    context = seat.context
    if context is None:
        return True
    usable = context - min(_REPLY, context // 4)
    view = room.hearing.views[seat.id]
    view.build()
    system = room.hearing.system(seat)
    if view.size + len(system) < usable:
        return True
    spare = usable - count(system)
    if room.hearing.tokens(seat.id, count) <= spare:
        return True
    return await make_room(room, seat, cast, count, budget=int(spare * _KEEP))


async def make_room(room: OwnedRoom, seat: Seat, cast: Cast, count: Count, *, budget: int) -> bool:
    """Apply the scenario's `overflow` so that at most `budget` tokens stay heard; False when the room paused."""
    choice = room.state.scenario.overflow
    view = room.hearing.views[seat.id]
    first = _first_kept(view, count, budget)
    dropped = [part for part in view.heard() if part.seq < first]
    if choice == "pause" or not dropped:
        body = StateChanged(
            before=room.state.phase,
            after="paused",
            rule="overflow",
            numbers={"seat": seat.id, "context": seat.context, "tokens": room.hearing.tokens(seat.id, count)},
        )
        room.take("runner", body)
        await room.flush()
        return False
    summary = await summarise(room, seat, dropped, cast) if choice == "summarise" else None
    data = {"seat": seat.id, "choice": choice, "unheard_before": first, "unheard": [dropped[0].seq, dropped[-1].seq]}
    room.take("runner", RuleNoted(rule="overflow", data=data))
    if summary is not None:
        room.take("runner", summary)
    return True


def _first_kept(view: SeatView, count: Count, budget: int) -> int:
    """Find the sequence number from which on at most `budget` tokens remain; the last part always remains."""
    total, first = 0, 0
    for part in reversed(view.heard()):
        total += count(part.text) + 4
        if first and total > budget:
            return first
        first = part.seq
    return first
