"""Runs rooms in this process: each has a task, all tasks have one parent that waits, and leaving pauses them.

It knows sessions and no request.
"""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from antiphon.errors import AntiphonError, NotAllowed
from antiphon.library.session import Session
from antiphon.room.contracts import Record
from antiphon.room.events import Event, TurnEnded
from antiphon.runner.boundary import boundary
from antiphon.web.live import Live
from antiphon.web.people import People

__all__ = ["Hosting"]

_log = logging.getLogger("antiphon.web")

PATIENCE = 10.0
"""Seconds that calls in flight may take to finish when the server stops; then they are cut."""


class Hosting:
    """Is the rooms of this process.

    Attributes:
        sessions: by room.
        troubles: why a room that ran here stopped running although nobody wanted it to, by room.
    """

    def __init__(self, live: Live, people: People) -> None:
        """Tell `live` what is said while it is said; a call that waits for one of `people` is cut at the end."""
        self.sessions: dict[str, Session] = {}
        self.troubles: dict[str, str] = {}
        self._live, self._people = live, people
        self._group = asyncio.TaskGroup()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closing = False
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def __aenter__(self) -> Self:
        """Begin to host."""
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Pause every room, let calls in flight finish for a while, then cut them."""
        self._closing = True
        await self._pause_all(now=False)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._quiet.wait()
        except TimeoutError:
            await self._pause_all(now=True)
        await self._group.__aexit__(kind, error, trace)

    async def _pause_all(self, *, now: bool) -> None:
        for session in list(self.sessions.values()):
            await session.pause(now=now or bool(self._people.waiting(session.id)))

    # ------------------------------------------------------------------------------ running

    async def start(self, session: Session, *, turns: int | None = None) -> None:
        """Run a room until it rests, or until some turns have ended and it is paused; returns when it has begun.

        Raises:
            NotAllowed: when the server is stopping.
        """
        if self._closing:
            raise NotAllowed("the server is stopping; the room stays paused")
        room = session.id
        self.sessions[room] = session
        self._quiet.clear()
        self.troubles.pop(room, None)
        session.conductor.chunks = lambda seat, text: self._live.chunk(room, seat, text)
        session.listen(self._acknowledged)
        if turns is not None:
            session.conductor.between = _Turns(session, turns).count
        self._tasks[room] = self._group.create_task(self._run(session), name=f"room {room}")
        await asyncio.sleep(0)  # from here on requests reach it

    async def settled(self, room: str, *, running: bool) -> None:
        """Wait until a room that is being let go is let go; one that is `running` is not waited for."""
        if (task := self._tasks.get(room)) is not None and not running:
            await asyncio.wait([task])

    def _acknowledged(self, event: Event, _: Record) -> None:
        if isinstance(event.body, TurnEnded):
            self._live.hush(event.stream)
        self._live.nudge()

    async def _run(self, session: Session) -> None:
        room = session.id
        try:
            with boundary(f"room {room}"):  # one room's bug must not stop the others; its events are safe
                await session.run()
        except AntiphonError as error:
            self.troubles[room] = str(error)
            _log.error("room %s stopped: %s", room, error, exc_info=error.__cause__)
        finally:
            self.sessions.pop(room, None)
            self._tasks.pop(room, None)
            if not self.sessions:
                self._quiet.set()
            self._live.hush(room)
            self._live.touch(room)


class _Turns:
    """Pauses a room after so many turns."""

    def __init__(self, session: Session, turns: int) -> None:
        self._session, self._left = session, turns

    async def count(self) -> None:
        """Count one turn."""
        self._left -= 1
        if self._left <= 0:
            await self._session.pause()
