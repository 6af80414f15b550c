"""Gaps: the places in a room's life where a process may die, by name, and a journal that springs a trap there.

For drills: a trap names a gap and how often it is reached before it springs; by default it kills its own process as
`kill -9` would, so that nothing is tidied up. It knows no room; what a speaker streams is reported by whoever listens.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from antiphon.journal.sqlite import SqliteJournal, _Parts
from antiphon.room.events import CommandRan, EffectEnded, RoomOpened, TurnEnded, TurnRequested
from antiphon.room.journals import Record, Write

__all__ = ["GAPS", "Gap", "Trap", "TrappedJournal", "die"]

Gap: TypeAlias = Literal[
    "before the opening",
    "before the request",
    "after the request",
    "in mid-stream",
    "before the reply",
    "picture pending",
    "picture painted",
    "inside a grouped commit",
    "after a grouped commit",
]
"""Where a process may die: between a room's claim and its first event; around `turn.requested`; while a seat speaks;
before its reply is stored; between a picture's order and its coming; while one transaction holds several rooms."""

GAPS: tuple[Gap, ...] = get_args(Gap)

SEVERAL = 2
"""Rooms in one transaction from which on a commit is a grouped one."""


def die() -> None:
    """Kill this process as `kill -9` does: no handler runs, no buffer is written, no lock is given back by us."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Trap:
    """Springs when its gap is reached for the nth time, once; thread-safe, since the writer is a thread."""

    def __init__(self, gap: Gap, nth: int = 1, spring: Callable[[], object] = die) -> None:
        """Wait for the `nth` time that `gap` is reached; then call `spring`."""
        self.gap, self.left = gap, nth
        self._spring = spring
        self._lock = threading.Lock()

    def reach(self, gap: Gap) -> None:
        """Tell that a gap is reached."""
        with self._lock:
            self.left -= gap == self.gap
            springs = gap == self.gap and self.left == 0
        if springs:
            self._spring()


class TrappedJournal(SqliteJournal):
    """Is the real journal, every write of which passes the trap on its way in and out."""

    def __init__(self, path: Path | str, trap: Trap) -> None:
        """Name the file and set the trap."""
        super().__init__(path)
        self._trap = trap

    @property
    def _parts(self) -> _Parts:
        """Open as ever, and stand between the writer's thread and its connection."""
        fresh = self._opened is None
        parts = super()._parts
        if fresh:
            writer = parts.writer
            writer._connection = _Watched(writer._connection, self._trap)  # type: ignore[assignment]  # noqa: SLF001 - a drill reaches into what it breaks
        return parts

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Store one write, passing the gaps before and after it."""
        for gap in _before(write):
            self._trap.reach(gap)
        stored = await super().append(write)
        for gap in _after(write):
            self._trap.reach(gap)
        return stored


def _before(write: Write) -> Iterable[Gap]:
    """Name the gaps that lie before a write is stored."""
    for event in write.events:
        match event.body:
            case RoomOpened():
                yield "before the opening"
            case TurnRequested():
                yield "before the request"
            case TurnEnded():
                yield "before the reply"
            case EffectEnded(kind="image"):
                yield "picture painted"
            case _:
                pass


def _after(write: Write) -> Iterable[Gap]:
    """Name the gaps that lie between a stored write and whoever waits for it."""
    for event in write.events:
        match event.body:
            case TurnRequested():
                yield "after the request"
            case CommandRan(outcome="pending"):
                yield "picture pending"
            case _:
                pass


class _Watched:
    """Stands in for the writer's connection, and sees each transaction end."""

    def __init__(self, connection: sqlite3.Connection, trap: Trap) -> None:
        self._connection, self._trap = connection, trap
        self._last = self._newest()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a connection has
        return getattr(self._connection, name)

    def execute(self, statement: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:  # Any: what SQLite takes
        """Carry a statement out; around the COMMIT of several rooms lie two gaps."""
        grouped = statement == "COMMIT" and self._rooms() >= SEVERAL
        if grouped:
            self._trap.reach("inside a grouped commit")
        cursor = self._connection.execute(statement, values)  # type: ignore[arg-type]  # the writer's own values
        if grouped:
            self._trap.reach("after a grouped commit")
        return cursor

    def _rooms(self) -> int:
        """Count the rooms whose events this transaction holds."""
        query = "SELECT count(DISTINCT stream) FROM event WHERE id > ?"
        found: int = self._connection.execute(query, (self._last,)).fetchone()[0]
        self._last = self._newest()
        return found

    def _newest(self) -> int:
        found: int = self._connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0]
        return found
