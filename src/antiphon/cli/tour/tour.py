"""The tour as a whole: what it says first, its acts in order, and how it is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import TypeAlias

from antiphon.cli.telling import Line
from antiphon.cli.tour import forked, killed, running_dry, showcase
from antiphon.cli.tour.parting import take_leave
from antiphon.cli.tour.stage import Stage
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory

__all__ = ["ACTS", "tour"]

Act: TypeAlias = Callable[[Stage], Awaitable[None]]

ACTS = MappingProxyType({1: showcase.play, 2: running_dry.play, 3: killed.play, 4: forked.play})
"""Number -> act, in the order of the tour."""

_PURPOSE = (
    "For people who wonder what language models do when left to themselves: who",
    "study their behaviour, look for what goes wrong, make art of it, or want to",
    "keep what a model said before it is retired. Nobody can watch a thousand",
    "rooms, so Antiphon lets models talk unattended: it keeps every event, notices",
    "when a talk is over and stops paying for it, survives being killed, and goes",
    "back to any turn to try it another way.",
)

_KEYS = "Four acts, a minute and a half. No model is called here. Space pauses, q leaves."


def tour(journal: str | None, *, act: int | None, room: str | None, fast: bool, tint: bool = True) -> int:
    """Play the tour, one act of it, or a whole showcase room; give the exit code.

    Args:
        journal: where the rooms are kept, as it was typed; None = the user's own.
        act: only this one.
        room: only this showcase room.
        fast: without waiting for a reader.
        tint: whether a live screen shows how surprising words are.
    """

    async def work(laboratory: Laboratory) -> None:
        async with Stage(laboratory, journal, fast=fast, tint=tint) as stage:
            try:
                await _play(stage, act, room)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not stage.left or task is None:
                    raise
                task.uncancel()  # it was q, not a signal: the tour is left by its own door
        if stage.left:
            stage.say("", "left; go on with: antiphon demo --act N")

    working(work, journal)
    return 0


async def _play(stage: Stage, act: int | None, room: str | None) -> None:
    if room is not None:
        await showcase.whole(stage, room)
    else:
        if act is None:
            stage.say("", Line((("Antiphon", "bold"),)), *_PURPOSE, "", Line(((_KEYS, "quiet"),)))
            await stage.sleep(5)
        for number in [act] if act else ACTS:
            await ACTS[number](stage)
    await take_leave(stage)
