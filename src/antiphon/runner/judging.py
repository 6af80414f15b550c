"""Asks the judge of a watched room where one is due, and takes what its answer leads to.

It does not know what is asked, nor how an answer counts; the monitor does, and finds the same at a replay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.room.asking import JUDGE
from antiphon.runner.asking import put_to

if TYPE_CHECKING:
    from antiphon.runner.conduct import Conductor

__all__ = ["consult"]


async def consult(conductor: Conductor) -> bool:
    """Tell whether a judge was due and has been asked, so that what to do next must be decided anew."""
    room = conductor.room
    ask = room.guard.ask(room)
    if ask is None:
        return False
    await put_to(conductor, ask, JUDGE)
    for by, body in room.guard.findings(room, conductor.breaker):
        room.take(by, body)
    await room.flush()
    return True
