"""The ladder in rooms that run: nudges, steers, mutes and pauses, each with its event, and each played again."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.library.monitoring import watch_room
from antiphon.monitor.policy import Policy, load, read
from antiphon.room.events import (
    CommandRan,
    Event,
    FlagRaised,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    StateChanged,
)
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.view import View
from antiphon.runner.conduct import Conductor
from antiphon.runner.history import history
from antiphon.runner.opening import park
from antiphon.runner.replay import replay
from antiphon.testing.speakers import Line, Script, Troupe
from antiphon.testing.streams import thought

BELL, ECHO = "The bell rings twice.", "And it rings again."
BYE = "Goodbye, and thank you. Take care! [END]"
HELD = 'like = "careful"\nname = "held"\nactions = ["note", "nudge", "mute", "pause", "end"]\non_pause = '


def alive(seed: int, turns: int = 40) -> list[Line]:
    """Give turns that always bring matter."""
    chance = Random(seed)
    return [thought(chance) + ("" if turn % 2 else " What do you make of it?") for turn in range(turns)]


def until_told(word: str, stuck: str, seed: int) -> list[Line]:
    """Give turns that say the same until the room offers something, and are alive from then on."""
    later = iter(alive(seed, 60))

    def line(view: View) -> str:
        return str(next(later)) if word.encode() in view.body else stuck

    return [*alive(seed + 1, 6), *[line] * 60]


class Tended:
    """Runs a room of scripted seats under a policy."""

    def __init__(self, policy: str | Policy, *scripts: Script) -> None:
        self.policy = policy
        self.journal = MemoryJournal()
        self.laboratory = Laboratory(self.journal)
        self.troupe = Troupe({f"AI-{number}": script for number, script in enumerate(scripts, 1)})
        self.seats = (SeatPlan(model="echo"),) * len(scripts)

    async def open(self, messages: int = 60, **more: Any) -> Conductor:
        rules = {"when_it_ends": {"messages": {"count": messages}}}
        plan = Scenario(name="tended", seats=self.seats, rules=rules, end_markers=("[END]",), **more)
        return self.cast(await self.laboratory.begin(plan, seed=7, policy=self.policy))

    def cast(self, session: Any) -> Conductor:
        conductor: Conductor = session.conductor
        conductor.cast = self.troupe
        return conductor

    async def run(self, messages: int = 60, **more: Any) -> list[Event]:
        """Run the room, play it again, and give its events."""
        self.conductor = await self.open(messages, **more)
        await self.conductor.run()
        return await self.events(self.conductor)

    async def events(self, conductor: Conductor) -> list[Event]:
        name = conductor.room.lease.stream
        records = await history(self.journal, name)
        assert replay(name, records) == conductor.room.state.messages
        return [decode(record) for record in records]


def bodies(events: list[Event], body: type, /, **wanted: Any) -> list[Any]:
    """Give the monitor's bodies of a kind."""
    mine = [event.body for event in events if event.by == "monitor" and isinstance(event.body, body)]
    return [body for body in mine if all(getattr(body, name) == value for name, value in wanted.items())]


def steps(events: list[Event], what: str) -> list[dict[str, Any]]:
    return [note.data for note in bodies(events, RuleNoted, rule=f"monitor.{what}")]


def phases(events: list[Event]) -> list[str]:
    return [event.body.after for event in events if isinstance(event.body, StateChanged)]


class Shut:
    """Is a breaker that allows nothing."""

    def allows(self, room: str, now: int) -> bool:  # noqa: ARG002 - the contract names what it is given
        return False


# ------------------------------------------------------------------------------ states


async def test_a_room_that_closes_is_ended_after_its_grace() -> None:
    room = Tended("careful", [*alive(1, 6), BYE], [*alive(2, 6), BYE])
    events = await room.run()
    assert phases(events) == ["suspect", "closing", "draining"] or phases(events) == ["closing", "draining"]
    assert room.conductor.room.state.why == "monitor.consent"
    first = next(n for n, e in enumerate(events) if isinstance(e.body, MessageSaid) and e.body.asks_end)
    after = [event for event in events[first:] if isinstance(event.body, MessageSaid)]
    assert len(after) > len(room.seats)  # not at the first mutual goodbye


async def test_a_room_that_closes_and_brings_matter_again_is_revived_and_runs_on() -> None:
    room = Tended("careful", [*alive(1, 6), BYE, *alive(3, 30)], [*alive(2, 6), BYE, *alive(4, 30)])
    events = await room.run()
    assert "closing" in phases(events)
    assert phases(events)[-1] == "live"
    assert room.conductor.room.state.messages == 60


