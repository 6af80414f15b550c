"""Performs what a settled turn left pending (pictures), beside the conversation; each result is its own later event.

An effect met at resume is performed again: at least once, and visible.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from antiphon.errors import JournalError, ProviderFailure
from antiphon.room.contracts import Painter
from antiphon.room.events import CommandRan, EffectEnded, Fault
from antiphon.runner.boundary import boundary
from antiphon.runner.cast import Cast
from antiphon.runner.owned import OwnedRoom

__all__ = ["Effects"]

_SECONDS = 300.0
"""The longest a picture may take; image endpoints queue, and a room that waits for ever is no room."""


class Effects:
    """Holds the effects under way of one room."""

    def __init__(self, room: OwnedRoom, cast: Cast, wake: Callable[[], None]) -> None:
        """Perform for `room`; `wake` is called whenever one has ended."""
        self._room, self._cast, self._wake = room, cast, wake
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._painter: Painter | None = None
        self._broken: JournalError | None = None

    def check(self) -> None:
        """Raise what the journal said when a result could not be kept: the room must be let go."""
        if self._broken is not None:
            raise self._broken

    def restart(self) -> None:
        """Start every pending effect that is not under way."""
        for effect, command in self._room.state.effects.items():
            if effect not in self._tasks:
                self._tasks[effect] = asyncio.create_task(self._perform(effect, command))

    async def _perform(self, effect: str, command: CommandRan) -> None:
        try:
            body = await self._paint(effect, command)
            if effect in self._room.state.effects:
                self._room.take("runner", body)
                await self._room.flush()
        except JournalError as error:
            self._broken = error
            raise
        finally:
            self._wake()

    async def _paint(self, effect: str, command: CommandRan) -> EffectEnded:
        description = str(command.args.get("text", ""))
        known = {"effect": effect, "kind": "image", "seat": command.seat, "prompt": description}
        try:
            with boundary(f"painter {self._room.state.scenario.pictures.painter}"):
                async with asyncio.timeout(_SECONDS):
                    if self._painter is None:
                        self._painter = self._cast.painter(self._room.state.scenario.pictures)
                    picture = await self._painter.paint(description, int(command.args.get("variant", 0)))
        except ProviderFailure as failure:
            fault = Fault(kind=failure.kind, message=failure.message, status=failure.status)
            return EffectEnded(**known, failed=fault)  # type: ignore[arg-type]  # the four common fields
        blob = await self._room.journal.put_blob(picture.data, picture.mime)
        return EffectEnded(**known, blob=blob, caption=picture.caption, cost=picture.cost)  # type: ignore[arg-type]

    async def give_up(self) -> None:
        """End what is still under way as failed: an ending room has waited long enough."""
        for effect, command in list(self._room.state.effects.items()):
            fault = Fault(kind="timeout", message="the room ended before it was done")
            body = EffectEnded(effect=effect, kind="image", seat=command.seat, failed=fault)
            self._room.take("runner", body)
        await self._room.flush()

    async def close(self) -> None:
        """Stop what is under way; it stays pending in the journal and is performed at resume."""
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            if not task.done():
                task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result
