"""The real command is killed by its parent at moments drawn by lot, twice a room, and taken up by the real command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

SEEDS = range(4)
"""Rooms, each killed twice."""
MOST_LINES = 12
"""Lines a command may print before it is killed, at most: four turns or so."""
PAUSE = 0.2
"""Seconds after the last line at which it is killed, at most: as long as a turn."""

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command
Check = Callable[..., Awaitable[Any]]  # Any: conftest's Survival


async def killed(command: Any, chance: Random) -> list[bytes]:
    """Read some lines, kill the command in what comes next, and give every line it wrote."""
    lines = [await command.line() for _ in range(chance.randrange(1, MOST_LINES))]
    await asyncio.sleep(chance.random() * PAUSE)
    command.process.kill()
    return [*lines, *await command.rest()]


async def test_a_command_killed_at_any_moment_is_resumed_at_once(
    tmp_path: Path, antiphon: Start, settled: Check
) -> None:
    async def drill(seed: int) -> None:
        journal, chance = tmp_path / f"{seed}.db", Random(seed)
        slow = ("--latency", "50-150ms", "--json", "--journal", journal)
        first = await antiphon("run", "dyad", "--rounds", "7", "--seed", str(seed), *slow)
        printed = [await killed(first, chance)]
        second = await antiphon("resume", "last", *slow)
        printed.append(await killed(second, chance))
        third = await antiphon("resume", "last", "--json", "--journal", journal)
        printed.append(await third.rest())
        assert await third.process.wait() == 0
        assert json.loads(printed[-1][-1])["type"] == "room.ended"
        await settled(journal, printed)

    await asyncio.gather(*(drill(seed) for seed in SEEDS))
