"""A laboratory: one journal, one company of speakers, and the rooms this process runs.

    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad", seats=["echo", "listener"])
        await session.run()

Every verb of the command line is a call here. It draws nothing on a screen.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

import msgspec

from antiphon import __version__
from antiphon.assembly import (
    Company,
    find_scenario,
    fresh_name,
    fresh_seed,
    keys,
    known_models,
    lookup,
    name_of,
    open_journal,
    seat_card,
    with_guests,
)
from antiphon.errors import AntiphonError, NotAllowed, RoomOwned, UnknownName, UserError
from antiphon.library.checking import checked
from antiphon.library.plans import Spending, coming, limited, raise_ceilings, reseated, voiced
from antiphon.library.policies import Chosen, asked_by, choose, rewatch, settled
from antiphon.library.recordings import check_recording, spoken
from antiphon.library.session import Session
from antiphon.library.sitting import opening, sit
from antiphon.library.standins import by_seat
from antiphon.measures.tokens import count
from antiphon.room.contracts import Journal, LastWords, Record, Request, RoomRow
from antiphon.room.events import Event, GateChanged, RuleNoted
from antiphon.room.models import Card
from antiphon.room.records import well_formed
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.view import View
from antiphon.runner.conduct import Conductor
from antiphon.runner.fallback import reseat
from antiphon.runner.history import history
from antiphon.runner.opening import ForkPlan, fold_records, fork_room, open_room, resume_room, take_up
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.requests import AFTERWARDS, Inbox, carry_out
from antiphon.wire.cards import card_of, fallback_card

__all__ = ["Laboratory"]


class Laboratory:
    """Opens rooms, takes them up again, and asks things of rooms that other processes run.

    Attributes:
        journal: where everything is kept.
        models, env: the known models; the environment, where keys are looked up by name.
        last_words: who says the last words of rooms that keep a reserve for them; None = nobody.
    """

    def __init__(
        self,
        journal: str | Journal | None = None,
        *,
        env: Mapping[str, str] = os.environ,
        latency: tuple[float, float] | None = None,
        ask: Callable[[str, View], Awaitable[str | None]] | None = None,
    ) -> None:
        """Prepare; nothing is opened before the first use.

        Args:
            journal: path, URL, or an open journal (then it is not closed here); None = the user's own.
            env: the environment, where keys are looked up by name.
            latency: seconds (least, most) builtin voices wait, for rehearsals.
            ask: how a person at a `human` seat is asked for words.
        """
        self._own = not hasattr(journal, "append")
        self.journal: Journal = open_journal(journal, env) if self._own else journal  # type: ignore[arg-type,assignment]
        self.models = known_models(env)
        self.company = Company(
            self.models,
            env=env,
            journal=self.journal,
            ask=ask,
            latency=latency,
            recording=self._recording,
            gate_moved=self._gate_moved,
        )
        self.last_words: LastWords | None = None
        self.clock = self.company.clock
        self.lookup = lookup(self.models)
        self.env = env
        self._running: dict[str, Conductor] = {}
        self._inbox: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Use it as a context, so that everything is closed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the inbox, the HTTP client and (if it was opened here) the journal."""
        await self.close()

    async def close(self) -> None:
        """Let everything go."""
        if self._inbox is not None:
            self._inbox.cancel()
            await asyncio.gather(self._inbox, return_exceptions=True)
            self._inbox = None
        await self.company.close()
        if self._own:
            await self.journal.close()

    # -------------------------------------------------------------------------------- rooms of this process

    def scenario(self, name: str | Path | Scenario, seats: Sequence[str | SeatPlan] = ()) -> Scenario:
        """Find a scenario, check it, and give it other seats, where some are named."""
        if isinstance(name, Scenario):  # made in Python: its types were never checked
            return checked(reseated(msgspec.convert(msgspec.to_builtins(name), Scenario), seats))
        return checked(reseated(find_scenario(name, self.env), seats), str(name))

    def card(self, plan: SeatPlan) -> Card:
        """Give the card of the model a seat plan names."""
        return seat_card(self.models, plan.model, plan.provider, plan.base_url)

    def others(self, plan: Scenario) -> list[Card]:
        """Give the cards of what may come to cost though it does not sit: models of `via`, guests, who paints.

        Raises:
            UnknownName: when nobody would know whom to ask for one of them.
        """
        return coming(plan, self.card, self._fallback)

    def _fallback(self, name: str, seat: SeatPlan) -> Card:
        card = fallback_card(name, self.models, self.card(seat))
        if card is None:
            raise UnknownName("model", name, [known.name for known in self.models.cards.values()])
        return card

    async def begin(
        self,
        scenario: str | Path | Scenario,
        *,
        seats: Sequence[str | SeatPlan] = (),
        seed: int | None = None,
        name: str | None = None,
        labels: dict[str, str] | None = None,
        policy: Chosen = None,
        **ceilings: Unpack[Spending],
    ) -> Session:
        """Open a room and seat its participants; nobody has spoken yet.

        Args:
            scenario: a name, a path or a Scenario.
            seats: models in order, or "AI-2=MODEL".
            seed: of everything that is drawn; None = a fresh one.
            name: the room's id; None = a fresh one.
            labels: free labels kept with the room.
            policy: what the monitor goes by: a name, a TOML file, a Policy, "none"; None = the scenario's, else "none".
            ceilings: messages, tokens, money.

        Raises:
            UserError: for unknown names and for a room that nothing would stop from spending.
        """
        plan = self.scenario(scenario, seats)
        watched = choose(policy, plan)
        cards = [self.card(seat) for seat in plan.seats]
        await self._ready(plan, cards)
        plan = limited(plan, [*cards, *self.others(plan), *self.judges(watched)], **ceilings)
        opened = opening(plan, fresh_seed() if seed is None else seed, labels or {}, watched)
        room = await open_room(self.journal, self.clock, name or fresh_name(plan.name, self.clock.now()), opened)
        return await self._session(sit(room, plan, cards, list(self.lookup.commands.values()), watched))

    def judges(self, chosen: Chosen) -> list[Card]:
        """Give the cards of the models that a policy asks; each must be known, and its key there."""
        cards = [self.card(SeatPlan(model=model)) for model in asked_by(chosen)]
        for card in cards:
            keys(self.env).need(card.key, card.name, card.base_url)
        return cards

    async def _ready(self, plan: Scenario, cards: Sequence[Card]) -> None:
        """Refuse a plan whose seats could not speak: a key that is not set, a recording that is not there."""
        for seat, card in zip(plan.seats, cards, strict=True):
            keys(self.env).need(seat.key or card.key, card.name, card.base_url)
            if card.provider == "recording":
                await check_recording(self.journal, card.id)
        drawn = plan.pictures
        if drawn.key:
            place = drawn.base_url or card_of(drawn.model, "", self.models).base_url
            keys(self.env).need(drawn.key, "the pictures", place)

    async def resume(
        self, stream: str, *, seats: Sequence[str] = (), policy: Chosen = None, **ceilings: Unpack[Spending]
    ) -> Session:
        """Take a room up at its last settled turn; `seats` ("AI-1=MODEL") gives seats other models.

        `policy` has its monitor go by another one, or by none ("none"); None = as before.

        Raises:
            RoomOwned: when a live process runs it.
            NotAllowed: when it has ended.
        """
        await self._known(stream)
        self.not_run_here(stream)
        room = await resume_room(self.journal, self.clock, stream)
        try:
            voiced(room.state, seats)
            self._reseat(room, seats)
            raise_ceilings(room, ceilings, self.judges(policy))
            rewatch(room, policy)
        except UserError:
            await self.journal.release(room.lease)
            raise
        return await self._session(room)

    def _reseat(self, room: OwnedRoom, seats: Sequence[str]) -> None:
        for spec in by_seat(room.state, seats):
            number, equals, model = spec.partition("=")
            seat = room.state.by_label(number) if equals else None
            if seat is None:
                raise UnknownName("seat", number, [f"{s.id} ({s.label})" for s in room.state.present()])
            card = seat_card(self.models, model)
            keys(self.env).need(card.key, card.name, card.base_url)
            known = msgspec.structs.replace(
                self.lookup, models=msgspec.structs.replace(self.models, cards={**self.models.cards, card.id: card})
            )
            reseat(room, seat, card.id, known, by="person")

    async def fork(
        self,
        stream: str,
        *,
        at: int | None = None,
        seats: Sequence[str] = (),
        change: Callable[[Scenario], Scenario] = lambda scenario: scenario,
        same_chance: bool = False,
        policy: Chosen = None,
        **ceilings: Unpack[Spending],
    ) -> Session:
        """Fork a room after event `at`; `session.forked_at` tells the settled place that was taken.

        Args:
            stream: the parent: live, paused or ended.
            at: a sequence number; None = the last settled turn.
            seats: "AI-2=MODEL" for seats that another model shall voice.
            change: gives the fork's scenario (other rules, limits, marker …) from the parent's.
            same_chance: keep the parent's seed.
            policy: what the fork's monitor goes by, "none" = nobody watches; None = as in the parent.
            ceilings: messages, tokens, money, of the fork alone.
        """
        await self._known(stream)
        plan = ForkPlan(
            parent=stream,
            at=at,
            stream=fresh_name(name_of(stream), self.clock.now()),
            seed=None if same_chance else fresh_seed(),
            engine=__version__,
            change=change,
            policy=msgspec.UNSET if policy is None else settled(policy),
            check=lambda state: voiced(state, seats),
        )
        judges = self.judges(policy)
        room, where = await fork_room(self.journal, self.clock, plan)
        session = await self._forked(room, seats, ceilings, judges)
        session.forked_at = where
        return session

    async def _forked(self, room: OwnedRoom, seats: Sequence[str], ceilings: Spending, judges: list[Card]) -> Session:
        try:
            self._reseat(room, seats)
            raise_ceilings(room, ceilings, judges)
        except UserError:
            await self.journal.release(room.lease)
            await self.journal.delete(room.lease.stream)  # nothing was written: a slip leaves no room behind
            raise
        return await self._session(room)

    async def _session(self, room: OwnedRoom) -> Session:
        """Make what was taken durable, and keep it for those who listen later."""
        opening: list[tuple[Event, Record]] = []
        room.listeners.append(lambda event, record: opening.append((event, record)))
        await room.flush()
        room.listeners.clear()
        lookup = with_guests(self.lookup, room.state.scenario, asked_by(room.watching.policy))
        return Session(self, Conductor(room, self.company, lookup, count, self.last_words), opening)

    def run_inbox(self, session: Session, *, running: bool) -> None:
        """Have requests to a session's room carried out while it runs."""
        stream = session.id
        if running:
            self._running[stream] = session.conductor
            if self._inbox is None or self._inbox.done():
                self._inbox = asyncio.create_task(Inbox(self._running).serve())
        else:
            self._running.pop(stream, None)

    def running(self, stream: str) -> Conductor | None:
        """Give who conducts a room here; None when this laboratory does not run it."""
        return self._running.get(stream)

    def not_run_here(self, stream: str) -> None:
        """Refuse with RoomOwned when this laboratory itself runs a room now."""
        if stream in self._running:
            raise RoomOwned(stream, os.getpid())

    # -------------------------------------------------------------------------------- rooms of any process

    async def ask(
        self, stream: str, verb: str, by: str = "person:you", **arguments: Any
    ) -> bool:  # Any: as the verb says
        """Ask something of a room: of its owner when a live process has it, else done here and now.

        Returns:
            True when it was handed to a live owner, False when it was done here.
        """
        row = await self._known(stream)
        if "seat" in arguments:
            await self._seat_named(stream, str(arguments["seat"]))
        over = row.phase in {"ended", "expired"}
        if over and verb not in AFTERWARDS:
            raise NotAllowed(f"room {stream} has {row.phase}; go on in a fork: antiphon fork {stream}")
        words = {"arguments": well_formed(arguments), "by": well_formed(by)}
        request = Request(id=os.urandom(8).hex(), stream=stream, verb=verb, **words)
        if (here := self._running.get(stream)) is not None:
            _done(await carry_out(here, request))
            return False
        if row.owner_alive and not over:
            await self.journal.ask(request)
            return True
        room = await take_up(self.journal, self.clock, stream)
        try:
            await self.journal.ask(request)
            conductor = Conductor(room, self.company, self.lookup, count, self.last_words)
            _done(await carry_out(conductor, request))
            if room.state.phase == "draining":  # nobody will come back to end it
                await conductor.effects.give_up()
                await conductor.run()
        finally:
            await self.journal.release(room.lease)
        return False

    async def _seat_named(self, stream: str, name: str) -> None:
        """Refuse a seat that is not there before anybody else is asked about it."""
        state = fold_records(stream, await history(self.journal, stream)).state
        if state.by_label(name) is None:
            raise UnknownName("seat", name, [f"{seat.id} ({seat.label})" for seat in state.present()])

    async def _known(self, stream: str) -> RoomRow:
        row = await self.journal.room(stream)
        if row is None:
            raise UnknownName("room", stream, [known.stream for known in (await self.journal.rooms())[:10]])
        return row

    async def name(self, part: str) -> str:
        """Give the room a person means by a unique beginning or end of its id, or by "last"."""
        rows = await self.journal.rooms()
        if part == "last" and rows:
            return rows[0].stream
        exact = [row.stream for row in rows if row.stream == part]
        like = exact or [
            row.stream for row in rows if part and part in {row.stream[: len(part)], row.stream[-len(part) :]}
        ]
        if len(like) != 1:
            raise UnknownName("room", part, like[:10] or [row.stream for row in rows[:10]])
        return like[0]

    def _gate_moved(self, model: str, change: GateChanged) -> None:
        """Have every running room that waits at a gate record that it moved."""
        data = {"model": model, "from": change.limit_before, "to": change.limit_after, "why": change.why}
        for conductor in self._running.values():
            state = conductor.room.state
            if model in {state.scenario.pictures.model, *(seat.model for seat in state.present())}:
                conductor.notes.append(RuleNoted(rule="gate", data={**data, "pause": change.pause}))

    async def _recording(self, model: str) -> list[tuple[str, str]]:
        return await spoken(self.journal, model)


def _done(refused: AntiphonError | None) -> None:
    """Raise what kept a request from being carried out."""
    if refused is not None:
        raise refused
