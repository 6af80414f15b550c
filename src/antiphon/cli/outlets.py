"""What it takes to show a room that runs: the Protocol that the live screen, plain lines and JSON lines fill.

An outlet is told events only once they were acknowledged. It knows no laboratory and carries nothing out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from antiphon.room.contracts import Record
from antiphon.room.events import Event
from antiphon.room.state import State

__all__ = ["Outlet", "Typed", "on_terminal"]

Typed: TypeAlias = Callable[[str], Awaitable[None]]
"""Carries out a line that a person typed."""


class Outlet(Protocol):
    """Shows one room."""

    live: bool

    @property
    def state(self) -> State:
        """Give the room after the last event shown."""
        ...

    def remember(self, events: Sequence[Event], *, begins: bool = False) -> None:
        """Take in what happened before; say which room this is, unless it only `begins` now."""
        ...

    async def show(self, event: Event, record: Record) -> None:
        """Show an acknowledged event."""
        ...

    def chunk(self, seat: str, text: str) -> None:
        """Show text as it streams."""
        ...

    def tell(self, text: str) -> None:
        """Say something beside the room, now."""
        ...

    def close_with(self, lines: Sequence[str]) -> None:
        """Say the last words, after everything else."""
        ...

    async def ask(self, who: str) -> str | None:
        """Ask the person at the keyboard for what `who` says; None = nothing."""
        ...

    async def __aenter__(self) -> Self:
        """Begin."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the console as it was found."""
        ...


def on_terminal() -> bool:
    """Tell whether a person looks at standard output and a live screen can be drawn there."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") != "dumb"
