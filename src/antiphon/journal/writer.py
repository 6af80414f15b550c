"""The one thread of a process that writes to a SQLite journal: it groups what waits into one commit.

A commit costs the same for one row as for a thousand. While a commit runs, or for `LINGER` when the last one served
several rooms, writes gather; then every room's fence and head are checked, what is stale is refused alone, the rest
lands together, and each event loop is told once. Whatever goes wrong with the disk, nobody waits for ever.
It knows no event: rows come ready to be stored.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from antiphon.errors import AntiphonError, Fenced, JournalError, Stale
from antiphon.journal.heads import Head
from antiphon.journal.schema import BUSY_SECONDS, connect

__all__ = ["Append", "Deed", "Writer"]

LINGER = 0.001
"""Seconds to wait for more writes when the last group held those of several rooms, again while more come in; one
room alone never waits."""

LINGERS = 5
"""How often to wait so: each turn waits for two commits, and beyond 5 ms a longer group saves little."""

IDLE = 0.5
"""Seconds without a write after which the search index is brought up to date."""

ROWS = 64
"""Rows in one statement: each statement gives the interpreter lock away once, and waits to get it back."""

_COLUMNS = 10
_INSERT = "INSERT INTO event (stream, seq, at, type, by, v, salt, body, digest, hash) VALUES "
_MOVE = """UPDATE room
    SET head_seq = new.column1, head_hash = new.column2, state = new.column3, counters = new.column4,
        changed_at = new.column5
    FROM (VALUES %s) AS new
    WHERE room.id = new.column6 AND room.stream = new.column7 AND room.fence = new.column8
        AND room.owner = new.column9 AND room.head_seq = new.column10 AND room.head_hash = new.column11"""
_MOVE_COLUMNS = 11


def _values(rows: int, columns: int) -> str:
    return ",".join(["(" + ",".join("?" * columns) + ")"] * rows)


_INSERTS = {rows: _INSERT + _values(rows, _COLUMNS) for rows in (ROWS, 8, 1)}
_MOVES = {rows: _MOVE % _values(rows, _MOVE_COLUMNS) for rows in (ROWS, 8, 1)}
"""Rows -> the statement that takes as many; few sizes, so that SQLite prepares each once."""

Row: TypeAlias = tuple[Any, ...]  # Any: what SQLite takes
Work: TypeAlias = Callable[[sqlite3.Connection], Any]  # Any: the deed's own result


_LOCKED = 0.02
"""Seconds between two tries at a journal that another process holds for a moment."""


class _Job:
    """Is something to be done, and who waits for it."""

    __slots__ = ("future", "loop", "why")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.why: BaseException | None = None


class Append(_Job):
    """Is one write: rows of one room, and where that room must stand for them.

    `move` fills `_MOVE`; `names` are (blob, stream, seq); `done` are ids of requests.
    """

    __slots__ = ("done", "head", "move", "names", "records", "rows", "stream")

    def __init__(self, head: Head, records: Sequence[Any], rows: list[Row], move: Row) -> None:
        """Take a write as it shall be stored; `records` is what the waiting one gets."""
        super().__init__()
        self.head, self.records, self.rows, self.move = head, records, rows, move
        self.stream: str = move[6]
        self.names: Sequence[Row] = ()
        self.done: tuple[str, ...] = ()


class Deed(_Job):
    """Is anything else that writes; `alone` = not inside a transaction of the writer's."""

    __slots__ = ("alone", "result", "work")

    def __init__(self, work: Work, *, alone: bool = False) -> None:
        """Take what shall be done with the writer's connection."""
        super().__init__()
        self.work, self.alone, self.result = work, alone, None


