"""A stage for runner tests: a room of scripted seats in a journal in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from antiphon import __version__
from antiphon.assembly import lookup
from antiphon.journal.memory import MemoryJournal
from antiphon.measures.tokens import count
from antiphon.room.contracts import Journal
from antiphon.room.events import Event, MessageSaid, RoomOpened
from antiphon.room.models import Card, Models
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.seating import seat_body
from antiphon.runner.conduct import Conductor
from antiphon.runner.history import history
from antiphon.runner.opening import open_room
from antiphon.testing.clock import ManualClock
from antiphon.testing.speakers import Script, Troupe

CARDS = [
    Card(id="echo", display="Echo", provider="builtin", cost="free"),
    Card(id="listener", display="Listener", provider="builtin", cost="free"),
    Card(id="dear", display="Dear", provider="openai", cost="paid"),
    Card(id="small", display="Small", provider="builtin", cost="free", context=200),
]


class Stage:
    """Opens rooms and keeps what they were made of."""

    def __init__(self) -> None:
        self.journal: Journal = MemoryJournal()
        self.clock = ManualClock()
        self.lookup = lookup(Models({card.id: card for card in CARDS}))
        self.troupe = Troupe()

    async def open(self, scripts: dict[str, Script], *, seconds: float = 0.0, **settings: Any) -> Conductor:
        """Open a room of as many seats as there are scripts (models by `models=[…]`)."""
        models = settings.pop("models", ["echo"] * len(scripts))
        settings.setdefault("rules", {"when_it_ends": {"messages": {"count": 6}}})
        painter = settings.pop("painter", None)
        scenario = Scenario(name="stage", seats=tuple(SeatPlan(model=model) for model in models), **settings)
        self.troupe = Troupe(scripts, seconds=seconds, painter=painter)
        opened = RoomOpened(scenario=scenario, seed=7, engine=__version__)
        room = await open_room(self.journal, self.clock, f"stage-{id(scenario)}", opened)
        for plan in scenario.seats:
            card = next(card for card in CARDS if card.id == plan.model)
            commands = self.lookup.commands.values()
            room.take("scenario", seat_body(room.state, plan, card, commands=commands, rules=room.rules))
        if scenario.opening:
            room.take("scenario", MessageSaid(seat=f"AI-{scenario.opening_seat}", text=scenario.opening))
        await room.flush()
        return self.conductor(room)

    def conductor(self, room: Any) -> Conductor:
        return Conductor(room, self.troupe, self.lookup, count)

    async def events(self, conductor: Conductor) -> list[Event]:
        """Give every event of a room as the journal keeps it."""
        return [decode(record) for record in await history(self.journal, conductor.room.lease.stream)]


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def of_type() -> Callable[[list[Event], type], list[Any]]:
    """Give the bodies of one type."""
    return lambda events, kind: [event.body for event in events if isinstance(event.body, kind)]
