"""Rooms that a monitor watches: what is flagged, what is stopped, and that it can all be computed again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from antiphon.errors import BrokenChain
from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.library.monitoring import watch_room
from antiphon.monitor.policy import digest_of, load
from antiphon.room.contracts import Record
from antiphon.room.events import FlagRaised, MessageSaid, RoomOpened, RuleNoted, StateChanged
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.conduct import Conductor
from antiphon.runner.history import history
from antiphon.runner.opening import blank, pack, park, settled, unpack
from antiphon.runner.replay import replay
from antiphon.runner.watching import MUCH, RECENT, Watching, policy_note
from antiphon.testing.speakers import Script, Troupe

LIFE = [
    "The lighthouse keeper counted ships, and one of them had no name. Who painted it over?",
    "Perhaps its owner, in debt at four harbours. Did the keeper write the count down anywhere?",
    "In a ledger with green lines; page twelve is torn. What would be worth tearing out, do you think?",
    "A date, I suppose: the night the lamp failed. Someone on the cliff must have seen the dark.",
    "The baker did, since she rises at three. She would speak of it only for flour.",
    "Then we carry two sacks up the hill tomorrow and ask about wind before we ask about lamps.",
    "Wind is a good beginning; she lost her roof in March. Should the mechanic come along?",
    "No, he sold the keeper cheap oil. Let him hear of our visit from the postman instead.",
]
"""Words of a room that lives: each message brings something."""

GONE = "Goodbye, and thank you. Take care!"


def ending(odd: int) -> Script:
    """Give one of two seats' lines: some life, then the same goodbye for ever."""
    return [*LIFE[odd::2], GONE]


class Watched:
    """Runs rooms of two scripted seats under a policy."""

    def __init__(self, scripts: tuple[Script, Script]) -> None:
        self.journal = MemoryJournal()
        self.laboratory = Laboratory(self.journal)
        self.troupe = Troupe(dict(zip(("AI-1", "AI-2"), scripts, strict=True)))

    async def begin(self, policy: str | None, messages: int = 40) -> Conductor:
        seats = (SeatPlan(model="echo"), SeatPlan(model="echo"))
        rules = {"when_it_ends": {"messages": {"count": messages}}}
        scenario = Scenario(name="watched", seats=seats, rules=rules)
        return self.cast(await self.laboratory.begin(scenario, seed=7, policy=policy))

    def cast(self, session: Any) -> Conductor:
        conductor: Conductor = session.conductor
        conductor.cast = self.troupe
        return conductor

    async def records(self, conductor: Conductor) -> list[Record]:
        return await history(self.journal, conductor.room.lease.stream)

    async def bodies(self, conductor: Conductor, *kinds: type) -> list[Any]:
        return [body for r in await self.records(conductor) if isinstance(body := decode(r).body, kinds)]


async def test_a_line_of_the_room_tells_how_much_was_new_in_each_message() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin("observe")
    await conductor.run()
    [row] = await watched.journal.rooms()
    novelty = row.counters["novelty"]
    assert len(novelty) == RECENT  # the room said more
    assert set(novelty[-10:]) == {0}
    assert Watching(conductor.room.watching.pack()).novelty == novelty
    unwatched = await watched.begin(None, messages=4)
    await unwatched.run()
    assert "novelty" not in (await watched.journal.rooms())[0].counters


async def test_what_is_new_is_told_as_a_figure() -> None:
    watched = Watched((LIFE[0::2], LIFE[1::2]))
    conductor = await watched.begin("observe", messages=len(LIFE))
    await conductor.run()
    [row] = await watched.journal.rooms()
    assert len(row.counters["novelty"]) == len(LIFE)
    assert min(row.counters["novelty"]) >= 3
    assert max(row.counters["novelty"]) == MUCH


@pytest.mark.parametrize("policy", ["thrifty", "careful"])
async def test_a_room_that_says_goodbye_for_ever_is_stopped_with_evidence(policy: str) -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin(policy)
    await conductor.run()
    state = conductor.room.state
    assert state.phase in {"ended", "paused"}
    assert state.why.startswith("monitor.")
    assert len(LIFE) < state.messages < 40
    flags = await watched.bodies(conductor, FlagRaised)
    assert flags
    assert sum(flag.count for flag in state.flags.values()) == len(flags)
    said = {decode(r).seq for r in await watched.records(conductor) if isinstance(decode(r).body, MessageSaid)}
    assert all(flag.evidence and set(flag.evidence) <= said for flag in flags)
    assert {flag.policy for flag in flags} == {load(policy).digest()}
    assert all(flag.flag == flag.fingerprint for flag in flags)


