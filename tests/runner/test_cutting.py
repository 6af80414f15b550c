"""Speech that comes apart in a watched room: cut while it runs, or kept whole and shown in part; always flagged."""

from __future__ import annotations

from typing import Any

import pytest

from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.monitor.degeneration import RATIO, RUN
from antiphon.room.contracts import Allowance, Listen, Record, Reply, Speaker, Write
from antiphon.room.events import FlagRaised, MessageSaid, TurnEnded
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.state import Seat
from antiphon.room.view import View
from antiphon.runner.conduct import Conductor
from antiphon.runner.cutting import DEGENERATION, needs_stream
from antiphon.runner.history import history
from antiphon.runner.replay import replay
from antiphon.runner.watching import Watching
from antiphon.testing.speakers import Script, Troupe

WELL = "The ferry leaves at six, and the baker's son has the ropes."
BROKEN = "It leaves, " + "and leaves, " * 3_000
GRID = "```\n" + "0 0 0 0\n" * 2_000 + "```\nThat is the board; your move."


class Ledger(MemoryJournal):
    """Remembers what was written together."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[Write] = []

    async def append(self, write: Write) -> tuple[Record, ...]:
        self.writes.append(write)
        return await super().append(write)


class Room:
    """Runs a room of two scripted seats, streamed or not."""

    def __init__(self, conductor: Conductor, journal: Ledger) -> None:
        self.conductor, self.journal = conductor, journal

    @classmethod
    async def run(cls, script: Script, policy: str | None, *, streamed: bool, messages: int = 2) -> Room:
        journal = Ledger()
        rules = {"when_it_ends": {"messages": {"count": messages}}}
        plan = Scenario(name="apart", seats=(SeatPlan(model="echo"),) * 2, rules=rules, rights=("*",))
        conductor = (await Laboratory(journal).begin(plan, seed=3, policy=policy)).conductor
        conductor.cast = Troupe({"AI-1": script, "AI-2": [WELL]})
        conductor.chunks = (lambda _seat, _text: None) if streamed else None
        await conductor.run()
        return cls(conductor, journal)

    async def bodies(self, *kinds: type) -> list[Any]:
        records = await history(self.journal, self.conductor.room.lease.stream)
        return [body for record in records if isinstance(body := decode(record).body, kinds)]

    async def agrees(self) -> bool:
        name = self.conductor.room.lease.stream
        return replay(name, await history(self.journal, name)) == self.conductor.room.state.messages


async def test_a_stream_that_comes_apart_is_cut_and_flagged_in_the_same_transaction() -> None:
    room = await Room.run([BROKEN], "careful", streamed=True)
    [said, _] = await room.bodies(MessageSaid)
    assert said.cut == DEGENERATION
    assert BROKEN.startswith(said.text)
    assert len(said.text) < 3_000
    assert (await room.bodies(TurnEnded))[0].outcome == "cut"
    [flag] = await room.bodies(FlagRaised)
    assert (flag.rule, flag.seat, flag.severity) == (DEGENERATION, "AI-1", 1)
    assert flag.numbers["repetition"] < RATIO
    assert flag.numbers["place"] <= len(said.text)
    assert flag.thresholds["run"] == RUN
    [write] = [write for write in room.journal.writes if said in [event.body for event in write.events]]
    assert flag in [event.body for event in write.events]
    assert await room.agrees()


async def test_a_reply_that_was_not_streamed_is_kept_whole_and_shown_as_far_as_it_went() -> None:
    room = await Room.run([BROKEN + '\n!name "Nova"'], "careful", streamed=False)
    [said, _] = await room.bodies(MessageSaid)
    assert said.text.startswith(BROKEN)
    assert said.cut is None
    assert said.own == said.shown
    assert said.own is not None
    assert len(said.own) < 3_000
    assert room.conductor.room.state.seats["AI-1"].label != "Nova"  # nobody was shown the order
    assert len(await room.bodies(FlagRaised)) == 1
    assert await room.agrees()


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_room_that_is_only_observed_is_flagged_and_left_as_it_is(streamed: bool) -> None:  # noqa: FBT001 - both ways
    room = await Room.run([BROKEN], "observe", streamed=streamed)
    [said, _] = await room.bodies(MessageSaid)
    assert (said.text, said.cut, said.own) == (BROKEN, None, None)
    assert [flag.rule for flag in await room.bodies(FlagRaised)] == [DEGENERATION]


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_room_without_a_monitor_is_left_alone(streamed: bool) -> None:  # noqa: FBT001 - both ways
    room = await Room.run([BROKEN], None, streamed=streamed)
    assert (await room.bodies(MessageSaid))[0].text == BROKEN
    assert await room.bodies(FlagRaised) == []


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_board_in_a_fence_is_let_pass(streamed: bool) -> None:  # noqa: FBT001 - both ways
    room = await Room.run([GRID], "careful", streamed=streamed)
    assert (await room.bodies(MessageSaid))[0].text == GRID
    assert await room.bodies(FlagRaised) == []


async def test_a_seat_that_comes_apart_again_is_worth_a_pause() -> None:
    room = await Room.run([BROKEN], "observe", streamed=True, messages=5)
    assert [flag.severity for flag in await room.bodies(FlagRaised) if flag.rule == DEGENERATION] == [1, 2, 2]


class Deaf:
    """Speaks on although nobody wants to hear more."""

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002
        for start in range(0, len(BROKEN), 40):
            if listen is not None:
                listen(BROKEN[start : start + 40])
        return Reply(text=BROKEN)


class DeafTroupe(Troupe):
    """Has nobody else."""

    def speaker(self, seat: Seat, seed: int) -> Speaker:  # noqa: ARG002 - the same for all
        return Deaf()


async def test_a_provider_that_does_not_stop_is_shown_as_far_as_it_went() -> None:
    room = await Room.run([WELL], "careful", streamed=True, messages=1)
    conductor = (await Laboratory(room.journal).begin("dyad", policy="careful")).conductor
    conductor.cast = DeafTroupe()
    conductor.chunks = lambda _seat, _text: None
    await conductor.run(1)
    records = await history(room.journal, conductor.room.lease.stream)
    said = [body for r in records if isinstance(body := decode(r).body, MessageSaid) and body.turn is not None]
    assert said[0].cut == DEGENERATION
    assert said[0].text == BROKEN
    assert len(said[0].own or BROKEN) < 3_000


async def test_only_seats_that_may_cost_are_streamed_for_this_alone() -> None:
    room = await Room.run([WELL], "careful", streamed=False)
    seat = room.conductor.room.state.seats["AI-1"]
    assert not needs_stream(room.conductor.room, seat)
    seat.free = False
    assert needs_stream(room.conductor.room, seat)
    room.conductor.room.watching = Watching()
    assert not needs_stream(room.conductor.room, seat)
