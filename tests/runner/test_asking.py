"""Bidding and moderation in running rooms: requests that are no turns, with time limits and fallbacks."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from antiphon.errors import ProviderFailure
from antiphon.room.asking import Ask
from antiphon.room.contracts import Reply
from antiphon.room.events import MessageSaid, RuleNoted, TurnEnded, TurnRequested, Usage
from antiphon.room.rulebook import Named, RuleSettings
from antiphon.room.scenario import Ceilings
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records, pack, resume_room, unpack
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room

BID = "How much do you want to speak next?"


def bidder(bid: Any, words: str = "words") -> Any:
    """Make a line that bids when it is asked to, and says something else when it has the turn."""

    def line(view: Any) -> str:
        if BID in view.lines(1)[0][1]:
            return str(bid() if callable(bid) else bid)
        return f"{words} of {view.seat.id}"

    return [line]


def bidding(**settings: Any) -> dict[str, Any]:
    return {"who_speaks": {"bidding": settings}, "when_it_ends": {"messages": {"count": 6}}}


def moderator(**settings: Any) -> dict[str, Any]:
    return {"who_speaks": {"moderator": settings}, "when_it_ends": {"messages": {"count": 6}}}


def speakers(events: list[Any], of_type: Any) -> list[str]:
    return [body.seat for body in of_type(events, MessageSaid)]


def notes(events: list[Any], of_type: Any, rule: str) -> list[dict[str, Any]]:
    return [body.data for body in of_type(events, RuleNoted) if body.rule == rule]


async def test_the_highest_bid_speaks_and_who_just_spoke_makes_none(stage: Any, of_type: Any) -> None:
    conductor = await stage.open(
        {"AI-1": bidder(3), "AI-2": bidder("**9**"), "AI-3": bidder("7.5")}, rules=bidding(seconds=5)
    )
    await conductor.run()
    events = await stage.events(conductor)
    assert speakers(events, of_type) == ["AI-2", "AI-3"] * 3
    asked = of_type(events, TurnRequested)
    assert [body.seat for body in asked if body.purpose == "bid"][:5] == ["AI-1", "AI-2", "AI-3", "AI-1", "AI-3"]
    assert [body.turn for body in asked] == list(range(1, len(asked) + 1))
    assert conductor.room.state.round == 2
    assert [seat.turns for seat in conductor.room.state.seats.values()] == [0, 3, 3]


async def test_a_bid_is_asked_with_the_latest_parts_and_the_question_only(stage: Any) -> None:
    conductor = await stage.open(
        {"AI-1": bidder(5), "AI-2": bidder(5), "AI-3": bidder(5)}, rules=bidding(last=2), opening="Begin."
    )
    await conductor.run()
    bids = [body for body in stage.troupe.speakers["AI-1"].heard if BID.encode() in body]
    assert all(body.count(b"words of") <= 2 for body in bids)
    turns = [body for body in stage.troupe.speakers["AI-1"].heard if BID.encode() not in body]
    assert turns
    assert b"Begin." in turns[-1]


@pytest.mark.parametrize("garbage", ["", "I would like 7", "11", "-1", "7 8", "seven", "nan", "9" * 500, "１０"])
async def test_garbage_is_no_bid_and_without_bids_they_take_turns(stage: Any, of_type: Any, garbage: str) -> None:
    conductor = await stage.open({f"AI-{n}": bidder(garbage) for n in (1, 2, 3)}, rules=bidding())
    await conductor.run()
    events = await stage.events(conductor)
    assert speakers(events, of_type) == ["AI-1", "AI-2", "AI-3"] * 2
    noted = notes(events, of_type, "who_speaks.bidding")
    assert all(data["answer"] is None and data["why"] == "unclear" for data in noted)
    assert all(len(data.get("text", "")) <= 200 for data in noted)


async def test_a_slow_bidder_is_cut_at_the_time_limit_and_asked_once(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({f"AI-{n}": bidder(5) for n in (1, 2, 3)}, rules=bidding(seconds=0.02), seconds=0.1)
    await asyncio.wait_for(conductor.run(turns=1), 5)
    events = await stage.events(conductor)
    failed = [body for body in of_type(events, TurnEnded) if body.outcome == "failed"]
    assert [body.error.kind for body in failed] == ["timeout"] * 3
    assert speakers(events, of_type) == ["AI-1"]
    assert conductor.room.state.failures == 0, "a bid that fails is no failed turn"


async def test_failing_bidders_never_stop_the_room(stage: Any, of_type: Any) -> None:
    def line(view: Any) -> str:
        if BID in view.lines(1)[0][1]:
            raise ProviderFailure("unavailable", "503")
        return "words"

    conductor = await stage.open({f"AI-{n}": [line] for n in (1, 2, 3)}, rules=bidding())
    await conductor.run()
    events = await stage.events(conductor)
    assert conductor.room.state.phase == "ended"
    assert speakers(events, of_type) == ["AI-1", "AI-2", "AI-3"] * 2


async def test_bids_are_reserved_and_settled_like_calls(stage: Any, of_type: Any) -> None:
    bid = Reply(text="4", usage=Usage(input=30, output=1), cost=0.5)
    conductor = await stage.open(
        {"AI-1": [bid], "AI-2": [bid], "AI-3": [bid]}, rules=bidding(), ceilings=Ceilings(tokens=5_000)
    )
    await conductor.run(turns=1)
    events = await stage.events(conductor)
    asked = [body for body in of_type(events, TurnRequested) if body.purpose == "bid"]
    assert all(body.reserved is not None and body.parameters == {"tokens": 16} for body in asked)
    assert conductor.room.state.tokens == 31 * 4
    assert conductor.room.state.cost == pytest.approx(2.0)
    assert conductor.room.state.reserved_tokens == 0


async def test_an_abort_cuts_a_bid_and_the_room_rests(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({f"AI-{n}": bidder(5) for n in (1, 2, 3)}, rules=bidding(), seconds=0.5)
    running = asyncio.create_task(conductor.run())
    await asyncio.sleep(0.1)
    await conductor.change("paused", "person")
    conductor.abort()
    await asyncio.wait_for(running, 2)
    events = await stage.events(conductor)
    assert of_type(events, TurnEnded)[-1].outcome == "cut"
    assert not of_type(events, MessageSaid)
    assert conductor.room.state.open_turn is None


async def test_a_moderating_seat_names_who_speaks_by_label_or_id(stage: Any, of_type: Any) -> None:
    names = iter(["AI-3", " echo 2. ", "AI-3", "**AI-2**", "Echo 3", "nobody here"])

    def line(view: Any) -> str:
        return next(names) if "Who speaks next?" in view.lines(1)[0][1] else "words"

    scripts = {"AI-1": [line], "AI-2": ["two"], "AI-3": ["three"]}
    conductor = await stage.open(scripts, rules=moderator(seat="AI-1", speaks=False))
    await conductor.run()
    events = await stage.events(conductor)
    assert speakers(events, of_type) == ["AI-3", "AI-2", "AI-3", "AI-2", "AI-3", "AI-2"]
    assert [data["answer"] for data in notes(events, of_type, "who_speaks.moderator")][-1] is None
    assert {body.purpose for body in of_type(events, TurnRequested)} == {"moderate", "speak"}


async def test_a_moderator_that_is_slow_garbled_or_gone_leaves_them_taking_turns(stage: Any, of_type: Any) -> None:
    scripts = {"AI-1": ["one"], "AI-2": ["two"], "AI-3": ["three"]}
    for settings, seconds in (
        ({"seat": "AI-3"}, 0.0),
        ({"seat": "AI-3", "seconds": 0.01}, 0.03),
        ({"seat": "AI-9"}, 0),
    ):
        conductor = await stage.open(scripts, rules=moderator(**settings), seconds=seconds)
        await asyncio.wait_for(conductor.run(turns=3), 5)
        assert speakers(await stage.events(conductor), of_type) == ["AI-1", "AI-2", "AI-3"]


async def test_a_model_that_sits_nowhere_moderates_with_names_shown(stage: Any, of_type: Any) -> None:
    scripts = {"AI-1": ["one"], "AI-2": ["two"], "moderator": ["AI-2", "AI-1", "AI-2"]}
    conductor = await stage.open(scripts, rules=moderator(model="listener"), models=["echo"] * 3)
    await conductor.run(turns=3)
    events = await stage.events(conductor)
    assert speakers(events, of_type)[:3] == ["AI-2", "AI-1", "AI-2"]
    asked = [body for body in of_type(events, TurnRequested) if body.purpose == "moderate"]
    assert {(body.seat, body.model) for body in asked} == {("moderator", "listener")}
    assert b"[Echo 2]: two" in stage.troupe.speakers["moderator"].heard[1]


@pytest.mark.parametrize(("model", "why"), [("dear", "no_ceiling"), ("unheard of", "unknown_model")])
async def test_a_model_that_may_not_be_asked_is_not_and_the_note_says_why(
    stage: Any, of_type: Any, model: str, why: str
) -> None:
    conductor = await stage.open({f"AI-{n}": ["x"] for n in (1, 2, 3)}, rules=moderator(model=model))
    await conductor.run(turns=3)
    events = await stage.events(conductor)
    assert {data["why"] for data in notes(events, of_type, "who_speaks.moderator")} == {why}
    assert {body.purpose for body in of_type(events, TurnRequested)} == {"speak"}
    assert speakers(events, of_type) == ["AI-1", "AI-2", "AI-3"]


class Endless(RuleSettings, frozen=True, kw_only=True):
    """Asks again whatever it was answered."""

    def answer(self, state: Any, memory: Any, moment: Any) -> Ask:  # noqa: ARG002 - whatever was answered
        return Ask(rule="who_speaks.stranger", purpose="bid", seats=("AI-1",), question="?", seconds=1)


async def test_a_rule_that_asks_for_ever_pauses_the_room(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["x"], "AI-2": ["x"]})
    named = Named("who_speaks", "stranger", Endless())
    conductor.room.rules = msgspec.structs.replace(conductor.room.rules, who_speaks=named)
    await asyncio.wait_for(conductor.run(), 5)
    assert (conductor.room.state.phase, conductor.room.state.why) == ("paused", "who_speaks.stranger")


async def test_asking_rooms_replay_verify_and_survive_a_snapshot(stage: Any) -> None:
    for rules in (bidding(), moderator(seat="AI-2")):
        conductor = await stage.open({f"AI-{n}": bidder(n) for n in (1, 2, 3)}, rules=rules)
        await conductor.run(turns=2)
        name = conductor.room.lease.stream
        records = await history(stage.journal, name)
        assert replay(name, records) == 2
        assert (await verify_room(stage.journal, name)).broken is None
        again, full = unpack(pack(conductor.room)), fold_records(name, records)
        assert again.memories == full.memories == conductor.room.memories
        assert again.state == full.state


async def test_a_room_left_inside_a_bid_counts_it_as_asked(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({f"AI-{n}": bidder(n) for n in (1, 2, 3)}, rules=bidding(), seconds=0.2)
    running = asyncio.create_task(conductor.run())
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await stage.journal.release(conductor.room.lease)
    room = await resume_room(stage.journal, stage.clock, conductor.room.lease.stream)
    assert room.memories["who_speaks.bidding"]["bids"] == {"AI-1": None}
    again = stage.conductor(room)
    await again.run(turns=1)
    assert speakers(await stage.events(again), of_type) == ["AI-3"]
