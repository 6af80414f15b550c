"""A room ends in order: nobody new is asked, the call in flight has its time, last words are paid from the reserve."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import ProviderFailure
from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.contracts import Allowance, Listen, Reply
from antiphon.room.events import EffectEnded, MessageSaid, Price, RoomEnded, RuleNoted, StateChanged, TurnEnded, Usage
from antiphon.room.records import decode
from antiphon.room.scenario import Ceilings, Limits, Scenario, SeatPlan
from antiphon.room.state import Seat
from antiphon.room.view import View
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records, park
from antiphon.testing.speakers import Epitaph, Script, Troupe

WORDS = "one two three four five six seven eight nine ten"


class House:
    """Opens rooms of two scripted seats whose last words somebody says."""

    def __init__(self, last_words: Epitaph | None) -> None:
        self.journal = MemoryJournal()
        self.laboratory = Laboratory(self.journal)
        self.laboratory.last_words = last_words

    async def begin(self, script: Script = (WORDS,), *, seconds: float = 0.0, **settings: Any) -> Session:
        limits = Limits(**settings.pop("limits", {"reserve": 0.2}))
        rules = {"when_it_ends": {"messages": {"count": settings.pop("messages", 4)}}}
        seats = (SeatPlan(model="echo"),) * 2
        plan = Scenario(name="house", seats=seats, rules=rules, limits=limits, **settings)
        session = await self.laboratory.begin(plan, seed=2, policy="none")
        session.conductor.cast = Troupe({"AI-1": script, "AI-2": script}, seconds=seconds)
        return session

    async def bodies(self, session: Session, *kinds: type) -> list[Any]:
        records = await history(self.journal, session.id)
        assert fold_records(session.id, records).state == session.state
        return [body for record in records if isinstance(body := decode(record).body, kinds)]


async def test_last_words_come_after_the_last_message_and_before_the_end() -> None:
    epitaph = Epitaph()
    house = House(epitaph)
    session = await house.begin()
    await session.run()
    told = await house.bodies(session, MessageSaid, StateChanged, RuleNoted, EffectEnded, RoomEnded)
    said, drained, noted, spoken, ended = told[-5:]
    assert isinstance(said, MessageSaid)
    assert (drained.after, drained.rule, noted.rule) == ("draining", "messages", "last_words")
    assert (spoken.kind, spoken.text) == ("last_words", f"{session.id}: 4 parts were heard")
    assert ended.reason == "messages"
    assert len(epitaph.allowances) == 1


async def test_a_room_without_a_reserve_ends_without_a_word() -> None:
    epitaph = Epitaph()
    house = House(epitaph)
    session = await house.begin(limits={})
    await session.run()
    assert await house.bodies(session, EffectEnded, StateChanged) == []
    assert epitaph.allowances == []


@pytest.mark.parametrize("failure", [KeyError("secret"), ProviderFailure("unavailable", "nobody answers")])
async def test_last_words_that_fail_end_the_room_all_the_same_and_cost_what_was_set_aside(failure: Exception) -> None:
    house = House(Epitaph(failure=failure))
    session = await house.begin(ceilings=Ceilings(tokens=1_000))
    spent = 0

    def listener(event: Any, _record: Any) -> None:
        nonlocal spent
        spent = session.state.tokens if isinstance(event.body, RuleNoted) else spent

    session.listen(listener)
    await session.run()
    [effect] = await house.bodies(session, EffectEnded)
    assert effect.failed is not None
    assert "secret" not in effect.failed.message
    assert session.state.phase == "ended"
    assert session.state.tokens == spent + 200


async def test_where_nobody_is_there_to_speak_them_that_is_said() -> None:
    house = House(None)
    session = await house.begin()
    await session.run()
    [effect] = await house.bodies(session, EffectEnded)
    assert "nobody" in effect.failed.message
    assert session.state.phase == "ended"


class Exact(Troupe):
    """Seats speakers that use exactly what they are allowed."""

    def speaker(self, seat: Seat, seed: int) -> Any:  # noqa: ARG002 - the same for all
        return self

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002
        return Reply(text=WORDS, usage=Usage(output=allowance.tokens or 0))


@given(st.integers(40, 4_000), st.just(0.0) | st.floats(0.01, 0.5), st.floats(0.0, 1.0), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
async def test_turns_and_last_words_together_never_cost_more_than_the_ceilings(
    tokens: int, reserve: float, share: float, messages: int
) -> None:
    house = House(Epitaph(share=share))
    ceilings = Ceilings(tokens=tokens, money=1.0)
    session = await house.begin(limits={"reserve": reserve}, ceilings=ceilings, messages=messages)
    session.conductor.cast = Exact()
    for seat in session.state.seats.values():
        seat.free, seat.price = False, Price(input=0.0, output=1_000.0)
    await session.run()
    if session.state.phase == "paused":  # at its ceiling
        await house.laboratory.ask(session.id, "end")
    state = fold_records(session.id, await history(house.journal, session.id)).state
    assert state.phase == "ended"
    assert state.tokens <= tokens
    assert state.cost <= 1.0 + 1e-9
    if reserve:
        effects = [
            body for r in await history(house.journal, session.id) if isinstance(body := decode(r).body, EffectEnded)
        ]
        assert [(effect.kind, effect.failed) for effect in effects] == [("last_words", None)]


async def test_a_room_that_rests_says_its_last_words_when_somebody_ends_it() -> None:
    house = House(Epitaph())
    session = await house.begin()
    await session.run(2)
    await house.laboratory.ask(session.id, "end")
    kinds = [decode(record).type for record in await history(house.journal, session.id)]
    assert kinds[-4:] == ["state.changed", "rule.noted", "effect.ended", "room.ended"]


async def test_a_process_that_dies_at_the_last_words_does_not_pay_for_them_twice() -> None:
    house = House(Epitaph(seconds=60))
    session = await house.begin(ceilings=Ceilings(tokens=1_000))
    asked = asyncio.Event()
    session.listen(lambda event, _record: asked.set() if isinstance(event.body, RuleNoted) else None)
    running = asyncio.create_task(session.run())
    await asked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    house.laboratory.last_words = second = Epitaph()
    again = await house.laboratory.resume(session.id)
    await again.run()
    assert again.state.phase == "ended"
    assert second.allowances == []
    [effect] = await house.bodies(again, EffectEnded)
    assert effect.usage.input == 200


async def speaking(session: Session) -> asyncio.Task[None]:
    """Run a room until its first word is heard."""
    heard = asyncio.Event()
    session.conductor.chunks = lambda _seat, _text: heard.set()
    running = asyncio.create_task(session.run())
    await heard.wait()
    return running


@pytest.mark.parametrize(("now", "cut"), [(False, None), (True, "abort")])
async def test_an_end_lets_the_call_in_flight_finish_and_an_end_now_keeps_what_was_said(
    now: bool,  # noqa: FBT001 - a column of the table
    cut: str | None,
) -> None:
    house = House(Epitaph())
    session = await house.begin(seconds=0.2, messages=9)
    running = await speaking(session)
    await session.end(now=now)
    await running
    [said] = await house.bodies(session, MessageSaid)
    assert said.cut == cut
    assert (said.text == WORDS) is not now
    assert WORDS.startswith(said.text)
    assert (await house.bodies(session, EffectEnded))[0].failed is None


async def test_a_call_that_does_not_finish_before_the_drain_s_deadline_is_cut_and_kept() -> None:
    house = House(Epitaph())
    session = await house.begin(seconds=20.0, limits={"reserve": 0.1, "drain_seconds": 0.05}, script=["word " * 400])
    running = await speaking(session)
    await session.end()
    async with asyncio.timeout(5):
        await running
    [said] = await house.bodies(session, MessageSaid)
    assert (said.cut, (await house.bodies(session, TurnEnded))[0].outcome) == ("abort", "cut")
    assert session.state.phase == "ended"


async def test_a_fork_of_an_ended_room_has_last_words_of_its_own() -> None:
    house = House(Epitaph())
    session = await house.begin()
    await session.run()
    fork = await house.laboratory.fork(session.id, at=None)
    fork.conductor.cast = Troupe({"AI-1": [WORDS], "AI-2": [WORDS]})
    assert fork.state.last_words == ""
    await fork.end()
    await fork.run()
    kinds = [decode(record).type for record in await history(house.journal, fork.id)]
    assert kinds.count("effect.ended") == 2
    await park(fork.conductor.room)
