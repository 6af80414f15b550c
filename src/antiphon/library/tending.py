"""Makes the fork that a monitor asked for when it paused a room: kept, paused, and run by nobody yet.

It begins where the room last lived, so that a person finds both: the room as it stopped, and a fresh beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.room.events import RuleNoted

if TYPE_CHECKING:
    from antiphon.library.laboratory import Laboratory
    from antiphon.runner.conduct import Conductor

__all__ = ["fork_asked_for"]


async def fork_asked_for(laboratory: Laboratory, conductor: Conductor) -> str | None:
    """Make the fork a paused room's monitor asked for, and note it in the room; None where none was asked for."""
    room = conductor.room
    at = room.watching.fork_at
    if room.state.phase != "paused" or not at:
        return None
    fork = await laboratory.fork(room.lease.stream, at=at)
    await fork.pause()
    await fork.release()
    room.take("runner", RuleNoted(rule="forked", data={"child": fork.id, "at": fork.forked_at}))
    await room.flush()
    return fork.id
