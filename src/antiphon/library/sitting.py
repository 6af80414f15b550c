"""Takes the first events of a new room: who sits there, what the monitor goes by, the opening words."""

from __future__ import annotations

from collections.abc import Sequence

from antiphon import __version__
from antiphon.monitor.policy import Policy
from antiphon.room.contracts import Command
from antiphon.room.events import MessageSaid, RoomOpened
from antiphon.room.models import Card
from antiphon.room.scenario import Scenario
from antiphon.room.seating import seat_body
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.watching import MONITOR, policy_note

__all__ = ["opening", "sit"]


def opening(plan: Scenario, seed: int, labels: dict[str, str], policy: Policy | None) -> RoomOpened:
    """Give the first event of a room that is no fork."""
    return RoomOpened(
        scenario=plan,
        seed=seed,
        engine=__version__,
        labels=labels,
        reserve=plan.limits.reserve,
        policy=policy.digest() if policy is not None else None,
        painter_free=plan.pictures.painter == "placeholder",
    )


def sit(
    room: OwnedRoom, plan: Scenario, cards: Sequence[Card], commands: Sequence[Command], policy: Policy | None = None
) -> OwnedRoom:
    """Seat everybody, begin to watch where a policy is given, let the opening words be said; give the room back."""
    for seat, card in zip(plan.seats, cards, strict=True):
        room.take("scenario", seat_body(room.state, seat, card, commands=commands, rules=room.rules))
    if policy is not None:
        room.take(MONITOR, policy_note(room.lease.stream, policy))
    if plan.opening:
        seat_id = f"AI-{plan.opening_seat}" if plan.opening_seat else None
        room.take("scenario", MessageSaid(seat=seat_id, text=plan.opening))
    return room
