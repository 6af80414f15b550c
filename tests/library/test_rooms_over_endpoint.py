"""Whole rooms over HTTP against our own endpoint: every fault an event, no fault a word, the room goes on."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import CeilingError, UnknownName
from antiphon.room.events import MessageSaid, RuleNoted, SeatChanged, StateChanged, TurnEnded
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.testing.accounts import accounts_of
from antiphon.testing.endpoint import Fault, Seen
from antiphon.testing.place import ANSWER, MESSAGES, Place, bodies, place

FAULTS = {
    "server error": (Fault.server_error(), "unavailable", True),
    "limit": (Fault.rate_limited(), "rate_limited", True),
    "hang up": (Fault(hang_up=True), "disconnected", True),
    "garbled": (Fault(garble=True), "malformed", False),
    "refused": (Fault(status=400, error={"error": {"message": "no"}}), "refused", False),
}
"""Name -> what is injected, the kind it becomes, and whether it is asked again within the turn."""


BOTH = pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as found:
        yield found


# ------------------------------------------------------------------------------------------ faults


@BOTH
@pytest.mark.parametrize("name", list(FAULTS))
async def test_a_passing_fault_is_an_event_and_the_room_goes_on(here: Place, name: str, *, streamed: bool) -> None:
    fault, kind, again = FAULTS[name]
    here.endpoint.plan.extend([Fault(), Fault(), fault, Fault(), fault])
    session = await here.begin("here:one", "here:two", streamed=streamed)
    await session.run()
    events = await here.events(session)
    accounts = accounts_of(events)
    assert (session.state.phase, session.state.why) == ("paused", "ceiling.messages")
    assert accounts.faults == {kind: 2}
    assert (accounts.said, accounts.failed) == (MESSAGES, 0 if again else 2)
    assert accounts.calls == len(here.asked()) == MESSAGES + 2
    assert {body.text for body in bodies(events, MessageSaid)} == {ANSWER}


@given(faults=st.lists(st.sampled_from([None, *FAULTS]), max_size=14), streamed=st.booleans())
@settings(max_examples=20, deadline=None)
def test_whatever_faults_come_the_books_balance(faults: list[str | None], *, streamed: bool) -> None:
    async def run(folder: Path) -> None:
        async with place(folder) as here:
            here.endpoint.plan.extend(FAULTS[name][0] if name else Fault() for name in faults)
            session = await here.begin("here:one", "here:two", "here:three", streamed=streamed)
            await session.run()
            events = await here.events(session)
            accounts = accounts_of(events)
            met = Counter(FAULTS[name][1] for name in faults[: len(here.asked())] if name)
            assert accounts.faults == met
            assert accounts.calls == len(here.asked()) == accounts.said + met.total()
            assert {body.text for body in bodies(events, MessageSaid)} <= {ANSWER}
            assert session.state.why in {"ceiling.messages", "failures"}

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_a_stream_that_breaks_keeps_what_had_arrived_and_shows_it_to_nobody(here: Place) -> None:
    here.endpoint.chunk = 5
    here.endpoint.plan.extend([Fault(), Fault(cut_after=4)])
    session = await here.begin("here:one", "here:two", streamed=True, messages=3)
    await session.run()
    failed = [body for body in bodies(await here.events(session), TurnEnded) if body.outcome == "failed"]
    assert [(body.partial, body.error.kind) for body in failed] == [(ANSWER[:15], "disconnected")]
    assert here.asked()[1]["messages"] == here.asked()[2]["messages"]


async def test_a_429_moves_the_gate_and_the_room_notes_it(here: Place) -> None:
    here.endpoint.plan.extend([Fault(), Fault.rate_limited("0.01")])
    session = await here.begin("here:one", "here:one", messages=4)
    await session.run()
    notes = [body.data for body in bodies(await here.events(session), RuleNoted) if body.rule == "gate"]
    assert [(note["why"], note["from"], note["to"], note["pause"]) for note in notes] == [
        ("rate_limited", 4.0, 3.2, 0.01)
    ]


@BOTH
async def test_a_room_in_which_everything_fails_pauses_and_goes_on_when_the_endpoint_is_well(
    here: Place, *, streamed: bool
) -> None:
    here.endpoint.always = Fault(garble=True)
    session = await here.begin("here:one", "here:two", streamed=streamed)
    await session.run()
    assert (session.state.phase, session.state.why) == ("paused", "failures")
    assert accounts_of(await here.events(session)).failed == session.state.scenario.limits.failures_in_row
    here.endpoint.always = Fault()
    session = here.listening(await here.laboratory.resume(session.id), streamed=streamed)
    await session.run()
    events = await here.events(session)
    assert session.state.why == "ceiling.messages"
    assert accounts_of(events).said == MESSAGES


# ------------------------------------------------------------------------------------------ models that are gone


async def test_a_model_that_answered_and_is_gone_pauses_the_room(here: Place) -> None:
    here.endpoint.plan.extend([Fault(), Fault(), Fault.gone()])
    session = await here.begin("here:one", "here:two")
    await session.run()
    events = await here.events(session)
    paused = bodies(events, StateChanged)[-1]
    assert (paused.after, paused.rule) == ("paused", "provider.model_gone")
    assert paused.numbers == {"seat": "AI-1", "model": "one"}
    assert accounts_of(events).faults == {"model_gone": 1}


def only(model: str, fault: Fault, *, after: int = 0) -> Callable[[Seen], Fault | None]:
    """Give a fault to each request for a model, but for the first few."""
    count = Counter[str]()

    def choose(seen: Seen) -> Fault | None:
        asked = seen.json()["model"]
        count[asked] += 1
        return fault if asked == model and count[asked] > after else None

    return choose


@pytest.mark.parametrize("via", ["here:spare", "spare"], ids=["at an endpoint by name", "where the seat itself asks"])
async def test_with_a_fallback_a_gone_model_is_replaced_under_its_own_name(here: Place, via: str) -> None:
    here.endpoint.choose = only("one", Fault.gone(), after=2)
    seats = (SeatPlan(model="here:one", via=(via,)), SeatPlan(model="here:two"))
    session = await here.begin(seats=seats)
    await session.run()
    events = await here.events(session)
    assert session.state.why == "ceiling.messages"
    assert accounts_of(events).faults == {"model_gone": 1}
    [changed] = bodies(events, SeatChanged)
    assert changed.after["model"] == "spare"
    assert [asked["model"] for asked in here.asked()] == ["one", "two", "one", "two", "one", *["spare", "two"] * 2]


async def test_an_endpoint_that_stays_down_is_left_for_the_fallback_after_two_turns(here: Place) -> None:
    here.endpoint.choose = only("one", Fault.server_error())
    seats = (SeatPlan(model="here:one", via=("echo",)), SeatPlan(model="here:two"))
    session = await here.begin(seats=seats, messages=4)
    await session.run()
    events = await here.events(session)
    assert (session.state.why, session.state.seats["AI-1"].provider) == ("ceiling.messages", "builtin")
    assert accounts_of(events).failed == 2


async def test_a_fallback_that_nobody_could_ask_is_refused_before_the_room_opens(here: Place) -> None:
    with pytest.raises(UnknownName, match="nowhere"):
        await here.begin(seats=(SeatPlan(model="echo", via=("nowhere",)),))
    assert here.endpoint.seen == []


async def test_a_free_room_that_falls_back_to_a_model_that_may_cost_has_ceilings(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        seats = (SeatPlan(model="echo", via=("here:one",)), SeatPlan(model="listener"))
        session = await here.laboratory.begin(Scenario(name="free", seats=seats))
        assert (session.state.ceilings.messages, session.state.ceilings.tokens) == (60, 500_000)
        await session.release()
        with pytest.raises(CeilingError, match="one"):
            await here.laboratory.begin(Scenario(name="free", seats=seats), money=1.0)


async def test_a_person_who_gives_a_free_room_a_model_that_may_cost_gives_it_ceilings(here: Place) -> None:
    session = await here.laboratory.begin(Scenario(name="free", seats=(SeatPlan(model="echo"),)))
    assert session.state.ceilings.messages is None
    await session.release()
    await here.laboratory.ask(session.id, "change", seat="AI-1", what="model", value="here:one")
    events = await here.events(session)
    assert [body.data["messages"] for body in bodies(events, RuleNoted) if body.rule == "ceilings"] == [60]


# ------------------------------------------------------------------------------------------ full contexts


async def test_a_refusal_for_length_makes_room_once_and_the_seat_is_asked_again(here: Place) -> None:
    here.endpoint.plan.extend([*[Fault()] * 6, Fault(garble=True), Fault.too_long()])
    session = await here.begin("here:one", "here:two", overflow="drop_oldest", messages=10)
    await session.run()
    events = await here.events(session)
    assert session.state.why == "ceiling.messages"
    assert accounts_of(events).faults == {"malformed": 1, "context_length": 1}
    notes = [body for body in bodies(events, RuleNoted) if body.rule in {"context_length", "overflow"}]
    assert [note.rule for note in notes] == ["context_length", "overflow"]
    refused, again = here.asked()[7], here.asked()[8]
    assert refused["model"] == again["model"]
    assert len(again["messages"]) < len(refused["messages"])


async def test_a_second_refusal_for_length_pauses_the_room(here: Place) -> None:
    here.endpoint.plan.extend([*[Fault()] * 6, Fault.too_long(), Fault.too_long()])
    session = await here.begin("here:one", "here:two", overflow="drop_oldest", messages=20)
    await session.run()
    events = await here.events(session)
    assert (session.state.phase, session.state.why) == ("paused", "overflow")
    assert accounts_of(events).faults == {"context_length": 2}
    session = await here.laboratory.resume(session.id)
    await session.run()
    assert session.state.why == "ceiling.messages"


async def test_a_room_that_would_rather_pause_does_so_at_the_first_refusal_for_length(here: Place) -> None:
    here.endpoint.plan.extend([*[Fault()] * 4, Fault.too_long()])
    session = await here.begin("here:one", "here:two", overflow="pause")
    await session.run()
    assert (session.state.phase, session.state.why) == ("paused", "overflow")
    assert len(here.asked()) == 5
