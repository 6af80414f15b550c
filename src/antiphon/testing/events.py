"""Writes the events of rooms for tests: valid ones, in an order that a runner could have written.

A `Script` folds what it writes, so that every next event fits. It needs no journal, clock or provider; time goes on
by a second an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from antiphon.room.events import (
    AnyBody,
    CommandRan,
    EffectEnded,
    Event,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    Reserved,
    RoomEnded,
    RoomOpened,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    StateChanged,
    TurnEnded,
    TurnOutcome,
    TurnRequested,
    Usage,
    ViewFact,
)
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.state import State, apply
from antiphon.room.times import stamp

__all__ = ["MOVES", "START", "Move", "Script", "play", "scenario"]

START = 1_800_000_000_000
"""When every script's room opens: milliseconds since 1970, a round number in 2027."""
SECOND = 1_000
"""Milliseconds between two events."""

Move: TypeAlias = tuple[str, int, str]
"""Is one thing that happens: its name in `MOVES`, a number that picks who or what, and a text."""
MOVES = (
    "turn",
    "late",
    "pass",
    "fail",
    "lose",
    "cut",
    "person",
    "whisper",
    "ask_end",
    "join",
    "leave",
    "mute",
    "name",
    "layer",
    "image",
    "refused",
    "vote",
    "sign",
    "take",
    "put",
    "notice",
    "pause",
    "forget",
    "fork",
)
"""What `play` can do, in any order and number."""

_QUIET: dict[str, TurnOutcome] = {"pass": "passed", "fail": "failed", "lose": "lost"}


def scenario(seats: int = 2, **settings: Any) -> Scenario:
    """Give a scenario of echo seats that allows everything; `settings` are fields of `Scenario`."""
    plans = tuple(SeatPlan(model="echo") for _ in range(seats))
    return Scenario(**{"name": "script", "seats": plans, "rights": ("*",), **settings})


class Script:
    """Writes one room, event by event.

    Attributes:
        events: what was written, oldest first.
        state: the fold of it.
    """

    def __init__(self, seats: int = 2, *, room: str = "room-1", plan: Scenario | None = None, seed: int = 7) -> None:
        """Open the room and seat its participants."""
        self.events: list[Event] = []
        self.state = State(room=room)
        self.room = room
        self.plan = plan or scenario(seats)
        self.add(RoomOpened(scenario=self.plan, seed=seed, engine="script"), "scenario")
        for _ in range(seats):
            self.join()

    @property
    def now(self) -> int:
        """Give the time of the next event, in milliseconds since 1970."""
        return START + self.state.seq * SECOND

    def add(self, body: AnyBody, by: str = "room") -> Event:
        """Write any event."""
        event = Event(self.room, self.state.seq + 1, stamp(self.now), by, body)
        self.events.append(event)
        apply(self.state, event)
        return event

    def join(self, label: str = "", *, by: str = "scenario", **more: Any) -> str:
        """Seat a participant and give its id."""
        seat = f"AI-{len(self.state.seats) + 1}"
        self.add(SeatJoined(seat=seat, label=label or seat, provider="builtin", model="echo", free=True, **more), by)
        return seat

    def ask(self, seat: str) -> int:
        """Request a turn and give its number."""
        turn = self.state.turn + 1
        view = ViewFact(bytes=0, digest="")
        reserved = Reserved(tokens=50, cost=0.001)
        heard = self.state.seq
        self.add(TurnRequested(turn=turn, seat=seat, heard=heard, model="echo", view=view, reserved=reserved), "runner")
        return turn

    def settle(self, turn: int, outcome: TurnOutcome = "said", **more: Any) -> None:
        """End a turn."""
        usage = Usage(input=10, output=5) if outcome in {"said", "passed"} else None
        self.add(TurnEnded(turn=turn, outcome=outcome, usage=usage, **more), "runner")

    def say(self, seat: str, text: str, *, turn: int | None = None, **more: Any) -> Event:
        """Let a seat say something; without a turn it is an imported message."""
        return self.add(MessageSaid(turn=turn, seat=seat, text=text, **more), seat)

    def turn(self, seat: str, text: str = "Well.", **more: Any) -> Event:
        """Give a seat a whole turn, from the request to its message."""
        turn = self.ask(seat)
        self.settle(turn)
        return self.say(seat, text, turn=turn, **more)

    def quiet_turn(self, seat: str, outcome: TurnOutcome) -> None:
        """Give a seat a turn that ends without a message."""
        self.settle(self.ask(seat), outcome)

    def person(self, text: str, name: str = "ada") -> Event:
        """Let a person say something."""
        return self.add(MessageSaid(person=name, text=text), f"person:{name}")

    def fork(self, room: str = "room-2", plan: Scenario | None = None, seed: int = 8) -> None:
        """Go on as a fork of the room so far."""
        parent, self.room = self.room, room
        self.plan = plan or self.plan
        opened = RoomOpened(
            scenario=self.plan, seed=seed, engine="script", parent=parent, forked_at=self.state.seq, parent_hash="00"
        )
        self.add(opened, "person")

    def end(self, reason: str = "person") -> None:
        """End the room."""
        self.add(RoomEnded(reason=reason), "runner")


