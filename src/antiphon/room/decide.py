"""What happens next in a room: one pure decision from its state, its rules and the time."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct

from antiphon.room.asking import Ask
from antiphon.room.rulebook import Rulebook
from antiphon.room.spending import reached
from antiphon.room.state import State

__all__ = ["Ask", "Decision", "End", "Pause", "SpeakNext", "Wait", "decide"]

_MS = 1000


class SpeakNext(Struct, frozen=True):
    """Gives a seat its turn."""

    seat: str


class Wait(Struct, frozen=True):
    """Does nothing until `until` (ms since 1970; None: until something happens)."""

    until: int | None
    why: str


class Pause(Struct, frozen=True):
    """Stops safely, to be resumed: a ceiling, too many failures, nobody who can speak."""

    rule: str
    numbers: dict[str, Any] = {}  # Any: as the rule counts


class End(Struct, frozen=True):
    """Ends the room for good."""

    reason: str


Decision: TypeAlias = SpeakNext | Ask | Wait | Pause | End


def decide(state: State, rules: Rulebook, memories: dict[str, Any], now: int) -> Decision:
    """Decide what the room does next.

    Args:
        state: after the last event.
        rules: the room's rules.
        memories: the rules' memories after the last event.
        now: ms since 1970.
    """
    match state.phase:
        case "ended" | "expired":
            return Wait(None, state.phase)
        case "paused":
            return Wait(None, "paused")
        case "draining":
            return Wait(None, "effects") if state.effects else End(state.why)
        case _:
            pass
    if not state.present():
        return End("left")
    if (reason := rules.ending(state, memories, now)) is not None:
        return End(reason)
    if (ceiling := reached(state)) is not None:
        return Pause(ceiling, _spent(state))
    if state.failures >= state.scenario.limits.failures_in_row:
        return Pause("failures", {"in_row": state.failures})
    lost = state.seats.get(state.again)
    seat = lost.id if lost is not None and lost.speaks else rules.speaker(state, memories, now)
    if seat is None:
        return Pause("nobody_speaks", {"present": len(state.present())})
    return SpeakNext(seat) if isinstance(seat, str) else seat


def _spent(state: State) -> dict[str, Any]:  # Any: numbers, and None where a cost is unknown: that is not zero
    cost = None if state.cost_unknown else state.cost
    return {"messages": state.spoken_since_opening, "tokens": state.tokens, "cost": cost}