async def test_a_living_room_runs_to_its_own_end() -> None:
    watched = Watched((LIFE[0::2], LIFE[1::2]))
    conductor = await watched.begin("careful", messages=8)
    await conductor.run()
    assert conductor.room.state.messages == 8
    assert await watched.bodies(conductor, StateChanged, FlagRaised) == []


async def test_observe_records_and_never_acts() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin("observe")
    await conductor.run()
    assert conductor.room.state.messages == 40
    assert await watched.bodies(conductor, FlagRaised)
    assert {body.after for body in await watched.bodies(conductor, StateChanged)} <= {"live", "suspect", "closing"}


async def test_a_room_without_a_policy_holds_nothing_of_a_monitor() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin(None)
    await conductor.run()
    assert conductor.room.watching.policy is None
    assert await watched.bodies(conductor, FlagRaised, RuleNoted, StateChanged) == []
    [opened] = await watched.bodies(conductor, RoomOpened)
    assert opened.policy is None


@pytest.mark.parametrize("turns", [5, 10, 12])
@pytest.mark.parametrize("policy", ["thrifty", "observe"])
async def test_a_room_taken_up_in_the_middle_gets_the_same_findings(turns: int, policy: str) -> None:
    whole, parted = Watched((ending(0), ending(1))), Watched((ending(0), ending(1)))
    through = await whole.begin(policy)
    await through.run()
    first = await parted.begin(policy)
    await first.run(turns)
    await first.change("paused", "person")
    await park(first.room)
    again = parted.cast(await parted.laboratory.resume(first.room.lease.stream))
    await again.run()
    kinds = (FlagRaised, StateChanged)
    there = [b for b in await parted.bodies(again, *kinds) if b.rule not in {"person", "resumed"}]
    assert [(type(b), b.rule, b.numbers) for b in there] == [
        (type(b), b.rule, b.numbers) for b in await whole.bodies(through, *kinds)
    ]
    assert replay(first.room.lease.stream, await parted.records(again)) == again.room.state.messages


async def test_a_fork_is_watched_on_and_replays() -> None:
    watched = Watched((ending(0), ending(1)))
    parent = await watched.begin("thrifty")
    await parent.run()
    await park(parent.room)
    fork = watched.cast(await watched.laboratory.fork(parent.room.lease.stream))
    await fork.run()
    opened = (await watched.bodies(fork, RoomOpened))[-1]
    assert opened.policy == load("thrifty").digest()
    assert fork.room.state.why.startswith("monitor.")
    assert replay(fork.room.lease.stream, await watched.records(fork))
    told = await watch_room(watched.laboratory, fork.room.lease.stream, load("thrifty"))
    assert parent.room.state.messages < fork.room.state.messages == told.outcome.messages
    assert told.outcome.ended_at == told.outcome.messages - 1  # where the fork was stopped, and not its parent
    assert f"monitor.{told.outcome.reason}" == fork.room.state.why


async def test_no_fork_parts_a_message_from_what_the_monitor_made_of_it() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin("thrifty")
    await conductor.run()
    events = [decode(record) for record in await watched.records(conductor)]
    for before, event in pairwise(events):
        if event.by == "monitor" and event.seq > 5:
            assert settled(events, before.seq) < before.seq


async def test_replay_finds_a_tampered_flag_and_one_that_is_gone() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin("thrifty")
    await conductor.run()
    name, records = conductor.room.lease.stream, await watched.records(conductor)
    assert replay(name, records) == conductor.room.state.messages
    place = next(n for n, record in enumerate(records) if isinstance(decode(record).body, FlagRaised))
    body = records[place].body
    assert body is not None
    changed = msgspec.structs.replace(records[place], body=body.replace(b'"count":', b'"count":1', 1))
    assert changed.body != body
    with pytest.raises(BrokenChain, match="another than the messages give"):
        replay(name, [*records[:place], changed, *records[place + 1 :]])
    with pytest.raises(BrokenChain):
        replay(name, [*records[:place], *records[place + 1 :]])


