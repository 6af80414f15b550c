"""Verification finds what was changed beside the chain: the pictures."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from antiphon import Laboratory
from antiphon.library.care import verify_rooms
from antiphon.room.scenario import Scenario, SeatPlan

PAINTERS = Scenario(
    name="painters",
    seats=(SeatPlan(model="echo", rights=("image",), extra={"gestures": "all"}),),
    rules={"when_it_ends": {"messages": {"count": 4}}},
)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DELETE FROM blob", "its picture is missing"),
        ("UPDATE blob SET data = x'00'", "its picture is not what was kept"),
        ("SELECT 1", None),
    ],
)
async def test_a_picture_that_was_changed_or_lost_is_named(tmp_path: Path, change: str, why: Any) -> None:
    path = tmp_path / "journal.db"
    async with Laboratory(str(path)) as laboratory:
        session = await laboratory.begin(PAINTERS, seed=5)
        await session.run()
        assert session.state.images > 0
    connection = sqlite3.connect(path)
    connection.execute(change)
    connection.commit()
    connection.close()
    async with Laboratory(str(path)) as laboratory:
        found = await verify_rooms(laboratory)
    assert [checked.broken for checked in found] == [why]
