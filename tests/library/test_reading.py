"""Parts of rooms are read as the whole tells them, and states again at the cost of what is new."""

from __future__ import annotations

import pytest

from antiphon.errors import UnknownName, UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.reading import REMEMBERED, States, seat_view, stretch
from antiphon.room.records import decode
from antiphon.room.state import fold
from antiphon.runner.history import history


async def test_every_stretch_of_a_fork_of_a_fork_is_a_part_of_its_history() -> None:
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad", seed=7)
        await session.run(2)
        for _ in range(2):
            session = await laboratory.fork(session.id)
            await session.run(2)
        whole = await history(laboratory.journal, session.id)
        last = whole[-1].seq
        for after in range(0, last, 3):
            for until in range(after, last + 2, 5):
                found = await stretch(laboratory.journal, session.id, after, until)
                assert found == [record for record in whole if after < record.seq <= until]


async def test_a_remembered_state_is_the_fold_of_everything() -> None:
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad", seed=7)
        states = States(laboratory)
        await session.run(2)
        first = await states.now(session.id)
        before = first.seq
        for n in range(5):
            await laboratory.ask(session.id, "say", text=f"word {n}")
        state = await states.now(session.id)
        events = [decode(record) for record in await history(laboratory.journal, session.id)]
        assert (state.seq, before + 5) == (events[-1].seq, events[-1].seq)
        assert state == fold(session.id, events)
        states.forget(session.id)
        assert await states.now(session.id) == state


async def test_only_so_many_states_are_remembered() -> None:
    async with Laboratory("memory:") as laboratory:
        states = States(laboratory)
        for _ in range(REMEMBERED + 3):
            session = await laboratory.begin("solo", seed=7)
            await session.release()
            await states.now(session.id)
        assert len(states._known) == REMEMBERED


async def test_a_view_of_nobody_or_of_no_turn_is_refused() -> None:
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad", seed=7)
        await session.run(1)
        with pytest.raises(UnknownName, match="AI-9"):
            await seat_view(laboratory, session.id, "AI-9")
        with pytest.raises(UserError, match="no turn 77"):
            await seat_view(laboratory, session.id, "AI-1", turn=77)
