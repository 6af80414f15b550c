"""A context of 4,000 tokens runs full in a long room, in each of the three ways; what is no longer heard is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.events import EffectEnded, Event, MessageSaid, RoomEnded, RuleNoted, StateChanged, TurnRequested
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario

CONTEXT = 4_000
ROUNDS = 110
"""Rounds of two seats until a context of 4,000 tokens was full twice over."""


def plan(overflow: str, **more: Any) -> Scenario:
    seats = [{"model": "echo", "extra": {"commands": False}}, {"model": "listener", "extra": {"commands": False}}]
    rules = {"when_it_ends": {"rounds": {"count": ROUNDS}}}
    scenario = {"name": "small", "seats": seats, "overflow": overflow, "opening": "What fits?", "rules": rules, **more}
    return msgspec.convert(scenario, Scenario)


@pytest.fixture
async def laboratory(tmp_path: Path) -> AsyncIterator[Laboratory]:
    """Give a laboratory whose person wrote small contexts into their own models.toml."""
    cards = (
        f'[[models]]\nid = "{model}"\nprovider = "builtin"\ncost = "free"\ncontext = {context}\n'
        for model, context in (("echo", CONTEXT), ("listener", CONTEXT), ("suspect", 100_000))
    )
    (tmp_path / "models.toml").write_text("\n".join(cards), encoding="utf-8")
    env = {"ANTIPHON_CONFIG": str(tmp_path)}
    async with Laboratory(str(tmp_path / "j.db"), env=env) as opened:
        yield opened


async def events_of(laboratory: Laboratory, session: Session) -> list[Event]:
    for checked in await verify_rooms(laboratory, views=True):
        assert checked.broken is None
        assert checked.views
    return [decode(record) for record in await laboratory.journal.read(session.id)]


def dropped(events: list[Event]) -> list[RuleNoted]:
    return [event.body for event in events if isinstance(event.body, RuleNoted) and event.body.rule == "overflow"]


def prefixes_hold_between_drops(events: list[Event]) -> int:
    """Check that a seat's view only ever grows but where something was dropped; give how often that was."""
    fresh: set[str] = set()
    breaks = 0
    for event in events:
        match event.body:
            case RuleNoted(rule="overflow", data=data):
                fresh.add(str(data["seat"]))
            case TurnRequested(seat=seat, view=view):
                assert (view.kept_prefix == 1.0) is (seat not in fresh)
                breaks += seat in fresh
                fresh.discard(seat)
            case _:
                pass
    return breaks


async def test_the_oldest_are_dropped_in_blocks_and_every_drop_is_told(laboratory: Laboratory) -> None:
    session = await laboratory.begin(plan("drop_oldest"), seed=4)
    await session.run()
    events = await events_of(laboratory, session)
    notes = dropped(events)
    assert isinstance(events[-1].body, RoomEnded)
    assert prefixes_hold_between_drops(events) == len(notes) >= 4
    messages = [event.seq for event in events if isinstance(event.body, MessageSaid)]
    last: dict[str, int] = {}
    for note in notes:
        first, until = note.data["unheard"]
        assert first in messages
        assert first > last.get(note.data["seat"], 0)
        assert until < note.data["unheard_before"]
        last[note.data["seat"]] = until


async def test_what_is_dropped_is_summarised_by_the_named_model(laboratory: Laboratory) -> None:
    session = await laboratory.begin(plan("summarise", summariser="suspect"), seed=4)
    await session.run()
    events = await events_of(laboratory, session)
    summaries = [event.body for event in events if isinstance(event.body, EffectEnded)]
    assert isinstance(events[-1].body, RoomEnded)
    assert len(summaries) == len(dropped(events)) == prefixes_hold_between_drops(events) >= 4
    assert all(summary.kind == "summary" and summary.text for summary in summaries)


async def test_a_full_context_pauses_the_room_and_a_fork_goes_on_with_another_overflow(
    laboratory: Laboratory,
) -> None:
    session = await laboratory.begin(plan("pause"), seed=4)
    await session.run()
    events = await events_of(laboratory, session)
    pause = events[-1].body
    assert isinstance(pause, StateChanged)
    assert (pause.after, pause.rule, pause.numbers["context"]) == ("paused", "overflow", CONTEXT)
    assert pause.numbers["tokens"] <= CONTEXT
    assert prefixes_hold_between_drops(events) == 0

    again = await laboratory.resume(session.id)  # nothing has changed, so nothing is asked
    await again.run()
    assert again.state.phase == "paused"
    since = [event.body for event in await events_of(laboratory, again)][len(events) :]
    assert not any(isinstance(body, TurnRequested) for body in since)

    wider = await laboratory.resume(session.id, seats=["AI-1=suspect", "AI-2=suspect"])  # a model that can hold more
    await wider.run(turns=4)
    assert wider.state.phase == "live"

    fork = await laboratory.fork(session.id, at=len(events), change=drop_oldest)
    await fork.run(turns=4)
    assert dropped(await events_of(laboratory, fork))
    assert fork.state.phase == "live"


def drop_oldest(scenario: Scenario) -> Scenario:
    return msgspec.structs.replace(scenario, overflow="drop_oldest")
