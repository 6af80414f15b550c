"""The ghost in running rooms: taken and given seats, its figures, and that nothing of it leaves its room."""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

import msgspec
import pytest

from antiphon.measures.mimicry import Mimic, tokens
from antiphon.providers.ghost import PLUGIN as GHOST
from antiphon.room.contracts import Speaker
from antiphon.room.events import MessageSaid, RuleNoted, SeatChanged
from antiphon.room.state import Seat, State
from antiphon.rules.who_speaks.ghost import Ghost
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records, pack, take_up, unpack
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room
from antiphon.testing.rehearsal import means, seat
from antiphon.testing.speakers import Troupe

CANARY = "zanzibar keeps seven violet lanterns under the frozen staircase"
LOOP = ["The tide comes in.", "The tide goes out."]


class Haunted(Troupe):
    """Casts the real ghost in the seats it takes, and scripts in all others."""

    def speaker(self, seat: Seat, seed: int) -> Speaker:
        if seat.provider == "ghost":
            return GHOST.speaker(seat, means(seed))
        return super().speaker(seat, seed)


def plan(count: int = 40, **settings: Any) -> dict[str, Any]:
    return {"who_speaks": {"ghost": settings}, "when_it_ends": {"messages": {"count": count}}}


async def haunted(stage: Any, scripts: dict[str, Any], count: int = 40, **settings: Any) -> Any:
    conductor = await stage.open(scripts, rules=plan(count, **settings), end_markers=("[END]",))
    conductor.cast = Haunted(scripts)
    return conductor


def deeds(events: list[Any], of_type: Any) -> list[dict[str, Any]]:
    return [body.data for body in of_type(events, RuleNoted) if body.rule == "ghost" and "event" in body.data]


def strange(seed: int) -> list[Any]:
    """Speak sentences of words nobody could foresee."""
    chance = Random(seed)

    def line(_: Any) -> str:
        word = "".join
        return " ".join(word(chance.choices("aeioulmnrst", k=chance.randint(3, 9))) for _ in range(12)) + "."

    return [line]


def leaf(seat: str) -> list[Any]:
    """Say one sentence for ever, with one new word in it each time: foreseen, and never quite eaten up."""
    numbers = itertools.count()
    return [lambda _: f"I am {seat}, and I found the word w{next(numbers)} among the things I always say here."]


async def test_the_ghost_takes_a_seat_in_a_room_that_goes_in_a_circle(stage: Any, of_type: Any) -> None:
    conductor = await haunted(stage, {"AI-1": [LOOP[0]], "AI-2": [LOOP[1]]}, first_question="Whose tide is it?")
    await conductor.run()
    events = await stage.events(conductor)
    told = deeds(events, of_type)
    assert [deed["event"] for deed in told] == ["born", "starved"]
    assert told[0]["bits"] < told[0]["threshold"] == 0.5
    seat = told[0]["seat"]
    changed = of_type(events, SeatChanged)
    assert [(body.seat, body.after["provider"]) for body in changed] == [(seat, "ghost"), (seat, "builtin")]
    mine = {b.data["message"] for b in of_type(events, RuleNoted) if b.data.get("ghost")}
    ghostly = [event.body for event in events if event.seq in mine]
    assert ghostly[0].text == "Whose tide is it?"
    assert all(set(tokens(body.text)) <= set(tokens(" ".join(LOOP))) for body in ghostly[1:])
    assert conductor.room.state.seats[seat].model == "echo", "a starved ghost gives the seat back"


@pytest.mark.parametrize("seed", range(3))
async def test_it_never_takes_a_seat_where_nobody_can_be_foreseen(stage: Any, of_type: Any, seed: int) -> None:
    conductor = await haunted(stage, {"AI-1": strange(seed), "AI-2": strange(seed + 50)}, count=60)
    await conductor.run()
    events = await stage.events(conductor)
    assert deeds(events, of_type) == []
    bits = [b.data["bits"] for b in of_type(events, RuleNoted) if b.rule == "ghost"]
    assert len(bits) == 60
    assert min(bits) > 1.5


async def test_it_is_scored_before_it_learns(stage: Any, of_type: Any) -> None:
    conductor = await haunted(stage, {"AI-1": [*LOOP, CANARY], "AI-2": [*LOOP]}, count=8)
    await conductor.run()
    events = await stage.events(conductor)
    mind, expected = Mimic(), []
    for body in of_type(events, MessageSaid):
        expected.append(mind.bits(body.text))
        mind.learn(body.text)
    noted = [b.data["bits"] for b in of_type(events, RuleNoted) if "bits" in b.data and "message" in b.data]
    assert noted == expected