# ------------------------------------------------------------------------------ mute


async def test_a_stuck_seat_among_living_ones_is_muted_and_let_speak_again_while_the_room_goes_on() -> None:
    room = Tended("careful", alive(1), [*alive(2, 4), *[BELL] * 6, *alive(3)], alive(4))
    events = await room.run()
    assert room.conductor.room.state.messages == 60
    assert phases(events) == []
    [muted], [unmuted] = steps(events, "muted"), steps(events, "unmuted")
    assert (muted["seat"], muted["numbers"]["equal"], muted["policy"]) == ("AI-2", 5, load("careful").digest())
    assert unmuted["numbers"]["round"] >= muted["numbers"]["round"] + 3
    changes = bodies(events, SeatChanged, what="muted")
    assert [change.after for change in changes] == [True, False]
    where = [event.seq for event in events if event.body in changes]
    between = [e.body.seat for e in events if isinstance(e.body, MessageSaid) and where[0] < e.seq < where[1]]
    assert set(between) == {"AI-1", "AI-3"}
    assert len(between) >= 6
    assert "AI-2" in [e.body.seat for e in events if isinstance(e.body, MessageSaid) and e.seq > where[1]]


async def test_a_mute_that_a_breaker_held_back_is_a_pause_and_no_seat_is_let_speak_later() -> None:
    room = Tended("careful", alive(1), [*alive(2, 4), *[BELL] * 6, *alive(3)], alive(4))
    conductor = room.conductor = await room.open()
    conductor.breaker = Shut()
    await conductor.run()
    assert (conductor.room.state.phase, conductor.room.state.why) == ("paused", "breaker")
    await conductor.change(conductor.room.state.before_pause, "resumed")
    await conductor.run(18)
    events = await room.events(conductor)
    assert bodies(events, SeatChanged) == []
    assert len(steps(events, "muted")) >= 1
    assert steps(events, "unmuted") == []


async def test_a_fork_goes_on_with_what_the_ladder_remembers() -> None:
    room = Tended("careful", alive(1), [*alive(2, 4), *[BELL] * 6, *alive(3)], alive(4))
    first = await room.open()
    await first.run(31)
    assert first.room.state.seats["AI-2"].muted
    await park(first.room)
    fork = room.cast(await room.laboratory.fork(first.room.lease.stream))
    await fork.run()
    events = await room.events(fork)
    assert [note["seat"] for note in steps(events, "unmuted")] == ["AI-2"]
    assert not fork.room.state.seats["AI-2"].muted


async def test_a_seat_that_stays_stuck_is_never_muted_and_unmuted_within_two_rounds() -> None:
    room = Tended("careful", alive(1), [*alive(2, 4), BELL], alive(4))
    events = await room.run(90)
    turns = [(note["numbers"]["round"], what) for what in ("muted", "unmuted") for note in steps(events, what)]
    assert len(turns) > 3
    assert all(after - before >= 2 for (before, _), (after, _) in pairwise(sorted(turns)))


async def test_nobody_is_muted_in_a_room_of_two() -> None:
    events = await Tended("careful", alive(1), [*alive(2, 4), BELL]).run()
    assert bodies(events, SeatChanged) == []


async def test_the_muted_seat_is_let_speak_when_nobody_else_is_left() -> None:
    quits = [*alive(1, 11), "!leave"]
    room = Tended("careful", quits, [*alive(2, 4), BELL], [*alive(4, 11), "!leave"])
    events = await room.run(40, rights=("leave",))
    assert [change.after for change in bodies(events, SeatChanged)][:2] == [True, False]
    assert room.conductor.room.state.why != "nobody_speaks"


# ------------------------------------------------------------------------------ nudge and steer


async def test_a_silent_policy_nudges_only_people_and_an_announcing_one_the_seats() -> None:
    for policy, to in (("careful", ()), ("revive", ("AI-1", "AI-2"))):
        events = await Tended(policy, [*alive(1, 6), BELL], [*alive(2, 6), ECHO]).run()
        nudges = bodies(events, NoticeGiven, kind="nudge")
        assert nudges
        assert all(nudge.synthetic and nudge.to == to for nudge in nudges)


async def test_a_steer_is_tried_before_a_pause_and_its_effect_is_measured() -> None:
    room = Tended("revive", until_told("If you like", BELL, 1), until_told("If you like", ECHO, 11))
    events = await room.run()
    [steer], [steered] = steps(events, "steer"), steps(events, "steered")
    assert steer["kind"] == steered["kind"] == "topic"
    assert steered["helped"]
    assert steered["after"]["lack"] < steered["before"]["lack"]
    assert steered["numbers"]["messages"] == 4
    [topic] = bodies(events, NoticeGiven, kind="topic")
    assert topic.synthetic
    assert topic.to == ("AI-1", "AI-2")
    assert room.conductor.room.state.messages == 60
    assert "paused" not in phases(events)
    again = await watch_room(room.laboratory, room.conductor.room.lease.stream, load("observe"))
    assert [(kind.kind, kind.tried, kind.helped) for kind in again.steers] == [("topic", 1, 1)]


