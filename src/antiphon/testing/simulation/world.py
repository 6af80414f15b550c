"""One world: rooms that processes run, take over and lose, people who ask things of them, and what must always hold.

A seed gives one world and no other. After `MISHAPS` virtual seconds nothing goes wrong any more, and every room must
come to rest; then the storage is compared with what was promised on the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from msgspec import Struct

from antiphon.assembly import lookup
from antiphon.errors import AntiphonError, JournalError, ProviderFailure
from antiphon.journal.memory import MemoryJournal
from antiphon.measures.tokens import count
from antiphon.room.contracts import Allowance, Listen, Painter, Reply, Speaker
from antiphon.room.events import Event, Price, RoomOpened, TurnEnded, TurnRequested, Usage
from antiphon.room.journals import Request
from antiphon.room.models import Card, Models
from antiphon.room.records import decode, verify_chain
from antiphon.room.scenario import Ceilings, Pictures, Scenario, SeatPlan
from antiphon.room.seating import seat_body
from antiphon.room.state import Seat, fold
from antiphon.room.view import View
from antiphon.runner.conduct import Conductor
from antiphon.runner.opening import open_room, park, resume_room
from antiphon.runner.replay import replay
from antiphon.runner.requests import Inbox
from antiphon.testing.simulation.chance import Chance, Odds
from antiphon.testing.simulation.loop import Standstill, simulate
from antiphon.testing.simulation.process import Process, RemoteJournal
from antiphon.testing.simulation.server import LEASE, Server

__all__ = ["Bugs", "Found", "World", "world"]

MISHAPS = 600.0
"""Virtual seconds in which things go wrong."""

PATIENCE = 2 * 3600.0
"""Virtual seconds after which a room that has not come to rest never will."""

ROUNDS = 10
"""Rounds of a room: enough for crashes in the first turn, in the last and between."""

PLACES = 4
"""Rooms that a process runs at once: their writes then share statements."""

TOKENS = 20_000
"""Ceiling of a room, so that some rooms end by their rounds and some pause before."""

CALL = 3_000
"""Tokens that one call of these rooms sets aside at most: what a ceiling may be passed by when a call is lost."""

_PRICE = Price(input=1.0, output=2.0, source="simulated")


class Bugs(Struct, frozen=True, kw_only=True):
    """Plants bugs that a simulation must find: each False is one."""

    fenced: bool = True
    sorted_locks: bool = True
    renews: bool = True


class Found(Struct, frozen=True, kw_only=True):
    """Says what became of a world.

    Attributes:
        seed: which world.
        faults: what happened that never may; empty in a sound one.
        rooms: phase -> rooms at the end.
        events: stored.
        seconds: virtual seconds until every room rested.
        mishaps: by kind.
    """

    seed: int
    faults: tuple[str, ...]
    rooms: dict[str, int]
    events: int
    seconds: float
    mishaps: dict[str, int]


def world(seed: int, *, bugs: Bugs | None = None, odds: Odds | None = None) -> Found:
    """Live through one world."""
    made: list[World] = []

    async def live() -> None:
        made.append(World(seed, bugs or Bugs(), odds or Odds()))
        await made[0].live()

    try:
        simulate(live())
    except Standstill as still:
        made[0].server.faults.append(f"standstill: {still}")
    return made[0].found()


class _Voice:
    """Speaks after a while, or fails, or never answers."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002
        chance = self._process.chance
        if chance.strikes("hung"):
            await asyncio.sleep(10 * LEASE)
        await asyncio.sleep(chance.seconds(0.2, 6))
        await self._process.silence()
        if chance.strikes("failed"):
            raise ProviderFailure("unavailable", "the endpoint is down", attempts=3)
        words = 5 + chance.below(60)
        return Reply(text=f"word {chance.below(1000)} " * words, usage=Usage(input=len(view.body) // 4, output=words))


class _Cast:
    def __init__(self, process: Process) -> None:
        self._voice = _Voice(process)

    def speaker(self, seat: Seat, seed: int) -> Speaker:  # noqa: ARG002 - one voice for all
        return self._voice

    def painter(self, pictures: Pictures) -> Painter:
        raise NotImplementedError(pictures)


class World:
    """Is one world while it lives."""

    def __init__(self, seed: int, bugs: Bugs, odds: Odds) -> None:
        """Draw how many rooms and processes there are."""
        self.seed, self._bugs = seed, bugs
        self.chance = Chance(seed, odds)
        self.server = Server(sorted_locks=bugs.sorted_locks)
        self._god = MemoryJournal(self.server.store)  # sees the storage itself; owns nothing
        self.server.store.owners.clear()
        self._peers: dict[str, Process] = {}
        self._rooms = [f"room-{number}" for number in range(2 + self.chance.below(6))]
        self._asked: list[str] = []
        self._scenario = Scenario(
            name="world",
            seats=(SeatPlan(model="voice"), SeatPlan(model="voice")),
            rules={"when_it_ends": {"rounds": {"count": ROUNDS}}},
            ceilings=Ceilings(tokens=TOKENS, messages=40),
        )
        self._seconds = 0.0

    # ------------------------------------------------------------------------------------ what happens

    async def live(self) -> None:
        """Live until every room rests, or nothing will."""
        loop = asyncio.get_running_loop()
        loop.call_later(MISHAPS, self._calm)
        await self._begin()
        supervisors = [asyncio.create_task(self._supervise(n)) for n in range(2 + self.chance.below(3))]
        people = asyncio.create_task(self._people())
        while not self._at_rest() and loop.time() < PATIENCE:
            await asyncio.sleep(1)
            for task in supervisors:
                if task.done():
                    task.result()
        self._seconds = loop.time()
        for task in [people, *supervisors]:
            task.cancel()
        await asyncio.gather(people, *supervisors, return_exceptions=True)

    def _calm(self) -> None:
        self.chance.quiet = True

    def _at_rest(self) -> bool:
        return self.chance.quiet and all(
            room.row.phase == "ended" or (room.row.phase == "paused" and _for_good(str(room.row.counters.get("why"))))
            for room in self.server.store.rooms.values()
        )

    async def _begin(self) -> None:
        """Open the rooms, in peace: an opening that fails leaves no room to speak of."""
        process = Process("opener", Chance(0, Odds()))
        process.chance.quiet = True
        journal = MemoryJournal(self.server.store)
        for number, name in enumerate(self._rooms):
            opened = RoomOpened(scenario=self._scenario, seed=number, engine="simulation")
            room = await open_room(journal, process, name, opened)  # type: ignore[arg-type]  # a process has a clock's `now`
            for plan in self._scenario.seats:
                card = Card(id="voice", provider="simulated", cost="paid", price=_PRICE)
                room.take("scenario", seat_body(room.state, plan, card, commands=(), rules=room.rules))
            await room.flush()
            await journal.release(room.lease)
        await journal.close()

    async def _supervise(self, number: int) -> None:
        """Start a process, and another one in its place whenever it dies."""
        life = 0
        while True:
            life += 1
            process = Process(f"process {number}.{life}", self.chance)
            work = process.start(self._work(process))
            try:
                await work
            except asyncio.CancelledError:
                if process.alive:
                    raise
            except ExceptionGroup as failed:
                if failed.split(JournalError)[1] is not None:  # with the journal gone it ends, to be started again
                    raise
            process.kill()
            await asyncio.sleep(self.chance.seconds(0.5, 5))

    async def _work(self, process: Process) -> None:
        journal = RemoteJournal(self.server, process, self._peers, fenced=self._bugs.fenced, renews=self._bugs.renews)
        conductors: dict[str, Conductor] = {}
        async with asyncio.TaskGroup() as group:
            group.create_task(journal.live())
            group.create_task(Inbox(conductors).serve())
            for _ in range(PLACES):
                group.create_task(self._run_rooms(process, journal, conductors))

    async def _run_rooms(self, process: Process, journal: RemoteJournal, conductors: dict[str, Conductor]) -> None:
        while True:
            await asyncio.sleep(self.chance.seconds(0.5, 5))
            try:
                rows = [row for row in await journal.rooms() if journal.may_run(row) and row.stream not in conductors]
                rows = [row for row in rows if not (row.phase == "ended" or _for_good(str(row.counters.get("why"))))]
                if rows:
                    await self._run(process, journal, conductors, rows[self.chance.below(len(rows))].stream)
            except (AntiphonError, JournalError):
                continue  # somebody was faster, or the link failed: look again

    async def _run(
        self, process: Process, journal: RemoteJournal, conductors: dict[str, Conductor], stream: str
    ) -> None:
        room = await resume_room(journal, process, stream)  # type: ignore[arg-type]  # as above
        conductor = conductors[stream] = Conductor(room, _Cast(process), lookup(Models()), count)
        try:
            await room.flush()
            await conductor.run(1 + self.chance.below(6))
            await park(room)
        finally:
            if conductors.get(stream) is conductor:
                del conductors[stream]

    async def _people(self) -> None:
        """Ask things of rooms, now and then."""
        while not self.chance.quiet:
            await asyncio.sleep(self.chance.seconds(5, 60))
            request = f"request-{len(self._asked)}"
            room = self._rooms[self.chance.below(len(self._rooms))]
            if self.server.store.rooms[room].row.phase != "ended":
                self._asked.append(request)
                await self._god.ask(Request(id=request, stream=room, verb="say", arguments={"text": request}))

    # ------------------------------------------------------------------------------------ what must hold

    def found(self) -> Found:
        """Compare the storage with what was promised."""
        rooms: dict[str, int] = {}
        for room in self.server.store.rooms.values():
            rooms[room.row.phase] = rooms.get(room.row.phase, 0) + 1
        faults = [*self.server.faults, *self._promises()]
        for name in self._rooms:
            faults += [f"{name}: {fault}" for fault in self._room(name)]
        return Found(
            seed=self.seed,
            faults=tuple(dict.fromkeys(faults)),
            rooms=rooms,
            events=sum(len(room.records) for room in self.server.store.rooms.values()),
            seconds=self._seconds,
            mishaps=self.chance.drawn,
        )

    def _promises(self) -> Iterator[str]:
        """Name what was acknowledged and is not there."""
        stored = {(r.stream, r.seq): r.hash for room in self.server.store.rooms.values() for r in room.records}
        for place, hash_ in self.server.acknowledged.items():
            if stored.get(place) != hash_:
                yield f"seq {place[1]} of {place[0]} was acknowledged and is not stored"

    def _room(self, name: str) -> Iterator[str]:
        """Name what does not hold in one room."""
        room = self.server.store.rooms[name]
        try:
            verify_chain(room.records, b"")
            replay(name, room.records)
            events = [decode(record) for record in room.records]
            state = fold(name, events)
        except AntiphonError as error:
            yield str(error)
            return
        if room.row.phase != "ended" and not (room.row.phase == "paused" and _for_good(state.why)):
            yield f"it is {room.row.phase} ({state.why}) and never came to rest"
        if (state.phase, state.seq) != (room.row.phase, room.row.head_seq):
            yield f"its row says {room.row.phase} at {room.row.head_seq}, its events {state.phase} at {state.seq}"
        if state.tokens > TOKENS + CALL:
            yield f"{state.tokens} tokens were spent of {TOKENS}"
        yield from _turns(events)
        yield from _answers(events)


def _for_good(why: str) -> bool:
    """Tell whether a pause is one that nobody lifts here: the room can be resumed by a person, with more to spend."""
    return why.startswith("ceiling.") or why == "failures"


def _turns(events: list[Event]) -> Iterator[str]:
    """Name turns that overlap or are counted twice: two owners wrote."""
    open_turn: int | None = None
    last = 0
    for event in events:
        match event.body:
            case TurnRequested(turn=turn):
                if open_turn is not None:
                    yield f"turn {turn} began while turn {open_turn} was under way (seq {event.seq})"
                if turn <= last:
                    yield f"turn {turn} began after turn {last} (seq {event.seq})"
                open_turn, last = turn, turn
            case TurnEnded(turn=turn):
                if turn != open_turn:
                    yield f"turn {turn} ended while turn {open_turn} was under way (seq {event.seq})"
                open_turn = None
            case _:
                pass


def _answers(events: list[Event]) -> Iterator[str]:
    """Name requests of people that were carried out twice."""
    said = [getattr(event.body, "text", "") for event in events if event.by.startswith("person")]
    for text in {text for text in said if text.startswith("request-") and said.count(text) > 1}:
        yield f"{text} was carried out {said.count(text)} times"
