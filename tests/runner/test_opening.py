"""Rooms taken up again and forked: the last settled turn, prefixes by reference, seats with other models."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import NotAllowed
from antiphon.room.events import EffectEnded, MessageSaid, RoomOpened, TurnEnded, TurnRequested
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario
from antiphon.runner.history import history
from antiphon.runner.opening import ForkPlan, fold_records, fork_room, resume_room, settled
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room


async def _killed(stage: Any, conductor: Any, after: float) -> None:
    """Run a room and stop it in mid-call, as if its process had died; let its room go."""
    running = asyncio.create_task(conductor.run())
    await asyncio.sleep(after)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await stage.journal.release(conductor.room.lease)


async def test_a_call_that_never_ended_is_lost_and_its_seat_is_asked_again(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, seconds=0.05)
    await _killed(stage, conductor, 0.08)
    room = await resume_room(stage.journal, stage.clock, conductor.room.lease.stream)
    again = stage.conductor(room)
    await again.run()
    events = await stage.events(again)
    outcomes = [body.outcome for body in of_type(events, TurnEnded)]
    assert outcomes.count("lost") == 1
    place = outcomes.index("lost")
    asked = of_type(events, TurnRequested)
    assert asked[place].seat == asked[place + 1].seat
    assert [body.text for body in of_type(events, MessageSaid)] == ["one", "two"] * 3
    name = room.lease.stream
    assert (await verify_room(stage.journal, name)).broken is None
    assert replay(name, await history(stage.journal, name)) == len(asked)


async def test_a_pending_picture_is_painted_again_after_a_crash(stage: Any, of_type: Any) -> None:
    from antiphon.testing.speakers import Sketcher

    conductor = await stage.open(
        {"AI-1": ['!image "a door"', "…"], "AI-2": ["two"]}, seconds=0.05, rights=("*",), painter=Sketcher(seconds=5)
    )
    await _killed(stage, conductor, 0.09)
    room = await resume_room(stage.journal, stage.clock, conductor.room.lease.stream)
    stage.troupe._painter = Sketcher()
    again = stage.conductor(room)
    await again.run()
    assert len(of_type(await stage.events(again), EffectEnded)) == 1


async def test_an_ended_room_is_forked_and_not_resumed(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await conductor.run()
    await stage.journal.release(conductor.room.lease)
    with pytest.raises(NotAllowed, match="fork"):
        await resume_room(stage.journal, stage.clock, conductor.room.lease.stream)


async def _fork(stage: Any, conductor: Any, at: int | None, **changes: Any) -> tuple[Any, int]:
    def change(scenario: Scenario) -> Scenario:
        return msgspec.structs.replace(scenario, **changes)

    plan = ForkPlan(parent=conductor.room.lease.stream, at=at, stream="the-fork", seed=11, engine="test", change=change)
    room, where = await fork_room(stage.journal, stage.clock, plan)
    await room.flush()
    return stage.conductor(room), where


async def test_a_fork_goes_on_from_its_parents_events_by_reference(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await conductor.run()
    whole = await stage.events(conductor)
    at = next(event.seq for event in whole if isinstance(event.body, MessageSaid))
    fork, where = await _fork(stage, conductor, at, rules={"when_it_ends": {"messages": {"count": 4}}})
    assert where == at
    await fork.run()
    events = await stage.events(fork)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [body.text for body in of_type(events, MessageSaid)] == ["one", "two", "one", "two"]
    own = await stage.journal.read("the-fork")
    assert own[0].seq == at + 1
    assert len(own) < len(events)
    assert (await verify_room(stage.journal, "the-fork")).broken is None
    assert replay("the-fork", await history(stage.journal, "the-fork")) == 4


async def test_a_place_inside_a_turn_means_the_settled_turn_before(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await conductor.run()
    whole = await stage.events(conductor)
    asked = [event.seq for event in whole if isinstance(event.body, TurnRequested)]
    _, where = await _fork(stage, conductor, asked[2])
    assert where == asked[2] - 1


async def test_a_forks_spending_begins_at_nothing(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await conductor.run()
    assert conductor.room.state.tokens > 0
    fork, _ = await _fork(stage, conductor, None)
    assert fork.room.state.tokens == 0


async def test_every_settled_place_gives_a_fold_without_open_turn(stage: Any) -> None:
    scripts = {f"AI-{n}": ['!name "Nova"\n!prompt "x"', '!image "y"', "z"] for n in (1, 2, 3)}
    conductor = await stage.open(scripts, rights=("*",))
    await conductor.run()
    records = await history(stage.journal, conductor.room.lease.stream)
    events = [decode(record) for record in records]
    opening = next(event.seq for event in events if isinstance(event.body, TurnRequested)) - 2
    places = {settled(events, at) for at in range(opening, len(events) + 1)}
    for place in places:
        fold = fold_records("x", records[:place])
        assert fold.state.open_turn is None
        said = {body.turn for event in events[:place] if isinstance(body := event.body, MessageSaid)}
        ended = {body.turn for event in events[:place] if isinstance(body := event.body, TurnEnded)}
        assert said == ended


@given(at=st.integers(-5, 5))
def test_a_place_before_the_opening_is_refused(at: int) -> None:
    from antiphon.room.events import Event
    from antiphon.room.scenario import SeatPlan

    body = RoomOpened(scenario=Scenario(name="x", seats=(SeatPlan(model="echo"),)), seed=1, engine="t")
    events = [Event("x", 1, "2026-01-01T00:00:00.000Z", "scenario", body)]
    if at == 1:
        assert settled(events, at) == 1
    else:
        with pytest.raises(NotAllowed):
            settled(events, at)


async def test_a_room_paused_longer_than_it_may_be_has_expired_at_the_next_look(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, paused_for=60.0)
    await conductor.run(turns=1)
    await conductor.change("paused", "person")
    name = conductor.room.lease.stream
    await stage.journal.release(conductor.room.lease)
    stage.clock.advance(61)
    with pytest.raises(NotAllowed, match="expired"):
        await resume_room(stage.journal, stage.clock, name)
    assert (await stage.journal.room(name)).phase == "expired"


async def test_a_fork_tells_the_seats_what_its_changes_promise(stage: Any) -> None:
    rules = {"when_it_ends": {"mutual_marker": {"told": "the_value"}, "messages": {"count": 2}}}
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, rules=rules, end_markers=("[END]",))
    await conductor.run()
    assert "finishing a message with [END]" in conductor.room.state.seats["AI-1"].system
    fork, _ = await _fork(stage, conductor, None, end_markers=("[AMEN]",))
    await fork.run(turns=1)
    assert b"finishing a message with [AMEN]" in stage.troupe.speakers["AI-1"].heard[-1]


async def test_what_is_ending_is_not_paused(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, seconds=0.05)
    running = asyncio.create_task(conductor.run())
    await asyncio.sleep(0.02)
    await conductor.change("draining", "person")
    await conductor.change("paused", "person")
    await running
    assert (conductor.room.state.phase, conductor.room.state.why) == ("ended", "person")
