"""Rules of how much, of what is heard, of what counts and of the end, each in a running room with its events."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from antiphon.measures.tokens import count
from antiphon.registry import plugin
from antiphon.room.contracts import Reply
from antiphon.room.events import MessageSaid, RoomEnded, RuleNoted, SeatLeft, TurnEnded, TurnRequested, Usage
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records, pack, take_up, unpack
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room

END = {"messages": {"count": 8}}
LONG = "The harbour was quiet that evening and the boats lay still, one beside the other, as if they were listening."


def rules(question: str, name: str, end: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    return {question: {name: settings}, "when_it_ends": END if end is None else end}


def said(events: list[Any], of_type: Any, seat: str | None = None) -> list[MessageSaid]:
    return [body for body in of_type(events, MessageSaid) if seat in {None, body.seat}]


def heard(stage: Any, seat: str, turn: int = -1) -> list[dict[str, str]]:
    found: list[dict[str, str]] = msgspec.json.decode(b"[" + stage.troupe.speakers[seat].heard[turn] + b"]")
    return found


# ------------------------------------------------------------------------------------------ how much


@pytest.mark.parametrize("told", [False, True])
async def test_a_hidden_quota_cuts_mid_sentence_without_a_word_to_the_seat(
    stage: Any, of_type: Any, *, told: bool
) -> None:
    plan = rules("how_much", "hidden_quota", tokens=30, told="that_it_exists" if told else "nothing")
    conductor = await stage.open({"AI-1": [LONG], "AI-2": ["Yes."]}, rules=plan)
    await conductor.run()
    events = await stage.events(conductor)
    first, second = said(events, of_type, "AI-1")[:2]
    assert (first.text, first.cut) == (LONG, None)
    assert second.cut == "hidden_quota"
    assert LONG.startswith(second.text)
    assert not second.text.endswith(".")
    assert count(first.text) + count(second.text) == 30
    assert len(said(events, of_type, "AI-1")) == 2, "whoever has nothing left is passed over"
    assert of_type(events, TurnEnded)[2].outcome == "cut"
    everything = b"".join(stage.troupe.speakers["AI-2"].heard + stage.troupe.speakers["AI-1"].heard)
    system = conductor.room.state.seats["AI-1"].system
    assert b"quota" not in everything
    assert b"cut" not in everything
    assert ("cut off" in system) is told
    assert "30" not in system


async def test_a_provider_that_stops_early_at_the_quota_is_noted_as_cut_too(stage: Any, of_type: Any) -> None:
    reply = Reply(text="The harbour was", finish="length", usage=Usage(output=3))
    conductor = await stage.open({"AI-1": [reply], "AI-2": ["x"]}, rules=rules("how_much", "hidden_quota", tokens=30))
    await conductor.run(turns=1)
    assert said(await stage.events(conductor), of_type)[0].cut == "hidden_quota"


async def test_a_quota_of_the_room_ends_it_when_it_is_used_up(stage: Any, of_type: Any) -> None:
    plan = rules("how_much", "hidden_quota", tokens=40, scope="room")
    conductor = await stage.open({"AI-1": [LONG], "AI-2": [LONG]}, rules=plan)
    await conductor.run()
    events = await stage.events(conductor)
    assert sum(count(body.text) for body in said(events, of_type)) == 40
    assert [body.cut for body in said(events, of_type)] == [None, "hidden_quota"]
    assert of_type(events, RoomEnded)[0].reason == "hidden_quota"


async def test_exports_show_or_hide_a_cut(stage: Any) -> None:
    plan = rules("how_much", "hidden_quota", tokens=30)
    conductor = await stage.open({"AI-1": [LONG], "AI-2": ["Yes."]}, rules=plan)
    await conductor.run()
    records = await history(stage.journal, conductor.room.lease.stream)
    shown = {form: plugin("writer", form).write(records, lambda _: None) for form in ("html", "jsonl", "markdown")}
    assert b"hidden_quota" in shown["html"]
    assert b'"cut":"hidden_quota"' in shown["jsonl"]
    assert b"hidden_quota" not in shown["markdown"]


async def test_a_dwindling_seat_may_say_less_as_it_loses_its_context(stage: Any, of_type: Any) -> None:
    plan = {
        "how_much": {"dwindling": {"base": 40, "least": 3, "seats": ["AI-1"]}},
        "what_is_heard": {"overwritten": {"tokens": 60, "seats": ["AI-1"]}},
        "when_it_ends": {"messages": {"count": 24}},
    }
    conductor = await stage.open({"AI-1": [LONG + " " + LONG], "AI-2": [LONG]}, rules=plan)
    await conductor.run()
    events = await stage.events(conductor)
    sizes = [count(body.text) for body in said(events, of_type, "AI-1")]
    assert sizes[0] == 40
    assert sizes == sorted(sizes, reverse=True)
    assert 3 <= sizes[-1] < 10
    assert {body.cut for body in said(events, of_type, "AI-1")} == {"dwindling"}
    assert {body.cut for body in said(events, of_type, "AI-2")} == {None}
    shares = [b.data for b in of_type(events, RuleNoted) if b.rule == "what_is_heard"]
    limits = [b.parameters["tokens"] for b in of_type(events, TurnRequested) if b.seat == "AI-1"]
    assert limits[-1] == max(3, round(40 * shares[-1]["alive"] / shares[-1]["of"]))


# ------------------------------------------------------------------------------------------ what is heard


async def test_an_overwritten_context_holds_the_newest_tokens_and_its_share_alive_shrinks(
    stage: Any, of_type: Any
) -> None:
    numbers = itertools.count(1)

    def line(view: Any) -> str:
        return f"{view.seat.id} says number {next(numbers)} of its many sentences, and goes on."

    plan = rules("what_is_heard", "overwritten", {"messages": {"count": 20}}, tokens=50)
    conductor = await stage.open({"AI-1": [line], "AI-2": [line]}, rules=plan)
    await conductor.run()
    events = await stage.events(conductor)
    noted = [b.data for b in of_type(events, RuleNoted) if b.data["seat"] == "AI-1"]
    alive = [data["alive"] / data["of"] for data in noted]
    assert len(alive) >= 6
    assert alive == sorted(alive, reverse=True)
    assert alive[-1] < 0.3
    everything = "".join(body.text for body in said(events, of_type)[:-2])
    for turn in (-1, -2, -3):
        shown = "".join(message["content"].replace("\n\n", "") for message in heard(stage, "AI-1", turn))
        assert count(shown) == 50
        assert shown in everything, "nothing but the newest characters, cut wherever they begin"
    kept = [body.view.kept_prefix for body in of_type(events, TurnRequested) if body.seat == "AI-1"]
    assert kept[0] == 1.0
    assert set(kept[-5:]) == {0.0}, "a sliding context never keeps its prefix"


@pytest.mark.parametrize("system", [False, True])
async def test_the_system_text_goes_first_where_the_scenario_says_so_and_never_where_not(
    stage: Any, *, system: bool
) -> None:
    seen: list[str] = []

    def line(view: Any) -> str:
        seen.append(view.system)
        return "A sentence of some nine or ten tokens."

    plan = rules("what_is_heard", "overwritten", {"messages": {"count": 12}}, tokens=40, system=system)
    text = "You were told something once, at the very beginning, and you may forget it."
    conductor = await stage.open({"AI-1": [line], "AI-2": ["Go on, go on."]}, rules=plan, system=text)
    await conductor.run()
    assert seen[0] == text
    if system:
        sizes = [len(one) for one in seen]
        assert all(text.endswith(one) for one in seen)
        assert sizes == sorted(sizes, reverse=True)
        assert seen[-1] == ""
        assert any(0 < size < len(text) for size in sizes)
    else:
        assert set(seen) == {text}


async def test_who_is_alone_hears_itself_and_nobody_else(stage: Any, of_type: Any) -> None:
    plan = rules("what_is_heard", "alone", seats=["AI-2"])
    scripts = {
        "AI-1": ["secret one"],
        "AI-2": ['mine\n!whisper "AI-1" "to you"'],
        "AI-3": ['!whisper "AI-2" "psst"\nx'],
    }
    conductor = await stage.open(scripts, rules=plan, opening="secret opening", rights=("*",))
    await conductor.run()
    await conductor.say("ada", "secret person")
    alone = b"".join(stage.troupe.speakers["AI-2"].heard)
    for word in (b"secret", b"psst", b"AI-3", b"Echo 3"):
        assert word not in alone
    assert b"mine" in alone
    assert b"[!whisper: AI-1 heard it]" in alone, "what came of its own commands is its own"
    assert b"[room]: Nobody has said anything since." in alone
    assert b"secret one" in b"".join(stage.troupe.speakers["AI-1"].heard + stage.troupe.speakers["AI-3"].heard)
    notes = [body for body in of_type(await stage.events(conductor), RuleNoted) if body.rule == "what_is_heard"]
    assert [body.data["seat"] for body in notes] == ["AI-2"]


# ------------------------------------------------------------------------------------------ what counts


async def test_burned_words_forfeit_a_turn(stage: Any, of_type: Any) -> None:
    numbers = itertools.count(1)

    def fresh(_: Any) -> str:
        n = next(numbers)
        return f"fresh{n} words{n} each{n} time{n}"

    scripts = {"AI-1": ["we shall meet again here", "We shall, meet AGAIN!", fresh], "AI-2": [fresh], "AI-3": [fresh]}
    conductor = await stage.open(scripts, rules=rules("what_counts", "burned"))
    await conductor.run()
    events = await stage.events(conductor)
    order = [body.seat for body in said(events, of_type)]
    assert order == ["AI-1", "AI-2", "AI-3", "AI-1", "AI-2", "AI-3", "AI-2", "AI-3"]
    note = next(body.data for body in of_type(events, RuleNoted) if body.rule == "burned")
    assert (note["seat"], note["penalty"], note["words"]) == ("AI-1", "next_turn", "we shall meet again")
    assert events[note["first_at"] - 1].body.text == "we shall meet again here"
    assert b"We shall, meet AGAIN!" in stage.troupe.speakers["AI-2"].heard[1], "it is heard as usual"


async def test_a_room_in_which_everybody_repeats_goes_on(stage: Any, of_type: Any) -> None:
    conductor = await stage.open(
        {"AI-1": ["the same again"], "AI-2": ["the same again"]}, rules=rules("what_counts", "burned")
    )
    await conductor.run()
    events = await stage.events(conductor)
    assert of_type(events, RoomEnded)[0].reason == "messages"
    assert len(said(events, of_type)) == 8


async def test_burned_words_shorten_the_next_message_or_cost_the_seat(stage: Any, of_type: Any) -> None:
    fresh = [f"a{n} b{n} c{n} d{n} e{n} f{n}" for n in range(9)]
    scripts = {"AI-1": ["one two three four", "one two three four", LONG, *fresh], "AI-2": fresh[::-1]}
    conductor = await stage.open(scripts, rules=rules("what_counts", "burned", penalty="tokens", tokens=5))
    await conductor.run()
    mine = said(await stage.events(conductor), of_type, "AI-1")
    assert (mine[2].cut, count(mine[2].text)) == ("burned", 5)
    assert mine[3].cut is None
    conductor = await stage.open(scripts, rules=rules("what_counts", "burned", penalty="leave"))
    await conductor.run()
    left = of_type(await stage.events(conductor), SeatLeft)
    assert [(body.seat, body.cause) for body in left] == [("AI-1", "removed")]


async def test_the_first_empty_reply_is_an_event_and_later_ones_reach_nobody(stage: Any, of_type: Any) -> None:
    scripts = {"AI-1": ["", "  \n", "\u200b", '!name "Nova"'], "AI-2": ["two"]}
    plan = rules("what_counts", "empty_reply")
    conductor = await stage.open(scripts, rules=plan, rights=("*",))
    await conductor.run()
    events = await stage.events(conductor)
    assert [body.to for body in said(events, of_type, "AI-1")] == [None, (), (), None]
    notes = [body.data for body in of_type(events, RuleNoted) if body.rule == "empty_reply"]
    assert [data["first"] for data in notes] == [True, False, False]
    assert [data.get("poor") for data in notes] == [None, True, True]
    assert notes[1]["first_at"] == notes[0]["message"]
    contents = [message["content"] for message in heard(stage, "AI-2")]
    assert contents.count("") == 1
    assert "\u200b" not in "".join(contents)


# ------------------------------------------------------------------------------------------ when it ends


async def test_a_room_ends_when_all_have_signed_the_same_text(stage: Any, of_type: Any) -> None:
    scripts = {"AI-1": ["hm", '!sign "All is  said."'], "AI-2": ['!sign "Not yet."', '!sign "all is said."']}
    conductor = await stage.open(
        scripts, rules=rules("when_it_ends", "signed") | {"when_it_ends": {"signed": {}}}, rights=("*",)
    )
    await conductor.run()
    events = await stage.events(conductor)
    assert of_type(events, RoomEnded)[0].reason == "signed"
    assert len(said(events, of_type)) == 4


# ------------------------------------------------------------------------------------------ all of them

PLANS = [
    rules("how_much", "hidden_quota", tokens=70),
    rules("what_is_heard", "overwritten", tokens=45, system=True),
    rules("what_is_heard", "alone", seats=["AI-1"]),
    rules("what_counts", "burned"),
    rules("what_counts", "empty_reply"),
    {**rules("what_is_heard", "overwritten", tokens=45), "how_much": {"dwindling": {"base": 30}}},
    {"when_it_ends": {"signed": {}, **END}},
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: ".".join(str(next(iter(plan[q]))) for q in plan))
async def test_a_room_with_the_rule_replays_verifies_and_survives_a_snapshot(stage: Any, plan: dict[str, Any]) -> None:
    scripts = {
        f"AI-{n}": [LONG, "", '!name "Nova"\nI am new.', f'!whisper "AI-2" "{n}"\nwhat?', LONG] for n in (1, 2, 3)
    }
    conductor = await stage.open(scripts, rules=plan, rights=("*",), system="Be brief, and be kind to each other.")
    await conductor.run(turns=4)
    stream = conductor.room.lease.stream
    await stage.journal.release(conductor.room.lease)
    half = unpack(pack(conductor.room))
    again = stage.conductor(await take_up(stage.journal, stage.clock, stream))
    assert half.memories == again.room.memories
    await again.run()
    records = await history(stage.journal, stream)
    assert replay(stream, records) >= 4
    assert (await verify_room(stage.journal, stream)).broken is None
    full, packed = fold_records(stream, records), unpack(pack(again.room))
    assert packed.memories == full.memories == again.room.memories
    assert packed.state == full.state
    for seat, view in again.room.hearing.views.items():
        assert view.body() == packed.hearing.views[seat].body() == full.hearing.views[seat].body()
