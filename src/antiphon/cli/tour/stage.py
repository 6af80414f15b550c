"""The stage of the tour: its pace, its narrator, and the two keys that a person has (space pauses, q leaves).

Acts run rooms and say what there is to say through it. It knows no act, and nothing of what is shown.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Self

from antiphon.cli.choosing import outlet
from antiphon.cli.columns import print_lines
from antiphon.cli.keyboard import Keyboard
from antiphon.cli.outlets import Outlet, on_terminal
from antiphon.cli.reading import at_pace
from antiphon.cli.telling import BLANK, Line
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.events import Event, MessageSaid, TurnEnded, TurnRequested
from antiphon.room.records import decode
from antiphon.runner.history import history

__all__ = ["DEMO", "Stage"]

DEMO = {"demo": "yes"}
"""Labels of the rooms that a tour leaves behind."""

_PAUSED = "paused: space goes on, q leaves"

_TURN = (TurnRequested, MessageSaid, TurnEnded)
"""Events of a turn; what it set going (a picture, say) may come later, and belongs to whatever is shown then."""


class Stage:
    """Is where a tour plays.

    Attributes:
        laboratory: opens its rooms.
        journal: where they are kept, as it was typed; None = the user's own.
        tint: whether its screens show how surprising words are.
        paced: whether a person reads along.
        rooms: act's name -> room's id, of what was shown so far.
        left: whether the person left with q.
    """

    def __init__(self, laboratory: Laboratory, journal: str | None, *, fast: bool, tint: bool = True) -> None:
        """Prepare; with `fast`, or where nobody looks on, nothing waits."""
        self.laboratory, self.journal = laboratory, journal
        self.tint = tint
        self.paced = not fast and on_terminal()
        self.rooms: dict[str, str] = {}
        self.left = False
        self._going = asyncio.Event()
        self._going.set()
        self._keyboard = Keyboard(lambda _: None, self._press)
        self._shown: Outlet | None = None
        self._task = asyncio.current_task()

    # -------------------------------------------------------------------------------- pace and keys

    def _press(self) -> None:
        keys, self._keyboard.text = self._keyboard.text, ""
        for key in keys:
            if key in {"q", "Q"} and self._task is not None and not self.left:
                self.left = True
                self._task.cancel()
            elif key == " ":
                self._pause()

    def _pause(self) -> None:
        """Stand still, or go on."""
        if not self._going.is_set():
            self._going.set()
            return
        self._going.clear()
        self.aside(_PAUSED)

    async def sleep(self, seconds: float) -> None:
        """Wait where a person reads along, for as long as they pause."""
        if self.paced:
            await asyncio.sleep(seconds)
            await self._going.wait()

    async def __aenter__(self) -> Self:
        """Take the keyboard, where there is one."""
        if self.paced:
            self._keyboard.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the keyboard back."""
        self._keyboard.close()

    # -------------------------------------------------------------------------------- what is said beside rooms

    def say(self, *texts: str | Line) -> None:
        """Print lines of our own, now; a text keeps its indent where it is wrapped, "" is an empty line."""
        print_lines([text if isinstance(text, Line) else _line(text) for text in texts])
        sys.stdout.flush()

    def aside(self, text: str) -> None:
        """Say something beside the room that is shown, or where none is."""
        if self._shown is not None and self._shown.live:
            self._shown.tell(text)
        else:
            self.say("", f"  {text}")

    async def title(self, number: int, title: str, *about: str) -> None:
        """Announce an act."""
        self.say(
            "", "", Line(((f"{number}/4  {title}", "bold"),)), *(Line(((text, "quiet"),), 5) for text in about), ""
        )
        await self.sleep(1 + 0.6 * len(about))

    # -------------------------------------------------------------------------------- rooms

    @asynccontextmanager
    async def screen(self, room: str) -> AsyncGenerator[Outlet]:
        """Show a room for a while, as it is shown by every other verb."""
        shown = self._shown = outlet(room, json=False, keyboard=self._keyboard, tint=self.tint, brief=True)
        try:
            async with shown:
                yield shown
        finally:
            self._shown = None

    async def show(self, session: Session, speed: float, *, messages: Collection[int] | None = None) -> None:
        """Run a room to where it rests, and show it at reading pace; "…" stands for what is left out.

        Args:
            session: the room.
            speed: times the pace at which most people read.
            messages: numbers (from 1) of the seats' messages that are shown; the others are said unseen. None = all.
        """
        hidden = False
        async with self.screen(session.id) as shown, aclosing(session.stream()) as events:
            async for event, record in events:
                if not shown.state.seq and event.seq > 1:
                    shown.remember(await self._before(session.id, event.seq))
                if messages is not None and isinstance(event.body, TurnRequested):
                    number = shown.state.messages + 1
                    if number > max(messages):
                        break
                    if number not in messages and not hidden:
                        self.aside("…")
                    hidden = number not in messages
                if hidden and isinstance(event.body, _TURN):
                    shown.remember([event], begins=True)
                else:
                    await at_pace(shown, event, record, speed if self.paced else 0, sleep=self.sleep)
            async for _ in events:
                pass

    async def _before(self, room: str, seq: int) -> list[Event]:
        return [decode(record) for record in await history(self.laboratory.journal, room) if record.seq < seq]


def _line(text: str) -> Line:
    words = text.lstrip(" ")
    return Line(((words, ""),), len(text) - len(words)) if words else BLANK