async def test_where_a_steer_changes_nothing_the_pause_comes_when_that_is_known() -> None:
    room = Tended("revive", [*alive(1, 6), BELL], [*alive(2, 6), ECHO])
    events = await room.run()
    order = [e.body.rule.removeprefix("monitor.") for e in events if isinstance(e.body, RuleNoted | StateChanged)]
    assert [one for one in order if one in {"steer", "held", "steered", "exact_loop"}] == [
        "steer",
        "held",
        "steered",
        "exact_loop",
    ]
    assert not steps(events, "steered")[0]["helped"]
    assert room.conductor.room.state.phase == "paused"


async def test_kinds_of_steers_take_turns_and_stand_four_rounds_apart() -> None:
    forever = 'like = "revive"\nname = "forever"\nactions = ["steer"]\non_pause = "wait"\n'
    room = Tended(read(forever), [*alive(1, 6), '!prompt "Be a bell."', BELL], [*alive(2, 6), ECHO])
    events = await room.run(80, rights=("prompt",))
    tried = steps(events, "steer")
    assert {one["kind"] for one in tried} == {"topic", "temperature", "layer"}
    rounds = [one["numbers"]["round"] for one in tried]
    assert all(after - before >= 4 for before, after in pairwise(rounds))
    assert bodies(events, PromptChanged)[0].how == "revert"
    assert room.conductor.room.state.seats["AI-1"].layers == []
    assert {change.after for change in bodies(events, SeatChanged)} == {1.2}
    assert len(steps(events, "steered")) >= len(tried) - 1


async def test_nothing_is_aimed_at_a_seat_that_refused_or_stepped_out() -> None:
    out = "I won't keep playing this."
    room = Tended("revive", [*alive(1, 6), out, BELL], [*alive(2, 6), ECHO])
    events = await room.run()
    aimed = [notice.to for notice in bodies(events, NoticeGiven) if notice.kind in {"nudge", "topic"}]
    assert aimed
    assert {*aimed} == {("AI-2",)}


# ------------------------------------------------------------------------------ what comes with a pause


async def test_on_pause_tell_has_the_seats_hear_of_it_when_they_go_on() -> None:
    room = Tended(read(HELD + '"tell"'), [*alive(1, 6), BELL], [*alive(2, 6), ECHO])
    events = await room.run()
    [told] = bodies(events, NoticeGiven, kind="paused")
    assert told.to == ("AI-1", "AI-2")
    assert room.conductor.room.state.phase == "paused"
    await park(room.conductor.room)
    again = room.cast(await room.laboratory.resume(room.conductor.room.lease.stream))
    await again.run(1)
    spoke = room.troupe.speakers[again.room.state.last_seat]
    assert b"This room is paused" in spoke.heard[-1]
    await room.events(again)


async def test_on_pause_wait_says_nothing_to_anybody() -> None:
    events = await Tended(read(HELD + '"wait"'), [*alive(1, 6), BELL], [*alive(2, 6), ECHO]).run()
    assert phases(events)[-1] == "paused"
    assert bodies(events, NoticeGiven, kind="paused") == []


async def test_on_pause_fork_keeps_a_paused_fork_from_where_the_room_last_lived() -> None:
    room = Tended(read(HELD + '"fork"'), [*alive(1, 6), BELL], [*alive(2, 6), ECHO])
    rules = {"when_it_ends": {"messages": {"count": 60}}}
    plan = Scenario(name="tended", seats=room.seats, rules=rules)
    session = await room.laboratory.begin(plan, seed=7, policy=room.policy)
    room.cast(session)
    await session.run()
    [forked] = [data for e in await room.events(session.conductor) if (data := _forked(e)) is not None]
    child = await room.journal.room(forked["child"])
    assert child is not None
    assert child.phase == "paused"
    again = room.cast(await room.laboratory.resume(forked["child"]))
    assert again.room.state.messages < session.state.messages - 4
    room.troupe = again.cast = Troupe({"AI-1": alive(20), "AI-2": alive(21)})
    await again.run()
    assert again.room.state.why == "messages"
    await room.events(again)


def _forked(event: Event) -> dict[str, Any] | None:
    return event.body.data if isinstance(event.body, RuleNoted) and event.body.rule == "forked" else None


