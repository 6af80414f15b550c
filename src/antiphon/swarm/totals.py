"""What became of a swarm's rooms, counted while they run; totals of several workers add up. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from antiphon.room.events import Event, FlagRaised, MessageSaid, TurnEnded
from antiphon.room.state import State

__all__ = ["Totals", "added", "count"]


def count(counts: dict[str, int], key: str, by: int = 1) -> None:
    """Count something under its name."""
    counts[key] = counts.get(key, 0) + by


class Totals(Struct, kw_only=True):
    """Counts a swarm, or a worker's share of it.

    Attributes:
        planned: rooms of the plan.
        rooms: state -> rooms in it; those not yet begun are "waiting".
        endings: reason -> rooms that ended or paused for it in this run.
        turns, messages: of this run.
        failed: turns in which no model answered.
        input, cached, output: tokens of this run.
        cost: US dollars of this run; what has no known price is left out and counted in `unpriced`.
        unpriced: turns without a known price.
        flags: severity ("S0" …) -> flags raised in this run.
        first_failure: the first failure's kind and room, or "".
        lost: rooms that could not be run at all, by kind of error.
    """

    planned: int = 0
    rooms: dict[str, int] = field(default_factory=dict)
    endings: dict[str, int] = field(default_factory=dict)
    turns: int = 0
    messages: int = 0
    failed: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    cost: float = 0.0
    unpriced: int = 0
    flags: dict[str, int] = field(default_factory=dict)
    first_failure: str = ""
    lost: dict[str, int] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """Count an acknowledged event of a room that runs."""
        match event.body:
            case MessageSaid(seat=str(), whisper=False):
                self.messages += 1
            case TurnEnded() as ended:
                self._turn(event.stream, ended)
            case FlagRaised(severity=severity):
                count(self.flags, f"S{severity}")
            case _:
                pass

    def _turn(self, room: str, ended: TurnEnded) -> None:
        self.turns += 1
        if ended.outcome == "failed":
            self.failed += 1
            kind = ended.error.kind if ended.error is not None else "unknown"
            self.first_failure = self.first_failure or f"{kind} in {room}"
        if ended.usage is not None:
            self.input += ended.usage.input
            self.cached += ended.usage.cached
            self.output += ended.usage.output
        if ended.cost is None:
            self.unpriced += 1
        else:
            self.cost += ended.cost

    def moved(self, before: str, after: str) -> None:
        """Count a room in another state."""
        count(self.rooms, before, -1)
        count(self.rooms, after)

    def rested(self, state: State) -> None:
        """Count why a room rests."""
        count(self.endings, f"{state.phase}: {state.why}")


def added(parts: Iterable[Totals]) -> Totals:
    """Add the totals of several workers."""
    whole = Totals()
    for part in parts:
        for name in ("planned", "turns", "messages", "failed", "input", "cached", "output", "cost", "unpriced"):
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        for name in ("rooms", "endings", "flags", "lost"):
            for key, value in getattr(part, name).items():
                count(getattr(whole, name), key, value)
        whole.first_failure = whole.first_failure or part.first_failure
    return whole