class Writer:
    """Owns the thread, its queue and its connection."""

    def __init__(self, path: Path, idle: Callable[[sqlite3.Connection], bool]) -> None:
        """Start; `idle` is called in quiet moments, and says whether it wants to be called again."""
        self._path, self._idle = path, idle
        self._connection = connect(path)
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._busy = False
        self._thread = threading.Thread(target=self._serve, name=f"journal {path.name}", daemon=True)
        self._thread.start()

    def put(self, job: _Job) -> asyncio.Future[Any]:
        """Queue a job; its future is settled once it is durable, or refused."""
        self._queue.put(job)
        return job.future

    def stop(self) -> None:
        """Finish what is queued, then end the thread and close the connection."""
        self._queue.put(None)
        self._thread.join()

    # ------------------------------------------------------------------------------------ the thread

    def _serve(self) -> None:
        jobs: list[_Job | None] = []
        several, idle = False, True
        while None not in jobs:
            jobs = self._take(several=several, idle=idle)
            if not jobs:
                idle = self._rest()
                continue
            idle = True
            rooms = {job.stream for job in jobs if isinstance(job, Append)}
            several = len(rooms) > 1
            self._carry_out([job for job in jobs if job is not None])
        self._connection.close()

    def _take(self, *, several: bool, idle: bool) -> list[_Job | None]:
        """Wait for a job, and gather those that come with it; nothing when the wait was long enough to rest."""
        try:
            jobs = [self._queue.get(timeout=IDLE if idle else None)]
        except Empty:
            return []
        if several:
            self._linger()
        jobs += [self._queue.get() for _ in range(self._queue.qsize())]
        return jobs

    def _linger(self) -> None:
        """Wait while other rooms' writes come in: stored together, they cost a commit less each."""
        waiting = -1
        for _ in range(LINGERS):
            if self._queue.qsize() <= waiting:
                return
            waiting = self._queue.qsize()
            time.sleep(LINGER)

    def _rest(self) -> bool:
        """Use the quiet; failing there harms nobody, and the next search tries again."""
        try:
            return self._idle(self._connection)
        except sqlite3.Error:
            self._roll_back()
            return False

    def _carry_out(self, jobs: list[_Job]) -> None:
        """Do jobs in their order, as few transactions as possible."""
        group: list[_Job] = []
        for job in jobs:
            if isinstance(job, Deed) and job.alone:
                self._commit(group)
                group = []
                self._do_alone(job)
            else:
                group.append(job)
        self._commit(group)

    def _do_alone(self, job: Deed) -> None:
        try:
            job.result = job.work(self._connection)
        except Exception as error:  # noqa: BLE001 - the thread is the boundary: whoever waits is told
            self._roll_back()
            job.why = _told(error, self._path)
        _settle([job])

    def _commit(self, jobs: list[_Job]) -> None:
        """Do jobs in one transaction; when one of them spoils it, each by itself."""
        if not jobs:
            return
        try:
            self._begin()
            self._store(jobs)
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - the thread is the boundary: whoever waits is told
            self._roll_back()
            if len(jobs) > 1 and not isinstance(error, sqlite3.OperationalError):
                for job in jobs:
                    self._commit([job])
                return
            for job in jobs:
                job.why = job.why or _told(error, self._path)
        _settle(jobs)

    def _begin(self) -> None:
        """Begin a transaction.

        While another process's log is being recovered or emptied, SQLite answers "locked" at once, whatever its
        time-out; that takes moments, so it is tried again.
        """
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(_LOCKED)
            else:
                return

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _store(self, jobs: list[_Job]) -> None:
        appends: dict[str, Append] = {}
        for job in jobs:
            job.why = None
            if isinstance(job, Append):
                if job.stream in appends:  # two of one room: the second stands on the first
                    self._append(list(appends.values()))
                    appends = {}
                appends[job.stream] = job
            elif isinstance(job, Deed):
                self._append(list(appends.values()))
                appends = {}
                self._do(job)
        self._append(list(appends.values()))

    def _append(self, jobs: list[Append]) -> None:
        """Store writes of different rooms; what is stale or fenced is refused alone."""
        sound = [job for job in jobs if not job.head.broken]
        execute = self._connection.execute
        execute("SAVEPOINT moves")
        if len(sound) < len(jobs) or self._move(sound) < len(sound):
            execute("ROLLBACK TO moves")
            sound = [job for job in jobs if self._moves_alone(job)]
        execute("RELEASE moves")
        rows = [row for job in sound for row in job.rows]
        for start, stop in _chunks(len(rows)):
            execute(_INSERTS[stop - start], [value for row in rows[start:stop] for value in row])
        names = [name for job in sound for name in job.names]
        if names:
            self._connection.executemany("INSERT OR IGNORE INTO naming VALUES (?, ?, ?)", names)
        done = [(request,) for job in sound for request in job.done]
        if done:
            self._connection.executemany("DELETE FROM inbox WHERE id = ?", done)

    def _move(self, jobs: Sequence[Append]) -> int:
        """Move the heads of rooms that stand where their writes expect them; tells how many."""
        moved = 0
        for start, stop in _chunks(len(jobs)):
            values = [value for job in jobs[start:stop] for value in job.move]
            moved += self._connection.execute(_MOVES[stop - start], values).rowcount
        return moved

    def _moves_alone(self, job: Append) -> bool:
        if not job.head.broken and self._move([job]) == 1:
            return True
        job.why = self._refusal(job)
        job.head.broken = True
        return False

    def _do(self, job: Deed) -> None:
        """Do a deed inside the transaction; refused, it leaves no trace in it."""
        self._connection.execute("SAVEPOINT deed")
        try:
            job.result = job.work(self._connection)
        except AntiphonError as refused:
            self._connection.execute("ROLLBACK TO deed")
            job.why = refused
        self._connection.execute("RELEASE deed")

    def _refusal(self, job: Append) -> JournalError:
        """Say why a room does not stand where a write expects it."""
        stream, (fence, owner, expected) = job.stream, job.move[7:10]
        found = self._connection.execute(
            "SELECT fence, owner, head_seq FROM room WHERE stream = ?", (stream,)
        ).fetchone()
        if found is None:
            return Fenced(f"room {stream} was deleted")
        if (found[0], found[1]) != (fence, owner):
            return Fenced(f"room {stream} was taken by another owner: its fence is {found[0]}, not {fence}")
        return Stale(f"room {stream} stands at seq {found[2]}, not at {expected}")


def _chunks(count: int) -> Iterator[tuple[int, int]]:
    """Cut a number of rows into pieces that there are statements for."""
    start = 0
    for size in _INSERTS:
        while count - start >= size:
            yield start, start + size
            start += size


def _told(error: Exception, path: Path) -> Exception:
    """Put a failure of the disk into words for whoever waits; never with what was to be stored."""
    if isinstance(error, AntiphonError):
        return error
    what = str(error) if isinstance(error, sqlite3.Error | OSError) else type(error).__name__
    told = JournalError(f"{path}: nothing was stored: {what}")
    told.__cause__ = error
    return told


def _settle(jobs: list[_Job]) -> None:
    """Tell each event loop once what became of its jobs."""
    loops: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        if job.why is not None and isinstance(job, Append):
            job.head.broken = True
        loops.setdefault(job.loop, []).append(job)
    for loop, its in loops.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, its)


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():  # cancelled
            continue
        if job.why is not None:
            job.future.set_exception(job.why)
        else:
            job.future.set_result(job.records if isinstance(job, Append) else job.result)  # type: ignore[attr-defined]