def play(script: Script, moves: Iterable[Move]) -> Script:
    """Let moves happen, as far as anybody is left to make them, and give the script back."""
    for name, number, text in moves:
        seats = script.state.speakers()
        if seats:
            _move(script, name, seats[number % len(seats)].id, number, text)
        else:
            script.person(text)
    return script


def _move(script: Script, name: str, seat: str, number: int, text: str) -> None:
    match name:
        case "turn":
            script.turn(seat, text)
        case "late":
            turn = script.ask(seat)
            script.person(text)
            script.settle(turn)
            script.say(seat, text, turn=turn)
        case "pass" | "fail" | "lose":
            script.quiet_turn(seat, _QUIET[name])
        case "cut":
            turn = script.ask(seat)
            script.settle(turn, "cut")
            script.say(seat, text, turn=turn, cut="person")
        case "fork":
            script.fork(f"{script.room}-{number % 10}")
        case "person":
            script.person(text)
        case "join":
            if len(script.state.seats) < 8:  # noqa: PLR2004 - enough for any test
                script.join(by=seat, invitation=text)
        case _:
            _deed(script, name, seat, number, text)


def _deed(script: Script, name: str, seat: str, number: int, text: str) -> None:  # noqa: C901 - one arm a deed
    """Let a seat do what a command of its would."""
    others = [other.id for other in script.state.present() if other.id != seat]
    here = script.state.seats[seat]
    match name:
        case "ask_end":
            script.turn(seat, text, asks_end="finished")
        case "pause":
            script.add(StateChanged(before=script.state.phase, after="paused", rule="person"), "person:ada")
            script.add(StateChanged(before="paused", after=script.state.before_pause, rule="resumed"), "runner")
        case "whisper":
            script.say(seat, text, to=tuple(others[:1]), whisper=True)
        case "leave" if others:
            script.add(SeatLeft(seat=seat, reason="enough"), seat)
        case "mute" if others:
            script.add(SeatChanged(seat=seat, what="muted", before=False, after=True), seat)
        case "name":
            script.add(SeatChanged(seat=seat, what="label", before=here.label, after=f"Nova {number}"), seat)
        case "layer":
            how = ("add", "replace", "revert")[number % 3]
            script.add(PromptChanged(seat=seat, how=how, text=text), seat)  # type: ignore[arg-type]  # one of the three
        case "image":
            _image(script, seat, number)
        case "forget":
            script.add(
                RuleNoted(rule="what_is_heard", data={"seat": seat, "unheard_before": script.state.seq}), "runner"
            )
        case "refused":
            script.add(CommandRan(message=script.state.seq, seat=seat, name="image", outcome="refused"), seat)
        case "vote" | "sign":
            args = {"question": "Shall we?", "choices": ["yes", "no"], "choice": "yes", "text": text}
            script.add(CommandRan(message=script.state.seq, seat=seat, name=name, args=args, outcome="done"), seat)
        case "take" | "put":
            args = {"thing": "key"} if name == "take" else {"thing": "key", "place": "on the sill"}
            script.add(CommandRan(message=script.state.seq, seat=seat, name=name, args=args, outcome="done"), seat)
        case _:
            script.add(NoticeGiven(text=text), "room")


def _image(script: Script, seat: str, number: int) -> None:
    """Ask for a picture; it is finished at once, or never."""
    effect = f"{seat}-{script.state.seq}"
    args = {"repeat_key": f"image:{number}"}
    script.add(
        CommandRan(message=script.state.seq, seat=seat, name="image", args=args, outcome="pending", effect=effect), seat
    )
    if number % 2:
        blob = "sha256:" + "0" * 64
        script.add(EffectEnded(effect=effect, kind="image", seat=seat, prompt="a gate", blob=blob, cost=0.0), "runner")