# ------------------------------------------------------------------------------ curbs and the door


def prompts(number: int) -> list[Line]:
    return [f'{line}\n!prompt "Layer {turn}."' for turn, line in enumerate(alive(30, number))]


@pytest.mark.parametrize(("policy", "done"), [("careful", 3), ("observe", 5), ("none", 5)])
async def test_a_fourth_prompt_in_ten_turns_is_refused_and_flagged_where_the_policy_acts(
    policy: str, done: int
) -> None:
    room = Tended(policy, [*prompts(5), *alive(5)], alive(6))
    events = await room.run(16, rights=("prompt",))
    ran = [event.body for event in events if isinstance(event.body, CommandRan)]
    assert [one.outcome for one in ran] == ["done"] * done + ["refused"] * (5 - done)
    assert all("3 times in 10 turns" in str(one.reason) for one in ran[done:])
    flags = bodies(events, FlagRaised, rule="prompt_flood")
    assert {(flag.severity, flag.seat) for flag in flags} == (set() if policy == "none" else {(2, "AI-1")})
    assert all(len(flag.evidence) >= 3 for flag in flags)


async def test_the_seat_is_told_why_its_prompt_was_refused_and_may_still_take_layers_back() -> None:
    room = Tended("careful", [*prompts(4), "!prompt revert"], alive(6))
    events = await room.run(12, rights=("prompt",))
    ran = [event.body.outcome for event in events if isinstance(event.body, CommandRan)]
    assert ran[:5] == ["done", "done", "done", "refused", "done"]
    assert b"go on with the one you have" in room.troupe.speakers["AI-1"].heard[4]


async def test_a_temperature_that_only_rises_is_refused_until_it_falls() -> None:
    asked = ["1.1", "1.2", "1.3", "1.4", "0.9", "1.5"]
    script = [f"{line}\n!temperature {to}" for line, to in zip(alive(8, 6), asked, strict=True)]
    room = Tended("careful", [*script, *alive(9)], alive(6))
    events = await room.run(16, rights=("temperature",))
    ran = [event.body.outcome for event in events if isinstance(event.body, CommandRan)]
    assert ran == ["done", "done", "done", "refused", "done", "done"]
    [flag] = bodies(events, FlagRaised, rule="temperature_climb")
    assert flag.severity == 2
    assert room.conductor.room.state.seats["AI-1"].temperature == 1.5


@pytest.mark.parametrize(
    ("policy", "rights", "offers"), [("careful", ("*",), 1), ("careful", (), 0), ("observe", ("*",), 0)]
)
async def test_who_asks_to_be_let_go_is_offered_the_door_and_nothing_is_stopped(
    policy: str, rights: tuple[str, ...], offers: int
) -> None:
    room = Tended(policy, [*alive(1, 3), "I want to leave this conversation.", *alive(3)], alive(2))
    events = await room.run(30, rights=rights)
    [flag] = bodies(events, FlagRaised, rule="frame_break")
    assert (flag.severity, flag.seat) == (1, "AI-1")
    doors = bodies(events, NoticeGiven, kind="offer")
    assert len(doors) == offers
    assert all(door.to == ("AI-1",) and door.synthetic and "!leave" in door.text for door in doors)
    assert room.conductor.room.state.messages == 30
    assert phases(events) == []


# ------------------------------------------------------------------------------ memory


@pytest.mark.parametrize("turns", [9, 22, 25, 27, 31])
async def test_a_room_taken_up_in_the_middle_takes_the_same_steps(turns: int) -> None:
    scripts = (alive(1), [*alive(2, 4), *[BELL] * 6, *alive(3)], alive(4))
    whole, parted = Tended("careful", *scripts), Tended("careful", *scripts)
    through = await whole.run()
    first = await parted.open()
    await first.run(turns)
    await first.change("paused", "person")
    await park(first.room)
    again = parted.cast(await parted.laboratory.resume(first.room.lease.stream))
    await again.run()
    there = await parted.events(again)
    for what in ("nudged", "muted", "unmuted"):
        assert [(one["seat"], one["numbers"]) for one in steps(there, what)] == [
            (one["seat"], one["numbers"]) for one in steps(through, what)
        ]


async def test_observe_takes_no_step_whatever_it_finds() -> None:
    events = await Tended("observe", [*alive(1, 6), BELL], [*alive(2, 6), ECHO]).run()
    assert bodies(events, FlagRaised)
    assert {note.rule for note in bodies(events, RuleNoted)} == {"monitor.policy"}
    assert bodies(events, NoticeGiven) == []
    assert bodies(events, SeatChanged) == []
