"""A room while this process runs it: run it, listen to it, speak in it, pause it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from antiphon.library.tending import fork_asked_for
from antiphon.room.contracts import Record
from antiphon.room.events import Event
from antiphon.room.state import State
from antiphon.runner.conduct import Conductor
from antiphon.runner.opening import park
from antiphon.runner.owned import Listener

if TYPE_CHECKING:
    from antiphon.library.laboratory import Laboratory

__all__ = ["Session"]


class Session:
    """Is one room in this process.

    Attributes:
        conductor: who runs the room.
        forked_at: the sequence number a fork began after; None for other rooms.
    """

    def __init__(
        self, laboratory: Laboratory, conductor: Conductor, opening: list[tuple[Event, Record]] | None = None
    ) -> None:
        """Hold a room that `laboratory` opened, with the events acknowledged so far."""
        self._laboratory, self.conductor = laboratory, conductor
        self._opening = opening or []
        self.forked_at: int | None = None

    @property
    def id(self) -> str:
        """Give the room's id."""
        return self.conductor.room.lease.stream

    @property
    def state(self) -> State:
        """Give the room's state (read only)."""
        return self.conductor.room.state

    def listen(self, listener: Listener) -> None:
        """Hear each event once it is acknowledged, those of the opening first."""
        for event, record in self._opening:
            listener(event, record)
        self.conductor.room.listeners.append(listener)

    async def run(self, turns: int | None = None) -> None:
        """Run until the room rests (paused, ended), or for some turns; then keep a snapshot and let it go."""
        self._laboratory.run_inbox(self, running=True)
        try:
            await self.conductor.run(turns)
            await fork_asked_for(self._laboratory, self.conductor)
        finally:
            self._laboratory.run_inbox(self, running=False)
            await park(self.conductor.room)

    async def stream(self, turns: int | None = None) -> AsyncGenerator[tuple[Event, Record]]:
        """Run the room and give its events as they are acknowledged; after each turn the room waits for its reader."""
        queue: asyncio.Queue[tuple[Event, Record] | None] = asyncio.Queue()
        self.conductor.between = queue.join
        self.listen(lambda event, record: queue.put_nowait((event, record)))

        async def run() -> None:
            try:
                await self.run(turns)
            finally:
                queue.put_nowait(None)

        task = asyncio.create_task(run())
        try:
            while (item := await queue.get()) is not None:
                yield item
                queue.task_done()
        finally:
            self.conductor.between = None
            if not task.done():
                task.cancel()
            await asyncio.gather(task, return_exceptions=not task.done() or task.cancelled())

    async def pause(self, *, now: bool = False) -> None:
        """Pause the room; the call in flight may finish unless `now`."""
        await self.conductor.change("paused", "person")
        if now:
            self.conductor.abort()
        self.conductor.wake()

    async def end(self, *, now: bool = False) -> None:
        """End the room; the call in flight may finish within `limits.drain_seconds`, unless `now`."""
        await self.conductor.change("draining", "person")
        if now:
            self.conductor.abort()
        else:
            self.conductor.drain()
        self.conductor.wake()

    async def release(self) -> None:
        """Let a room go that was never run."""
        await park(self.conductor.room)
