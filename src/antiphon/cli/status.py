"""The status line: where a room stands, in one line that fits. Pure; time comes in as a value."""

from __future__ import annotations

from msgspec import Struct

from antiphon.cli.flagged import open_flags
from antiphon.room.events import Event, TurnEnded, TurnRequested
from antiphon.room.flags import waiting
from antiphon.room.state import State

__all__ = ["WARN_AT", "Status", "status"]

WARN_AT = 0.8
"""Share of a context at which the line warns: there is time left to choose what happens when it is full."""
_BYTES_PER_TOKEN = 4
"""Bytes of a view that are taken for one token until the provider says how many there were."""
_MINUTE, _HOUR = 60, 3600
_UNEASY = frozenset({"suspect", "closing", "paused"})
"""Phases a person who looks up should notice."""


class Status(Struct):
    """Remembers what the status line needs and the state does not keep; `surprise` is text that somebody else made."""

    shares: dict[str, float] = {}
    speaking: str | None = None
    surprise: str = ""

    def hear(self, state: State, event: Event) -> None:
        """Take in an event, after the state did."""
        match event.body:
            case TurnRequested(seat=seat_id, view=view):
                self.speaking = seat_id
                seat = state.seats.get(seat_id)
                if seat is not None and seat.context:
                    self.shares[seat_id] = view.bytes / _BYTES_PER_TOKEN / seat.context
            case TurnEnded(usage=usage):
                seat = state.seats.get(self.speaking or "")
                if usage is not None and seat is not None and seat.context and not usage.estimated:
                    self.shares[seat.id] = (usage.input + usage.output) / seat.context
                self.speaking = None
            case _:
                pass

    @property
    def share(self) -> float | None:
        """Give the largest share of a context in use, in [0, 1] and above; None where no size is known."""
        return max(self.shares.values(), default=None)


def status(state: State, known: Status, elapsed: float, width: int) -> list[tuple[str, str]]:
    """Give (text, style) spans of at most `width` columns; what matters least is left out first.

    Args:
        state: the room's.
        known: what was remembered beside it.
        elapsed: seconds since this program began to follow the room.
        width: columns.
    """
    facts = [
        (0, _phase(state), "warn" if state.phase in _UNEASY else "status"),
        (1, _flags(state), "warn"),
        (4, f"turn {state.turn}", "status"),
        (1, f"{known.speaking} speaks" if known.speaking else "", _colour(state, known.speaking)),
        (3, f"{_big(state.tokens)} tokens", "status"),
        (2, _context(known.share), "bold warn" if (known.share or 0) >= WARN_AT else "status"),
        (2, _money(state), "status"),
        (3, known.surprise, "status"),
        (5, _time(elapsed), "status"),
    ]
    shown = [fact for fact in facts if fact[1]]
    while len(shown) > 1 and sum(len(text) + 3 for _, text, _ in shown) - 3 > width:
        shown.remove(max(shown))
    spans: list[tuple[str, str]] = []
    for _, text, style in shown:
        spans += [(" · ", "quiet")] if spans else []
        spans.append((text, style))
    return spans


def _phase(state: State) -> str:
    return f"{state.phase} ({state.why})" if state.phase == "paused" and state.why else state.phase


def _flags(state: State) -> str:
    counted = waiting(state.flags.values())
    return f"flags: {open_flags(counted)}" if counted else ""


def _colour(state: State, seat_id: str | None) -> str:
    seat = state.seats.get(seat_id or "")
    return f"seat:{seat.number}" if seat is not None else ""


def _context(share: float | None) -> str:
    if share is None:
        return ""
    return f"context {share:.0%}" + (" full soon" if WARN_AT <= share < 1 else "")


def _money(state: State) -> str:
    if state.cost_unknown:
        return f"${state.cost:.2f} + unknown"
    if state.cost == 0 and all(seat.free for seat in state.seats.values()):
        return "free"
    return f"${state.cost:.2f}" if state.cost >= 1 else f"${state.cost:.4f}"


def _big(number: int) -> str:
    return f"{number:,}"


def _time(seconds: float) -> str:
    whole = int(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"
    return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02d}:{whole % _MINUTE:02d}"
