"""Turns signals into pauses: the first lets the call in flight finish, the second cuts it, the third gives up.

It knows a session only as what can be paused.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from antiphon.library.session import Session

__all__ = ["Interrupts"]

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""What asks a program to stop, by system: ctrl-c, `kill`, a closed window, ctrl-break."""
_GIVE_UP = 3
"""The interrupt that ends the program although the call in flight could not be cut."""


class Interrupts:
    """Listens to signals while a room runs, and restores what listened before."""

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        """Pause `session`; `tell` says so to whoever pressed the keys."""
        self._session, self._tell = session, tell
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._main = asyncio.current_task()
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Self:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
            self._before[number] = signal.getsignal(number)
            try:
                loop.add_signal_handler(number, self.press)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.press))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the signals do what they did before."""
        loop = asyncio.get_running_loop()
        for number, before in self._before.items():
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.remove_signal_handler(number)
            signal.signal(number, before)
        for task in self._tasks:
            task.cancel()

    def press(self) -> None:
        """Take in one signal."""
        self._count += 1
        if self._count >= _GIVE_UP:
            if self._main is not None:
                self._main.cancel()
            return
        now = self._count > 1 or self._waits_for_a_person()
        if self._session.conductor.calling and not now:
            self._tell("pausing; ctrl-c again cuts short what is being said")
        task = asyncio.get_running_loop().create_task(self._pause(now=now))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _waits_for_a_person(self) -> bool:
        """Tell whether the call in flight is a person who may think for ever."""
        state = self._session.state
        seat = state.seats.get(state.open_turn.seat) if state.open_turn is not None else None
        return seat is not None and seat.provider == "human"

    async def _pause(self, *, now: bool) -> None:
        await self._session.pause(now=now)
        self._session.conductor.wake()
