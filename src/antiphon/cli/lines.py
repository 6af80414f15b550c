"""A room as lines: plain ones for people and pipes, or one JSON event a line for programs.

Not a single control code is written. It knows no laboratory.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from antiphon.cli.keyboard import piped_line
from antiphon.cli.styles import fitting
from antiphon.cli.telling import BLANK, Line, Teller
from antiphon.room.contracts import Record
from antiphon.room.events import Event, TurnRequested
from antiphon.room.records import line as json_line
from antiphon.room.state import State

__all__ = ["JsonOutlet", "PlainOutlet", "plain"]


def plain(line: Line) -> str:
    """Give a line as a console without colours shows it."""
    return fitting(line.text, sys.stdout.encoding or "utf-8")


async def write(data: str) -> None:
    """Write to standard output and flush, without holding up the room when the reader is slow."""

    def now() -> None:
        sys.stdout.write(data)
        sys.stdout.flush()

    await asyncio.to_thread(now)


class _Lines:
    """Is what both outlets without a screen share."""

    live = False

    def __init__(self, room: str, *, brief: bool = False) -> None:
        self.teller = Teller(room, brief=brief)

    @property
    def state(self) -> State:
        return self.teller.state

    def remember(self, events: Sequence[Event], *, begins: bool = False) -> None:  # noqa: ARG002 - nothing is said
        self.teller.remember(events)

    def chunk(self, seat: str, text: str) -> None:
        """Show nothing: a line is written when its message is whole."""

    def tell(self, text: str) -> None:
        print(fitting(text, sys.stderr.encoding or "utf-8"), file=sys.stderr, flush=True)  # noqa: T201 - a command line

    async def ask(self, who: str) -> str | None:
        self.tell(f"{who}: your turn; an empty line passes")
        return await piped_line() or None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class PlainOutlet(_Lines):
    """Writes lines as a person reads them."""

    def __init__(self, room: str, *, announce: bool = False, brief: bool = False) -> None:
        """Show `room`; with `announce`, say who is about to speak; `brief`: without seeds and hashes."""
        super().__init__(room, brief=brief)
        self._announce = announce

    def remember(self, events: Sequence[Event], *, begins: bool = False) -> None:
        """Take in what happened before, and write which room this is."""
        super().remember(events)
        if events and not begins:
            sys.stdout.writelines(plain(line) + "\n" for line in self.teller.heading())

    async def show(self, event: Event, record: Record) -> None:  # noqa: ARG002 - the outlet's signature
        """Write what is to be read of the event."""
        lines = self.teller.tell(event)
        if self._announce and isinstance(event.body, TurnRequested):
            lines = [BLANK, Line(((f"{event.body.seat} is speaking", "quiet"),), 2)]
        if lines:
            await write("".join(plain(line).rstrip() + "\n" for line in lines))

    def close_with(self, lines: Sequence[str]) -> None:
        """Write the last words."""
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write("\n" + "".join(fitting(line, encoding) + "\n" for line in lines))
        sys.stdout.flush()


class JsonOutlet(_Lines):
    """Writes each event as one line of our JSONL; everything else goes to standard error."""

    async def show(self, event: Event, record: Record) -> None:
        """Write the event exactly as it is stored."""
        self.teller.remember([event])
        await asyncio.to_thread(_raw, json_line(record) + b"\n")

    def close_with(self, lines: Sequence[str]) -> None:
        """Write the last words, where no program reads them."""
        for line in lines:
            self.tell(line)


def _raw(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