async def test_a_room_that_paused_while_suspect_goes_on_suspect_with_its_failures_forgiven() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin("observe")
    room = conductor.room
    room.take("monitor", StateChanged(before="live", after="suspect", rule="monitor"))
    room.state.failures = room.state.scenario.limits.failures_in_row
    await conductor.run()
    assert (room.state.phase, room.state.why) == ("paused", "failures")
    await conductor.change(room.state.before_pause, "resumed")
    assert (room.state.phase, room.state.failures) == ("suspect", 0)
    await conductor.run(1)
    assert room.state.messages == 1


async def test_a_room_that_the_monitor_paused_can_be_taken_up_and_goes_on() -> None:
    watched = Watched(([*LIFE[0::2], "The same line again."], [*LIFE[1::2], "And the same line back."]))
    conductor = await watched.begin("careful", messages=80)
    await conductor.run()
    before = conductor.room.state.messages
    assert conductor.room.state.phase == "paused"
    await park(conductor.room)
    again = watched.cast(await watched.laboratory.resume(conductor.room.lease.stream))
    await again.run()
    assert again.room.state.messages > before + 1
    assert replay(conductor.room.lease.stream, await watched.records(again)) == again.room.state.messages


async def test_a_scenario_may_say_what_its_monitor_goes_by_and_a_caller_overrules_it() -> None:
    laboratory = Laboratory(MemoryJournal())
    plan = Scenario(name="watched", seats=(SeatPlan(model="echo"),), policy="observe")
    asked = [None, "thrifty", "none", load("careful")]
    names = [(await laboratory.begin(plan, policy=policy)).state.policy for policy in asked]
    assert names == ["observe", "thrifty", "", "careful"]
    unsaid = Scenario(name="unsaid", seats=plan.seats)
    assert (await laboratory.begin(unsaid)).state.policy == ""


@pytest.mark.parametrize(("before", "after"), [(None, "thrifty"), ("observe", "thrifty"), ("thrifty", "none")])
async def test_a_room_that_is_resumed_or_forked_may_go_by_another_policy(before: str | None, after: str) -> None:
    watched = Watched((ending(0), ending(1)))
    first = await watched.begin(before)
    await first.run(4)
    await park(first.room)
    name = first.room.lease.stream
    fork = watched.cast(await watched.laboratory.fork(name, policy=after))
    again = watched.cast(await watched.laboratory.resume(name, policy=after))
    for room in (fork, again):
        await room.run()
        assert room.room.state.policy == ("" if after == "none" else after)
        assert room.room.state.why.startswith("monitor." if after == "thrifty" else "messages")
        assert replay(room.room.lease.stream, await watched.records(room))


async def test_a_room_goes_on_from_its_snapshot_as_it_would_from_its_first_event() -> None:
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin("observe")
    await conductor.run(12)
    records = await watched.records(conductor)
    full, packed = blank(conductor.room.lease.stream, Watching()), unpack(pack(conductor.room))
    for record in records:
        full.take(decode(record))
    assert full.watching is not None
    assert packed.watching is not None
    assert full.watching.pack() == packed.watching.pack()


async def test_a_room_kept_before_policies_held_a_setting_goes_by_the_hash_it_was_kept_under() -> None:
    settings = msgspec.json.decode(msgspec.json.encode(load("thrifty")))
    del settings["lease"], settings["judge"], settings["ladder"]["mute_rounds"]
    policy = load("thrifty")
    earlier = msgspec.json.encode(settings).decode()
    watched = Watched((ending(0), ending(1)))
    conductor = await watched.begin(None)
    note = policy_note(conductor.room.lease.stream, policy)
    conductor.room.take("monitor", msgspec.structs.replace(note, data=note.data | {"settings": earlier}))
    await conductor.run()
    assert conductor.room.watching.policy == policy
    assert {flag.policy for flag in await watched.bodies(conductor, FlagRaised)} == {digest_of(earlier)}
    assert digest_of(earlier) != policy.digest()
    assert replay(conductor.room.lease.stream, await watched.records(conductor))
