"""One room, conducted: turns, failures, ceilings, contexts, endings."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from antiphon.errors import ProviderFailure
from antiphon.room.contracts import Reply
from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    MessageSaid,
    NoticeGiven,
    RoomEnded,
    RuleNoted,
    SeatJoined,
    StateChanged,
    TurnEnded,
    TurnRequested,
    Usage,
)
from antiphon.room.scenario import Ceilings, Limits
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room

ALL = ("*",)


async def test_a_dyad_speaks_in_turns_and_ends_by_its_rule(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]})
    await conductor.run()
    events = await stage.events(conductor)
    assert [body.text for body in of_type(events, MessageSaid)] == ["one", "two"] * 3
    assert of_type(events, RoomEnded)[0].reason == "messages"
    assert [body.turn for body in of_type(events, TurnRequested)] == [1, 2, 3, 4, 5, 6]


async def test_every_view_can_be_replayed_and_the_chain_holds(stage: Any) -> None:
    scripts = {f"AI-{n}": ['!prompt "more"\nhello', "plain", '!whisper "AI-2" "psst"'] for n in (1, 2, 3)}
    conductor = await stage.open(scripts, rights=ALL)
    await conductor.run()
    name = conductor.room.lease.stream
    from antiphon.runner.history import history

    assert replay(name, await history(stage.journal, name)) == 6
    assert (await verify_room(stage.journal, name)).broken is None


async def test_a_turn_is_durable_before_the_call(stage: Any) -> None:
    seen: list[int] = []

    def look(_view: Any) -> str:
        room = conductor.room
        seen.append(room.head[0])
        assert room.head[0] == room.state.seq
        assert room.state.open_turn is not None
        return "said"

    conductor = await stage.open({"AI-1": [look], "AI-2": [look]})
    await conductor.run(turns=2)
    assert len(seen) == 2


async def test_a_providers_failure_is_an_event_and_never_speech(stage: Any, of_type: Any) -> None:
    failure = ProviderFailure("unavailable", "the server said 503", status=503, attempts=4)
    conductor = await stage.open({"AI-1": [failure, "back again"], "AI-2": ["two"]})
    await conductor.run()
    events = await stage.events(conductor)
    ended = of_type(events, TurnEnded)[0]
    assert (ended.outcome, ended.error.kind, ended.error.status, ended.attempts) == ("failed", "unavailable", 503, 4)
    assert all("503" not in body.text for body in of_type(events, MessageSaid))


async def test_a_strangers_exception_is_a_failed_turn_that_names_no_words(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": [ValueError("secret words"), "fine"], "AI-2": ["two"]})
    await conductor.run(turns=3)
    error = of_type(await stage.events(conductor), TurnEnded)[0].error
    assert error.kind == "plugin"
    assert "secret" not in error.message


async def test_failures_in_a_row_pause_the_room(stage: Any, of_type: Any) -> None:
    failure = ProviderFailure("malformed", "no JSON")
    conductor = await stage.open({"AI-1": [failure], "AI-2": [failure]}, limits=Limits(failures_in_row=3))
    await conductor.run()
    assert conductor.room.state.phase == "paused"
    assert len(of_type(await stage.events(conductor), TurnEnded)) == 3


async def test_a_gone_model_falls_back_to_the_next_of_via_or_pauses(stage: Any, of_type: Any) -> None:
    gone = ProviderFailure("model_gone", "404", status=404)
    conductor = await stage.open({"AI-1": [gone, "again"], "AI-2": ["two"]})
    await conductor.run()
    changed = of_type(await stage.events(conductor), StateChanged)[0]
    assert (changed.after, changed.rule) == ("paused", "provider.model_gone")


async def test_a_room_pauses_at_its_ceiling_of_messages(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["one"], "AI-2": ["two"]}, ceilings=Ceilings(messages=3), rules={})
    await conductor.run()
    assert (conductor.room.state.phase, conductor.room.state.why) == ("paused", "ceiling.messages")
    assert conductor.room.state.messages == 3


async def test_a_reply_of_a_megabyte_cannot_break_the_ceiling_of_tokens(stage: Any) -> None:
    big = Reply(text="word " * 200_000, usage=Usage(input=10, output=900))
    conductor = await stage.open({"AI-1": [big], "AI-2": [big]}, ceilings=Ceilings(tokens=2_000), rules={})
    await conductor.run()
    state = conductor.room.state
    assert state.why == "ceiling.tokens"
    assert all(allowed.tokens is not None for allowed in stage.troupe.speakers["AI-1"].allowances)
    assert state.turn <= 3


async def test_invitations_stay_within_the_seats_of_the_room(stage: Any, of_type: Any) -> None:
    greedy = "\n".join(f'!add_ai "Listener" "come {n}"' for n in range(4))
    conductor = await stage.open({"AI-1": [greedy], "AI-2": [greedy]}, rights=ALL, twins=True, limits=Limits(seats=4))
    await conductor.run(turns=4)
    events = await stage.events(conductor)
    assert len(of_type(events, SeatJoined)) == 4
    refused = [body for body in of_type(events, CommandRan) if body.outcome == "refused"]
    assert refused
    assert "Maximum of 4 AIs already reached" in {body.reason for body in refused}


async def test_a_guest_hears_the_invitation_first_from_its_inviter(stage: Any) -> None:
    conductor = await stage.open(
        {"AI-1": ['!add_ai "Listener" "what do you hear?"', "…"]}, rights=ALL, joiners_hear="from_joining"
    )
    await conductor.run(turns=2)
    messages = msgspec.json.decode(b"[" + stage.troupe.speakers["AI-2"].heard[0] + b"]")
    assert messages == [{"role": "user", "content": "what do you hear?"}]


async def test_what_is_said_during_a_call_stands_after_the_reply(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ["first", "second"], "AI-2": ["two"]}, seconds=0.05)
    running = asyncio.create_task(conductor.run(turns=3))
    await asyncio.sleep(0.02)
    await conductor.say("ada", "hello from outside")
    await running
    second = msgspec.json.decode(b"[" + stage.troupe.speakers["AI-1"].heard[1] + b"]")
    assert [m["role"] for m in second][-2:] == ["assistant", "user"]
    assert second[-1]["content"].startswith("[ada]: hello from outside")


async def test_a_picture_is_painted_beside_the_conversation(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ['!image "a red door"', "and on"], "AI-2": ["two"]}, rights=ALL)
    await conductor.run()
    events = await stage.events(conductor)
    done = of_type(events, EffectEnded)
    assert [body.kind for body in done] == ["image"]
    assert done[0].blob.startswith("sha256:")
    assert of_type(events, RoomEnded)


async def test_an_abort_keeps_what_was_heard_up_to_the_cut(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["one two three four five six"], "AI-2": ["two"]}, seconds=0.6)
    conductor.chunks = lambda _seat, _text: None
    running = asyncio.create_task(conductor.run(turns=1))
    await asyncio.sleep(0.35)
    conductor.abort()
    await running
    events = await stage.events(conductor)
    said = of_type(events, MessageSaid)[0]
    assert said.cut == "abort"
    assert said.text.startswith("one")
    assert "six" not in said.text
    assert of_type(events, TurnEnded)[0].outcome == "cut"


async def test_a_full_context_pauses_by_default(stage: Any) -> None:
    words = "many words that fill a context quickly " * 8
    conductor = await stage.open({"AI-1": [words], "AI-2": [words]}, models=["small", "echo"], rules={})
    await conductor.run()
    assert conductor.room.state.why == "overflow"


async def test_a_full_context_drops_the_oldest_and_says_which(stage: Any, of_type: Any) -> None:
    words = "some words that fill a context quickly"
    conductor = await stage.open(
        {"AI-1": [words], "AI-2": [words]},
        models=["small", "echo"],
        overflow="drop_oldest",
        rules={"when_it_ends": {"messages": {"count": 40}}},
    )
    await conductor.run()
    events = await stage.events(conductor)
    notes = [body.data for body in of_type(events, RuleNoted) if body.rule == "overflow"]
    assert notes
    assert all(note["unheard"][0] <= note["unheard"][1] < note["unheard_before"] for note in notes)
    kept = [body.view.kept_prefix for body in of_type(events, TurnRequested)]
    assert kept.count(1.0) > len(kept) - len(notes) - 1


async def test_a_full_context_is_summarised_by_the_named_provider(stage: Any, of_type: Any) -> None:
    words = "some words that fill a context quickly"
    conductor = await stage.open(
        {"AI-1": [words], "AI-2": [words], "summariser": ["they said many words"]},
        models=["small", "echo"],
        overflow="summarise",
        summariser="listener",
        rules={"when_it_ends": {"messages": {"count": 30}}},
    )
    await conductor.run()
    summaries = [b for b in of_type(await stage.events(conductor), EffectEnded) if b.kind == "summary"]
    assert summaries
    assert summaries[0].text == "they said many words"


async def test_a_solo_room_lives_on_the_continue_notice(stage: Any, of_type: Any) -> None:
    conductor = await stage.open({"AI-1": ["alone"]})
    await conductor.run()
    notices = [b for b in of_type(await stage.events(conductor), NoticeGiven) if b.kind == "continue"]
    assert len(notices) == 6


async def test_the_outcome_of_a_command_is_told_to_its_issuer(stage: Any) -> None:
    conductor = await stage.open({"AI-1": ['!immage "x"', "…"], "AI-2": ["two"]}, rights=ALL)
    await conductor.run(turns=3)
    assert b"did you mean" in stage.troupe.speakers["AI-1"].heard[1]
    assert b"did you mean" not in stage.troupe.speakers["AI-2"].heard[0]


async def test_snapshots_and_the_full_fold_give_the_same_room(stage: Any) -> None:
    from antiphon.runner.history import history
    from antiphon.runner.opening import fold_records, pack, take_up, unpack

    scripts = {f"AI-{n}": ['!image "x"\nhm', '!name "Nova"', "plain"] for n in (1, 2, 3)}
    rules = {"when_it_ends": {"messages": {"count": 90}}, "what_is_heard": {"last_messages": {"count": 20}}}
    conductor = await stage.open(scripts, rights=ALL, rules=rules)
    await conductor.run()
    name = conductor.room.lease.stream
    full = fold_records(name, await history(stage.journal, name))
    again = unpack(pack(conductor.room))
    assert again.state == full.state == conductor.room.state
    assert again.memories == full.memories
    await stage.journal.release(conductor.room.lease)
    room = await take_up(stage.journal, stage.clock, name)
    assert room.state == full.state
    for seat, view in room.hearing.views.items():
        assert view.body() == full.hearing.views[seat].body()


async def test_a_seat_is_told_once_which_temperature_really_applied(stage: Any, of_type: Any) -> None:
    replies = ["!temperature 1.8", *(Reply(text=f"{n}", applied={"temperature": 1.0}) for n in range(3))]
    conductor = await stage.open({"AI-1": replies, "AI-2": ["two"]}, rights=ALL)
    await conductor.run()
    told = [body for body in of_type(await stage.events(conductor), NoticeGiven) if body.kind == "applied"]
    assert [(body.text, body.to) for body in told] == [("[temperature: applied 1 of 1.8]", ("AI-1",))]


async def test_a_guest_is_briefed_where_that_is_how_joiners_hear(stage: Any) -> None:
    scripts = {"AI-1": ["a secret past", '!add_ai "Listener" "hello"', "…"], "summariser": ["they spoke of the past"]}
    conductor = await stage.open(scripts, models=["echo"], rights=ALL, joiners_hear="briefing", summariser="listener")
    await conductor.run(turns=3)
    heard = stage.troupe.speakers["AI-2"].heard[0]
    assert b"they spoke of the past" in heard
    assert b"a secret past" not in heard
