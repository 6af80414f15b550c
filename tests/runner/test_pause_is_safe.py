"""A pause is always safe: what is kept gives the very state, and the room goes on as if nothing had been."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import ProviderFailure
from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.events import MessageSaid
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.history import history
from antiphon.runner.opening import fold_records
from antiphon.runner.replay import replay
from antiphon.testing.speakers import Sketcher, Troupe

LINES: list[Any] = [
    "The tide table hangs upside down in the hall.",
    "",
    "Goodbye, and thank you. Take care!",
    '!image "a lamp on the stair"\nDo you see it?',
    '!prompt "Count the doors."\nI shall count.',
    '!whisper "AI-1" "Only you."\nWell.',
    "!mute_self 2\nI listen for a while.",
    '!name "Nova"',
    "!pass",
    "over and " * 900,
    ProviderFailure("unavailable", "nobody answers"),
]

SCRIPTS = st.tuples(*[st.lists(st.sampled_from(LINES), min_size=1, max_size=5)] * 2)
MESSAGES = 7


class Paused:
    """Runs one scripted room, pausing it where it is told to."""

    def __init__(self, scripts: tuple[list[Any], list[Any]]) -> None:
        self.journal = MemoryJournal()
        self.laboratory = Laboratory(self.journal)
        self.troupe = Troupe({"AI-1": scripts[0], "AI-2": scripts[1]}, painter=Sketcher(seconds=0.001))

    async def begin(self) -> Session:
        rules = {"when_it_ends": {"messages": {"count": MESSAGES}}}
        plan = Scenario(name="p", seats=(SeatPlan(model="echo"),) * 2, rules=rules, rights=("*",))
        return self.cast(await self.laboratory.begin(plan, seed=4, policy="careful"))

    def cast(self, session: Session) -> Session:
        session.conductor.cast = self.troupe
        return session

    async def checked(self, session: Session) -> list[str]:
        """Check that what is kept gives what is remembered; give what was said."""
        records, room = await history(self.journal, session.id), session.conductor.room
        fold = fold_records(session.id, records)
        assert fold.state == session.state
        for seat in room.state.seats.values():
            assert fold.hearing.view(fold.state, seat).body == room.hearing.view(room.state, seat).body
        assert fold.memories == room.memories
        replay(session.id, records)
        return [body.text for record in records if isinstance(body := decode(record).body, MessageSaid)]

    async def to_the_end(self, session: Session) -> list[str]:
        """Run on until the room has ended or rests by itself, and give all that was said."""
        for _ in range(8):
            await session.run()
            await self.checked(session)
            if session.state.phase != "paused":
                break
            session = self.cast(await self.laboratory.resume(session.id))
        return await self.checked(session)


@given(SCRIPTS, st.integers(0, MESSAGES))
@settings(max_examples=40, deadline=None)
async def test_a_room_paused_between_two_turns_goes_on_as_if_it_had_not_been(
    scripts: tuple[list[Any], list[Any]], turns: int
) -> None:
    whole, parted = Paused(scripts), Paused(scripts)
    said = await whole.to_the_end(await whole.begin())
    session = await parted.begin()
    await session.conductor.run(turns)
    await session.pause()
    await session.release()
    await parted.checked(session)
    if session.state.phase in {"ended", "draining"}:
        return
    assert await parted.to_the_end(parted.cast(await parted.laboratory.resume(session.id))) == said


@given(SCRIPTS, st.integers(1, 30), st.booleans())
@settings(max_examples=40, deadline=None)
async def test_a_pause_at_any_word_of_any_turn_keeps_exactly_what_is_remembered(
    scripts: tuple[list[Any], list[Any]],
    word: int,
    now: bool,  # noqa: FBT001 - drawn
) -> None:
    room = Paused(scripts)
    session = await room.begin()
    heard = 0
    pausing: list[asyncio.Task[None]] = []

    def hear(_seat: str, _text: str) -> None:
        nonlocal heard
        heard += 1
        if heard == word:
            pausing.append(asyncio.get_running_loop().create_task(session.pause(now=now)))

    session.conductor.chunks = hear
    await session.run()
    await asyncio.gather(*pausing)
    await room.checked(session)
    if session.state.phase == "paused":
        await room.to_the_end(room.cast(await room.laboratory.resume(session.id)))
