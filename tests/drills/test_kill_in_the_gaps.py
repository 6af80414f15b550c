"""A process is killed in each gap of a room's life; whoever comes next goes on, and nothing acknowledged is lost."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

KILLED = -signal.SIGKILL
PLACES: dict[str, tuple[int, ...]] = {
    "before the request": (1, 2, 5, 9),
    "after the request": (1, 2, 6, 10),
    "in mid-stream": (1, 4, 60, 150),
    "before the reply": (1, 3, 7, 11),
    "picture pending": (1, 2, 3, 4),
    "picture painted": (1, 2, 3, 4),
}
"""Gap -> how often a room of three seats reaches it before its process is killed there."""
GROUPED = (1, 3, 6, 10)
"""Which commit of several rooms the process dies in; six rooms make dozens."""
REPEATED = frozenset({"after the request", "in mid-stream", "before the reply"})
"""Gaps in which a call is under way: it is repeated, and the journal says so."""

Fall = Callable[..., Awaitable[Any]]  # Any: a list of conftest's Fallen
Survive = Callable[..., Awaitable[Any]]  # Any: conftest's Survival


@pytest.mark.parametrize("gap", PLACES)
async def test_a_room_killed_in_a_gap_goes_on_from_its_last_settled_turn(
    gap: str, tmp_path: Path, fall: Fall, survive: Survive
) -> None:
    for nth, fallen in zip(PLACES[gap], await fall(tmp_path, gap, 1, PLACES[gap]), strict=True):
        assert fallen.code == KILLED
        found = await survive(tmp_path / f"{nth}.db", fallen.printed)
        if gap.startswith("picture"):
            assert found.painted >= 1
        else:
            assert found.lost == (gap in REPEATED)


@pytest.mark.parametrize("gap", ["inside a grouped commit", "after a grouped commit"])
async def test_rooms_that_share_a_commit_each_go_on_when_the_writer_dies_in_it(
    gap: str, tmp_path: Path, fall: Fall, survive: Survive
) -> None:
    for nth, fallen in zip(GROUPED, await fall(tmp_path, gap, 6, GROUPED), strict=True):
        assert fallen.code == KILLED
        found = await survive(tmp_path / f"{nth}.db", fallen.printed)
        assert found.unprinted >= 2 if gap.startswith("after") else True  # durable, and nobody was told
