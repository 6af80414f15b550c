"""Holds a monitor back that does too much at once: at most one live room in twenty a minute, and one in any case.

A rule that wrongly matches everything would otherwise stop everything. What is held back becomes a pause, which one
command lifts, and which counts for nothing here. Pure: the time and the number of live rooms come in as values. What
seats or scenarios decide never passes through it.
"""

from __future__ import annotations

from antiphon.room.events import AnyBody, Phase, SeatChanged, StateChanged

__all__ = ["BREAKER", "MINUTE", "Breaker", "acts_on_room", "held_back", "most"]

BREAKER = "breaker"
"""The rule of a pause that stands for something held back."""

MINUTE = 60_000
"""Milliseconds over which rooms are counted."""

ONE_IN = 20
"""Of so many live rooms the monitor may do something to one a minute."""

_CONSENT = "monitor.consent"
"""The rule of an ending that the seats asked for: never held back."""


def most(live: int) -> int:
    """Give how many rooms a minute something may be done to while so many are live."""
    return max(1, live // ONE_IN)


class Breaker:
    """Counts the rooms that something was done to in the last minute; holds no more of them than it allows."""

    def __init__(self) -> None:
        """Begin with a minute in which nothing happened."""
        self._done: dict[str, int] = {}  # room -> when last, in that order

    def allows(self, room: str, now: int, live: int) -> bool:
        """Tell whether something may be done to a room, and count it if so.

        Args:
            room: its name; a room that was counted in this minute is counted once, from now on.
            now: milliseconds; never less than the time before.
            live: how many rooms are live.
        """
        while self._done and self._done[first := next(iter(self._done))] <= now - MINUTE:
            del self._done[first]
        if room not in self._done and len(self._done) >= most(live):
            return False
        self._done.pop(room, None)
        self._done[room] = now
        return True


def acts_on_room(body: AnyBody) -> bool:
    """Tell whether what a monitor wants is something done to a room: a mute, a pause, an end."""
    match body:
        case StateChanged(after="paused" | "draining" | "ended", rule=rule):
            return rule != _CONSENT
        case SeatChanged(what="muted", after=True):
            return True
        case _:
            return False


def held_back(body: AnyBody, phase: Phase) -> StateChanged:
    """Give the pause that stands for what a monitor wanted to do to a room of this phase."""
    match body:
        case StateChanged():
            wanted = {"instead_of": body.after, "because": body.rule}
            return StateChanged(
                before=phase,
                after="paused",
                rule=BREAKER,
                evidence=body.evidence,
                numbers=wanted,
                thresholds=body.thresholds,
                policy=body.policy,
            )
        case SeatChanged():
            wanted = {"instead_of": "mute", "because": body.seat}
            return StateChanged(before=phase, after="paused", rule=BREAKER, numbers=wanted)
        case _:
            return StateChanged(before=phase, after="paused", rule=BREAKER)
