"""A room of commands without a runner: state by events, messages settled as the runner settles them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from antiphon.registry import plugins
from antiphon.room.contracts import Command, Situation
from antiphon.room.events import AnyBody, Event, MessageSaid, NoticeGiven, RoomOpened, SeatJoined
from antiphon.room.models import Card, Models
from antiphon.room.orders import Ordered, command_body, run_commands
from antiphon.room.scenario import COMMANDS_FOR_ALL, COMMANDS_FOR_THINGS, Limits, Scenario, SeatPlan
from antiphon.room.state import State, apply, fold

AT = "2026-01-02T03:04:05.678Z"
CARDS = [
    Card(id="echo", display="Echo", cost="free"),
    Card(id="echo-large", display="Echo Large", cost="free"),
    Card(id="parrot-1", display="Parrot", cost="free"),
    Card(id="parrot-2", display="Parrot", cost="free"),
    Card(id="listener", display="Listener", cost="free"),
    Card(id="dear", display="Dear", cost="paid"),
    *(Card(id=f"voice-{n}", display=f"Voice Number {n}", cost="free") for n in range(60)),
]
EVERY = (*COMMANDS_FOR_ALL, *COMMANDS_FOR_THINGS)
LOOKUP: dict[str, Command] = dict(plugins("command"))


class Table:
    """Seats two or more, lets them speak, and keeps every event."""

    def __init__(self, seats: int = 2, *, rights: tuple[str, ...] = EVERY, **scenario: Any) -> None:
        scenario.setdefault("seats", (SeatPlan(model="echo"),))
        self.events: list[Event] = []
        self.state = State(room="r")
        self.models = Models({card.id: card for card in CARDS})
        self.take("person", RoomOpened(scenario=Scenario(name="test", **scenario), seed=1, engine="test"))
        for number in range(1, seats + 1):
            model = "echo" if number == 1 else f"voice-{number}"
            label = "Echo" if number == 1 else f"Voice {number}"
            body = SeatJoined(
                seat=f"AI-{number}", label=label, provider="builtin", model=model, rights=rights, number=number
            )
            self.take("person", body)

    def take(self, by: str, body: AnyBody) -> None:
        """Append one event."""
        event = Event("r", self.state.seq + 1, AT, by, body)
        self.events.append(event)
        apply(self.state, event)

    def say(self, seat: str, text: str) -> list[Ordered]:
        """Have a seat say something, with everything its commands do."""
        ran = self.run(seat, text)
        self.take(seat, MessageSaid(seat=seat, text=text))
        message = self.state.seq
        for one in ran:
            self.take(seat, command_body(one, message, seat))
            for body in one.ran.bodies:
                self.take(seat, body)
        assert fold("r", self.events) == self.state
        return ran

    def run(self, seat: str, text: str) -> list[Ordered]:
        """Run the commands of a text and write nothing."""
        count = iter(range(1, 10_000))

        def situation(this_turn: dict[str, int]) -> Situation:
            return Situation(
                state=self.state,
                models=self.models,
                message=self.state.seq + 1,
                now=0,
                this_turn=this_turn,
                next_effect=f"effect-{self.state.seq}-{next(count)}",
                guest=guest,
            )

        made: list[str] = []

        def guest(card: Card, by: str, invitation: str | None = None, persona: str = "") -> SeatJoined:
            number = len(self.state.seats) + len(made) + 1
            made.append(by)
            label = f"{card.name} {number}"
            return SeatJoined(
                seat=f"AI-{number}",
                label=label,
                provider=card.provider,
                model=card.id,
                display=card.name,
                number=number,
                rights=self.state.seats[by].rights,
                invitation=invitation,
                system=persona,
            )

        return run_commands(self.state, self.state.seats[seat], text, situation, find=LOOKUP.get, names=sorted(LOOKUP))

    def outcomes(self, seat: str, text: str) -> list[str]:
        """Say something, and give the outcomes in order."""
        return [one.ran.outcome for one in self.say(seat, text)]

    def refusal(self, seat: str, text: str) -> str:
        """Say something with one command, which must be refused; give the reason."""
        (one,) = self.say(seat, text)
        assert one.ran.outcome == "refused"
        assert not one.ran.bodies
        assert one.ran.reason
        return one.ran.reason

    def notices(self) -> list[NoticeGiven]:
        """List the notices given so far."""
        return [event.body for event in self.events if isinstance(event.body, NoticeGiven)]

    def pass_rounds(self, rounds: int) -> None:
        """Let every seat speak that many times."""
        for _ in range(rounds):
            for seat in self.state.speakers():
                self.take(seat.id, MessageSaid(seat=seat.id, text="well"))


@pytest.fixture(scope="session")
def table() -> Callable[..., Table]:
    """Make tables; a factory, so that property tests may open a fresh one each time."""

    def make(seats: int = 2, **scenario: Any) -> Table:
        if "limits" in scenario:
            scenario["limits"] = Limits(**scenario["limits"])
        return Table(seats, **scenario)

    return make
