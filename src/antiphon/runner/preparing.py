"""Everything before a turn's call: what the seat no longer hears, what it must be told, what is set aside, the request.

Each step takes events; the caller flushes them, so that the request is durable before anybody is called.
"""

from __future__ import annotations

from antiphon.room.contracts import Allowance, Heard
from antiphon.room.events import NoticeGiven, RuleNoted, TurnRequested
from antiphon.room.spending import reserve
from antiphon.room.state import Seat
from antiphon.runner.cast import Cast, Count
from antiphon.runner.fitting import fit
from antiphon.runner.notebooks import bring, show
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.sliding import overwritten
from antiphon.runner.summaries import summarise

__all__ = ["prepare"]


async def prepare(room: OwnedRoom, seat: Seat, cast: Cast, count: Count) -> Allowance | str | None:
    """Take everything up to `turn.requested`.

    Returns:
        What the reply may use; or the ceiling that forbids the call; or None when the room was paused meanwhile.
    """
    if not await _ready(room, seat, cast, count):
        return None
    state, now = room.state, room.clock.now()
    asked = room.rules.allowance(state, room.memories, now, seat.id)
    wanted = min((n for n in (asked.tokens, seat.tokens) if n is not None), default=None)
    limited = state.ceilings.tokens is not None or state.ceilings.money is not None
    heard = room.hearing.tokens(seat.id, count) + count(room.hearing.system(seat)) if limited else 0
    held = reserve(state, seat, heard, wanted)
    if isinstance(held, str):
        return held
    parameters = {"temperature": seat.temperature, "tokens": held.tokens}
    room.take(
        "runner",
        TurnRequested(
            turn=state.turn + 1,
            seat=seat.id,
            heard=state.seq,
            model=seat.model,
            parameters={name: value for name, value in parameters.items() if value is not None},
            view=room.hearing.fact(seat),
            reserved=held.reserved,
        ),
    )
    cut = asked.cut if held.tokens == asked.tokens else ""
    return Allowance(tokens=held.tokens, until=now + int(state.scenario.limits.turn_seconds * 1000), cut=cut)


async def _brief(room: OwnedRoom, seat: Seat, cast: Cast) -> None:
    """Before a guest's first turn, have the past told to it in short, where that is how joiners hear."""
    if room.state.scenario.joiners_hear != "briefing":
        return
    past = [part for part in room.hearing.common if part.seq < seat.joined and part.kind == "said"]
    if past and (summary := await summarise(room, seat, past, cast)) is not None:
        room.take("runner", summary)


async def _ready(room: OwnedRoom, seat: Seat, cast: Cast, count: Count) -> bool:
    """Have the seat hear what it must before it speaks; False when it is not to speak after all."""
    if not seat.turns:
        await bring(room, seat)
        await _brief(room, seat, cast)
    view = room.hearing.views[seat.id]
    first = view.first
    heard = room.rules.heard(room.state, room.memories, room.clock.now(), seat.id)
    if heard.first and (parts := view.heard()) and parts[0].seq < heard.first:
        alive = sum(count(part.text) for part in parts if part.seq >= heard.first)
        data = {"seat": seat.id, "unheard_before": heard.first, "alive": alive, "of": view.ever(count)}
        room.take("runner", RuleNoted(rule="what_is_heard", data=data))
    elif heard.alone or heard.tokens is not None:
        _shut_out(room, seat, heard)
    if not room.hearing.heard_since_own(seat.id):
        text = room.state.scenario.continue_
        room.take("room", NoticeGiven(text=text, to=(seat.id,), synthetic=True, kind="continue"))
    if seat.context is not None and not await fit(room, seat, cast, count):
        return False
    if view.first != first and heard.tokens is None:
        show(room, seat)
    return room.state.phase not in {"paused", "draining", "ended"} and seat.speaks


def _shut_out(room: OwnedRoom, seat: Seat, heard: Heard) -> None:
    """Note what a seat that is alone, or whose context slides, no longer hears."""
    view = room.hearing.views[seat.id]
    if heard.alone and not view.alone:
        data = {"seat": seat.id, "unheard_before": room.state.seq + 1, "alone": True}
        room.take("runner", RuleNoted(rule="what_is_heard", data=data))
    if heard.tokens is not None:
        whole = room.hearing.whole_system(seat)
        slid = overwritten(view, whole, heard.tokens, system_too=heard.system)
        if slid is not None:
            room.take("runner", RuleNoted(rule="what_is_heard", data={"seat": seat.id, **slid}))
