"""A room as one object: open it, iterate over its events, run it without asyncio, fork it, export it.

    room = antiphon.open("dyad", seats=["echo", "listener"], journal="memory:")
    room.run_sync()
    for message in room.messages():
        print(message.label, message.text)

Between calls nothing is held open but a journal in memory; a room in a file can be taken up by any process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar, Unpack

from msgspec import Struct

from antiphon.assembly import open_journal
from antiphon.errors import NotAllowed, UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import Spending
from antiphon.library.policies import BY_DEFAULT, Chosen
from antiphon.library.session import Session
from antiphon.room.contracts import Journal
from antiphon.room.events import Event, MessageSaid, SeatChanged, SeatJoined
from antiphon.room.flags import Flag
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.state import fold
from antiphon.runner.history import history

__all__ = ["Message", "Room", "open_room", "run_now"]

T = TypeVar("T")
Begin: TypeAlias = Callable[[Laboratory], Awaitable[Session]]


class Message(Struct, frozen=True):
    """Is one message as people read it.

    Attributes:
        index: 0-based among the room's messages.
        seq: sequence number of its event.
        seat: the seat's id, or None when a person spoke.
        label: the name shown at that time.
        text: as it was said.
        at: RFC 3339 time; "unknown" for imported messages without one.
    """

    index: int
    seq: int
    seat: str | None
    label: str
    text: str
    at: str


def open_room(
    scenario: str | Path | Scenario,
    *,
    seats: Sequence[str | SeatPlan] = (),
    journal: str | Journal | None = None,
    seed: int | None = None,
    latency: tuple[float, float] | None = None,
    policy: Chosen = None,
    **ceilings: Unpack[Spending],
) -> Room:
    """Plan a room; it is opened by the first call that runs it.

    Args:
        scenario: a shipped scenario's name, a TOML file's path, or a Scenario.
        seats: models in order (they replace the line-up), or "AI-2=MODEL" for single seats.
        journal: a path, "memory:", or an open journal; None = the user's own.
        seed: of everything that is drawn; None = a fresh one.
        latency: seconds (least, most) that builtin voices wait.
        policy: what the monitor goes by: a name, a TOML file, a Policy, "none"; None = the scenario's, else careful.
        ceilings: messages, tokens, money.

    Raises:
        UserError: when the seed is no whole number; for the rest once the room is opened.

    Example:
        >>> room = open_room("dyad", seats=["echo", "listener"], journal="memory:", seed=7)
        >>> len(room.run_sync(turns=3).messages()) >= 3
        True
    """
    if seed is not None and not isinstance(seed, int):
        raise UserError(f"a seed is a whole number, not {seed!r}")

    async def begin(laboratory: Laboratory) -> Session:
        plan = laboratory.scenario(scenario, seats)
        return await laboratory.begin(plan, seed=seed, policy=policy or plan.policy or BY_DEFAULT, **ceilings)

    return Room(begin, journal, latency=latency)


class Room:
    """Is one room, wherever it is kept.

    Attributes:
        id: the room's id; "" before it was opened.
    """

    def __init__(
        self, begin: Begin, journal: str | Journal | None, *, id_: str = "", latency: tuple[float, float] | None = None
    ) -> None:
        """Hold how the room begins (used once) and where it is kept."""
        self.id = id_
        self._begin = begin
        self._journal = open_journal(journal) if journal in {"memory:", ":memory:"} else journal
        self._latency = latency

    @classmethod
    def kept(cls, room: str, journal: str | Journal | None = None) -> Self:
        """Give a room that a journal keeps already, by its id."""

        async def resume(laboratory: Laboratory) -> Session:
            return await laboratory.resume(room)

        return cls(resume, journal, id_=room)

    def _laboratory(self) -> Laboratory:
        return Laboratory(self._journal, latency=self._latency)

    async def _session(self, laboratory: Laboratory) -> Session:
        session = await (laboratory.resume(self.id) if self.id else self._begin(laboratory))
        self.id = session.id
        return session

    # -------------------------------------------------------------------------------- running

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Run the room and give each event once it is acknowledged, those of its opening included."""
        async with self._laboratory() as laboratory:
            session = await self._session(laboratory)
            async for event, _ in session.stream():
                yield event

    async def run(self, turns: int | None = None) -> Self:
        """Run until the room rests, or for some turns.

        Raises:
            UserError: when `turns` is negative.
        """
        if turns is not None and turns < 0:
            raise UserError(f"a room runs for 0 turns or more, not {turns}")
        async with self._laboratory() as laboratory:
            session = await self._session(laboratory)
            await session.run(turns)
        return self

    def run_sync(self, turns: int | None = None) -> Self:
        """Run without asyncio; works inside a notebook too, where a loop is running already."""
        return run_now(self.run(turns))

    # -------------------------------------------------------------------------------- reading

    async def read(self) -> list[Event]:
        """Give all events of the room, its parents' prefixes included, oldest first."""
        await self._opened()
        async with self._laboratory() as laboratory:
            return [decode(record) for record in await history(laboratory.journal, self.id)]

    def events(self) -> list[Event]:
        """Give all events, without asyncio."""
        return run_now(self.read())

    def messages(self) -> list[Message]:
        """Give what was said, whispers left out, oldest first."""
        return messages_of(self.events())

    def flags(self) -> list[Flag]:
        """List what the monitor found and how it stands, the first raised first."""
        return list(fold(self.id, self.events()).flags.values())

    def export(self, form: str = "markdown") -> bytes:
        """Write the room in one of the formats: markdown, classic, html, jsonl."""
        from antiphon.library.transcripts import export

        async def write() -> bytes:
            await self._opened()
            async with self._laboratory() as laboratory:
                return (await export(laboratory, self.id, form)).data

        return run_now(write())

    async def _opened(self) -> None:
        if self.id:
            return
        async with self._laboratory() as laboratory:
            session = await self._session(laboratory)
            await session.release()

    # -------------------------------------------------------------------------------- changing

    def say(self, text: str, person: str = "you") -> Self:
        """Speak in the room as a person.

        Raises:
            UserError: when there is nothing to say.
        """
        if not text.strip():
            raise UserError("there is nothing to say; give a text")
        return self._ask("say", by=f"person:{person}", text=text)

    def pause(self) -> Self:
        """Pause the room."""
        return self._ask("pause")

    def end(self) -> Self:
        """End the room."""
        return self._ask("end")

    def ack(self, flag: str, verdict: str = "acknowledged", *, reason: str = "", person: str = "you") -> Self:
        """Say what somebody thinks of a flag, also after the room has ended.

        Args:
            flag: its id, or a beginning of it that no other flag of the room has.
            verdict: acknowledged, monitoring, resolved, false or open.
            reason: why, for whoever reads it later.
            person: who says so.

        Raises:
            UserError: when there is no such flag or verdict.
        """
        return self._ask("ack", by=f"person:{person}", flag=flag, verdict=verdict, reason=reason)

    def _ask(self, verb: str, by: str = "person:you", **arguments: Any) -> Self:  # Any: as the verb says
        async def ask() -> None:
            await self._opened()
            async with self._laboratory() as laboratory:
                await laboratory.ask(self.id, verb, by=by, **arguments)

        run_now(ask())
        return self

    def fork(
        self,
        at: int | None = None,
        *,
        seats: Sequence[str] = (),
        change: Callable[[Scenario], Scenario] = lambda scenario: scenario,
        same_chance: bool = False,
        policy: Chosen = None,
        **ceilings: Unpack[Spending],
    ) -> Room:
        """Plan a room that shares this one's events up to `at` (None: its last settled turn).

        Args:
            at: a sequence number; inside a turn it means the settled turn before it.
            seats: "AI-2=MODEL" for seats that another model shall voice.
            change: gives the fork's scenario from this one's.
            same_chance: draw the same numbers as this room.
            policy: what the fork's monitor goes by, "none" = nobody watches; None = as here.
            ceilings: messages, tokens, money of the fork alone.

        Raises:
            NotAllowed: when this room was never opened.
        """
        if not self.id:
            raise NotAllowed("a room that was never run has nothing to fork; run it first")
        parent = self.id

        async def begin(laboratory: Laboratory) -> Session:
            return await laboratory.fork(
                parent, at=at, seats=seats, change=change, same_chance=same_chance, policy=policy, **ceilings
            )

        return Room(begin, self._journal, latency=self._latency)

    def __repr__(self) -> str:
        return f"<antiphon.Room {self.id or 'not yet opened'}>"


def messages_of(events: Sequence[Event]) -> list[Message]:
    """Gather what was said from events, with the names shown at that time."""
    labels: dict[str, str] = {}
    found: list[Message] = []
    for event in events:
        body = event.body
        if isinstance(body, SeatJoined):
            labels[body.seat] = body.label
        elif isinstance(body, SeatChanged) and body.what == "label":
            labels[body.seat] = str(body.after)
        elif isinstance(body, MessageSaid) and not body.whisper:
            label = labels.get(body.seat, body.seat) if body.seat else body.person or ""
            found.append(Message(len(found), event.seq, body.seat, label, body.text, body.said_at or event.at))
    return found


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in a thread of its own when this one runs a loop already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    result: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
            failure.append(error)

    thread = threading.Thread(target=run, name="antiphon-run-sync")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]
