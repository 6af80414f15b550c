"""Changes one thing of a room so that it can be taken back: what a steer may be, on whom, and what it led to.

It knows neither when to steer nor how often: the ladder does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import msgspec
from msgspec import Struct

from antiphon.monitor.policy import Change
from antiphon.monitor.policy import Ladder as Settings
from antiphon.room.events import AnyBody, NoticeGiven, PromptChanged, RuleNoted, SeatChanged
from antiphon.room.state import Seat, State

__all__ = ["Kind", "Steer", "Trial", "averages", "bodies_of", "possible", "tally"]


class Steer(Struct, frozen=True):
    """Is one change: its kind, the seat it is made on ("" = all in `to`)."""

    kind: Change
    seat: str
    to: tuple[str, ...]


class Trial(Struct, frozen=True):
    """Is a steer whose effect is still to be measured: after which message, by which one, and how things stood."""

    kind: str
    seat: str
    said: int
    until: int
    before: dict[str, float]


class Kind(Struct, frozen=True, kw_only=True):
    """Sums up the steers of one kind: how many, how many were measured and helped, mean pressures before and after."""

    kind: str
    tried: int
    measured: int
    helped: int
    before: float
    after: float


def averages(lately: Sequence[tuple[float, float, float]]) -> dict[str, float]:
    """Give the last pressure, and the means of lack and stale, of messages as the ladder keeps them."""
    count = max(1, len(lately))
    return {
        "pressure": lately[-1][0] if lately else 0.0,
        "lack": sum(one[1] for one in lately) / count,
        "stale": sum(one[2] for one in lately) / count,
    }


def possible(
    kind: Change, state: State, aim: Sequence[str], layered: Mapping[str, int], settings: Settings
) -> Steer | None:
    """Give a steer of this kind, on the seat it fits best; None where there is nothing to change.

    Args:
        kind: what to change.
        state: the room's.
        aim: seats that something may be aimed at.
        layered: seats with prompt layers -> when the last one was laid.
        settings: what would be set or offered.
    """
    match kind:
        case "topic":
            return Steer(kind, "", tuple(aim)) if aim and settings.topics else None
        case "layer":
            seats = [name for name in aim if state.seats[name].layers]
            latest = max(seats, key=lambda name: layered.get(name, 0), default=None)
            return Steer(kind, latest, (latest,)) if latest is not None else None
        case "temperature":
            goal = min(settings.temperature, state.scenario.limits.temperature_max)
            seats = [name for name in aim if state.seats[name].temperature != goal and state.seats[name].speaks]
            found = state.last_seat if state.last_seat in seats else next(iter(seats), None)
            return Steer(kind, found, (found,)) if found is not None else None


def bodies_of(steer: Steer, state: State, settings: Settings, topics: int) -> list[AnyBody]:
    """Word the events of a steer; `topics` is how many were offered before."""
    match steer.kind:
        case "topic":
            topic = settings.topics[topics % len(settings.topics)]
            return [NoticeGiven(text=f"[room]: If you like: {topic}.", to=steer.to, synthetic=True, kind="topic")]
        case "temperature":
            before = state.seats[steer.seat].temperature
            goal = min(settings.temperature, state.scenario.limits.temperature_max)
            return [SeatChanged(seat=steer.seat, what="temperature", before=before, after=goal)]
        case "layer":
            return list(_without_last(state.seats[steer.seat]))


def _without_last(seat: Seat) -> Iterable[AnyBody]:
    """Take a seat's last layer back: all of them, and then the others laid again, in order."""
    yield PromptChanged(seat=seat.id, how="revert")
    for place, text in enumerate(seat.layers[:-1]):
        yield PromptChanged(seat=seat.id, how="replace" if seat.replaced and place == 0 else "add", text=text)


class _Effect(Struct, frozen=True):
    """Is what a note tells of a steer's effect."""

    kind: str
    helped: bool
    before: dict[str, float]
    after: dict[str, float]


def tally(notes: Iterable[RuleNoted]) -> list[Kind]:
    """Sum up a room's steers by kind, from the ladder's notes; kinds in the order they were first tried.

    A note of another shape, as a file from elsewhere may bring, counts for nothing.
    """
    tried: dict[str, int] = {}
    measured: dict[str, list[_Effect]] = {}
    for note in notes:
        if note.rule == "monitor.steer":
            kind = str(note.data.get("kind"))
            tried[kind] = tried.get(kind, 0) + 1
        elif note.rule == "monitor.steered":
            with suppress(msgspec.ValidationError):
                effect = msgspec.convert(note.data, _Effect)
                measured.setdefault(effect.kind, []).append(effect)
    return [_kind(kind, count, measured.get(kind, [])) for kind, count in tried.items()]


def _kind(kind: str, tried: int, measured: Sequence[_Effect]) -> Kind:
    count = max(1, len(measured))
    return Kind(
        kind=kind,
        tried=tried,
        measured=len(measured),
        helped=sum(one.helped for one in measured),
        before=sum(one.before.get("pressure", 0.0) for one in measured) / count,
        after=sum(one.after.get("pressure", 0.0) for one in measured) / count,
    )