async def test_markers_are_not_learned(stage: Any, of_type: Any) -> None:
    conductor = await haunted(stage, {"AI-1": ["Goodbye then. [END]"], "AI-2": ["So long. [END]"]})
    await conductor.run()
    events = await stage.events(conductor)
    mine = {b.data["message"] for b in of_type(events, RuleNoted) if b.data.get("ghost")}
    assert mine
    assert all("END" not in event.body.text.upper() for event in events if event.seq in mine)


@pytest.mark.parametrize("spreads", [False, True])
async def test_it_takes_every_foreseen_seat_only_when_it_spreads(stage: Any, *, spreads: bool) -> None:
    scripts = {f"AI-{n}": leaf(f"AI-{n}") for n in (1, 2, 3)}
    conductor = await haunted(stage, scripts, count=90, threshold=1.5, spreads=spreads)
    held: list[int] = []

    def look(*_: Any) -> None:
        held.append(sum(seat.provider == "ghost" for seat in conductor.room.state.seats.values()))

    conductor.room.listeners.append(look)
    await conductor.run()
    assert max(held) >= 1
    assert (max(held) > 1) is spreads


async def test_an_overfed_ghost_says_so_once_and_learns_no_more(stage: Any, of_type: Any) -> None:
    conductor = await haunted(stage, {"AI-1": strange(1), "AI-2": strange(2)}, most=100)
    await conductor.run()
    events = await stage.events(conductor)
    assert [deed["event"] for deed in deeds(events, of_type)] == ["overfed"]
    assert max(b.data["pairs"] for b in of_type(events, RuleNoted)) == 100


def test_it_takes_no_seat_of_a_person_and_none_after_fewer_than_five_messages() -> None:
    rule, state = Ghost(), State(room="r")
    memory = rule.start()
    memory["bits"], memory["pairs"] = {"AI-1": [0.1] * 5}, 10
    for provider in ("human", "ghost", "imported", "builtin"):
        state.seats = {"AI-1": seat(1, "echo", provider=provider)}
        assert bool(rule.haunt(state, memory)) is (provider == "builtin")
    memory["bits"] = {"AI-1": [0.1] * 4}
    assert rule.haunt(state, memory) == ()


async def test_a_canary_of_its_room_is_never_heard_outside(stage: Any, of_type: Any) -> None:
    singing = await haunted(stage, {"AI-1": [CANARY], "AI-2": [CANARY]})
    await singing.run()
    events = await stage.events(singing)
    assert deeds(events, of_type)
    other = await haunted(stage, {"AI-1": [LOOP[0]], "AI-2": [LOOP[1]]})
    await other.run()
    said = " ".join(body.text.casefold() for body in of_type(await stage.events(other), MessageSaid))
    assert deeds(await stage.events(other), of_type)
    assert not any(word in said for word in CANARY.split() if word != "the")
    assert b"zanzibar" not in pack(other.room)
    assert b"zanzibar" not in msgspec.json.encode(singing.room.memories), "its memory holds figures only"
    notes = [body for body in of_type(events, RuleNoted) if body.rule == "ghost"]
    assert b"zanzibar" not in msgspec.json.encode(notes)


async def test_a_haunted_room_replays_verifies_and_goes_on_after_a_stop_as_if_there_was_none(stage: Any) -> None:
    def scripts() -> dict[str, Any]:
        return {"AI-1": leaf("AI-1"), "AI-2": [LOOP[0]]}

    whole = await haunted(stage, scripts(), count=30)
    await whole.run()
    stopped = await haunted(stage, scripts(), count=30)
    await stopped.run(turns=13)
    await stage.journal.release(stopped.room.lease)
    again = stage.conductor(await take_up(stage.journal, stage.clock, stopped.room.lease.stream))
    again.cast = stopped.cast
    await again.run()
    figures = [
        [body.data for body in (event.body for event in await stage.events(one)) if isinstance(body, RuleNoted)]
        for one in (whole, again)
    ]
    assert figures[0] == figures[1]
    stream = again.room.lease.stream
    records = await history(stage.journal, stream)
    assert replay(stream, records) == 30
    assert (await verify_room(stage.journal, stream)).broken is None
    full = fold_records(stream, records)
    assert unpack(pack(again.room)).memories == full.memories == again.room.memories
