"""Conducts one room: decides, asks a seat to speak, settles what it said, until the room rests.

One turn is in flight at a time; effects and requests come in beside it. Every failure of a provider becomes an
event. It does not know which journal, clock, provider or key is real.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from antiphon.errors import ProviderFailure
from antiphon.room.contracts import Allowance, Breaks, LastWords, Listen, Reply, Speaker
from antiphon.room.decide import Ask, Decision, End, Pause, SpeakNext, Wait, decide
from antiphon.room.events import (
    Fault,
    MessageSaid,
    RuleNoted,
    SeatJoined,
    StateChanged,
    TurnEnded,
)
from antiphon.room.models import Card
from antiphon.room.seating import guest_plan, seat_body
from antiphon.room.spending import cost_of
from antiphon.room.state import Seat
from antiphon.room.view import View
from antiphon.runner.asking import MOST, put
from antiphon.runner.boundary import boundary
from antiphon.runner.cast import Cast, Count
from antiphon.runner.curbing import curbed
from antiphon.runner.cutting import DEGENERATION, listening_for, needs_stream, shown_until
from antiphon.runner.effects import Effects
from antiphon.runner.ending import end_room
from antiphon.runner.fallback import after_failure
from antiphon.runner.haunting import haunting
from antiphon.runner.judging import consult
from antiphon.runner.notebooks import keep_notes
from antiphon.runner.opening import keep
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.preparing import prepare
from antiphon.runner.settle import Lookup, Settling, settle

__all__ = ["Chunk", "Conductor"]

Chunk: TypeAlias = Callable[[str, str], None]
"""Hears (seat, text) while a reply streams; only live listeners, never the journal."""

_LINGER = 30.0
"""Seconds an ending room waits for its pictures before it ends without them."""

_KEEP_EVERY = 200
"""Events between two snapshots; in long rooms a quarter of their length, so that keeping stays a small share."""


def _stays() -> bool:
    return False


class Conductor:
    """Runs one owned room.

    Attributes:
        room: the fold and the journal's end of it.
        chunks: set to a listener to have replies streamed.
        between: awaited after each turn, so that a room can wait for who reads it.
        breaker: asked before the monitor does something to the room; None = nobody holds it back.
        leaves: asked after each turn whether the room shall give its place away; it stays as it is, to be run on.
        notes: what others want recorded in this room; taken when the call in flight has ended.
    """

    def __init__(
        self, room: OwnedRoom, cast: Cast, lookup: Lookup, count: Count, last_words: LastWords | None = None
    ) -> None:
        """Take the room, its cast, the commands and models, the estimator of tokens, and who says the last words."""
        self.room, self.cast, self.lookup, self.count, self._last_words = room, cast, lookup, count, last_words
        self.chunks: Chunk | None = None
        self.between: Callable[[], Awaitable[None]] | None = None
        self.breaker: Breaks | None = None
        self.leaves: Callable[[], bool] = _stays
        self.effects = Effects(room, cast, self.wake)
        self._haunting = haunting(room)
        self._speakers: dict[str, tuple[tuple[object, ...], Speaker]] = {}
        self._woken = asyncio.Event()
        self._calling: asyncio.Task[object] | None = None
        self.notes: list[RuleNoted] = []
        self._stopped = self._cut = ""
        self._until: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._partial: list[str] = []
        self._keep_at = room.state.seq + _KEEP_EVERY

    # -------------------------------------------------------------------------------- the loop

    async def run(self, turns: int | None = None) -> None:
        """Run until the room is paused or ended, gives its place away, or `turns` more turns have ended."""
        self.effects.restart()
        asked = 0
        try:
            while turns is None or turns > 0:
                self.effects.check()
                match await self._decided():
                    case SpeakNext(seat):
                        await self.turn(seat)
                        turns, asked = await self._left(turns), 0
                    case Ask() as ask if asked < MOST:
                        asked += 1
                        await put(self, ask)
                    case Ask(rule=rule):
                        await self.change("paused", rule, {"asked": asked})
                    case Pause(rule, numbers):
                        await self.change("paused", rule, numbers)
                    case End(reason):
                        await self._end(reason)
                    case Wait(until, why):
                        if why != "effects":
                            break
                        await self._wait(until)
        finally:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            await self.effects.close()

    async def _decided(self) -> Decision:
        """Decide what the room does next; a judge that is due is asked before anybody speaks."""
        while True:
            decision = decide(self.room.state, self.room.rules, self.room.memories, self.room.clock.now())
            if not isinstance(decision, SpeakNext | Ask) or not await consult(self):
                return decision

    async def _left(self, turns: int | None) -> int | None:
        """Wait until whoever reads the room has read the turn; give how many are left, 0 when the room gives way."""
        if self.between is not None:
            await self.between()
        if self.leaves():
            return 0
        return None if turns is None else turns - 1

    def wake(self) -> None:
        """Have the loop look again."""
        self._woken.set()

    async def _wait(self, until: int | None) -> None:
        seconds = _LINGER if until is None else max(0.0, (until - self.room.clock.now()) / 1000)
        self._woken.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            await self.effects.give_up()

    async def change(self, after: str, rule: str, numbers: dict[str, object] | None = None) -> None:
        """Move the room to another phase, durably; nothing happens when it is there already or has ended."""
        state = self.room.state
        if state.phase in {after, "ended"} or (after == "paused" and state.phase == "draining"):
            return  # what is ending is not paused: it would be resumed into its end
        body = StateChanged(before=state.phase, after=after, rule=rule, numbers=numbers or {})  # type: ignore[arg-type]  # a phase by name
        self.room.take("runner", body)
        await self.room.flush()

    async def _end(self, reason: str) -> None:
        if self.room.state.effects:
            await self.change("draining", reason)
            return
        await end_room(self.room, reason, self._last_words)

    def drain(self) -> None:
        """Give the call in flight the time it has when a room is ended; then it is cut, and what was said is kept."""
        at = self.room.clock.now() + int(self.room.state.scenario.limits.drain_seconds * 1000)
        if self._calling is None or (self._until is not None and self._until <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._arm(at)

    def abort(self) -> None:
        """Cut the call in flight now, if there is one."""
        if self._calling is not None:
            self._stopped = "abort"
            self._calling.cancel()

    @property
    def calling(self) -> bool:
        """Tell whether a call is in flight."""
        return self._calling is not None

    # -------------------------------------------------------------------------------- one turn

    async def turn(self, seat_id: str) -> None:
        """Give a seat its turn, from the request to the settled events."""
        room = self.room
        seat = room.state.seats[seat_id]
        limit = await prepare(room, seat, self.cast, self.count)
        if not isinstance(limit, Allowance):
            await (room.flush() if limit is None else self.change("paused", limit))
            return
        turn = room.state.turn
        await room.flush()
        started = room.clock.now()
        try:
            view = room.hearing.view(room.state, seat)
            self._arm(limit.until)
            listens = self.chunks is not None or needs_stream(room, seat)
            reply = await self.call(seat, view, limit, self._listen(seat) if listens else None)
        except ProviderFailure as failure:
            await self._failed(seat, turn, failure, room.clock.now() - started)
            return
        if reply is None:
            room.take("runner", TurnEnded(turn=turn, outcome="cut", ms=room.clock.now() - started, finish="cut"))
            await room.flush()
            return
        self._settle(seat, turn, reply, started, limit)
        if self._haunting is not None:
            self._haunting.listen()
        await room.flush()
        if seat.notes:
            await keep_notes(room, seat)
        if room.state.effects:
            self.effects.restart()
        if room.state.seq >= self._keep_at:
            await keep(room)
            self._keep_at = room.state.seq + max(_KEEP_EVERY, room.state.seq // 4)

    async def call(self, seat: Seat, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply | None:
        """Call the seat's speaker; None = cut by us before a word was heard."""
        self._partial.clear()
        self._stopped = self._cut = ""
        self._calling = asyncio.current_task()
        try:
            with boundary(f"provider {seat.provider}"):
                return await self.speaker(seat).speak(view, allowance, listen)
        except asyncio.CancelledError:
            if self._stopped == "":
                raise
            if (task := asyncio.current_task()) is not None:
                task.uncancel()
            text = "".join(self._partial)
            if self._stopped == "timeout":
                message = f"no reply within {self.room.state.scenario.limits.turn_seconds:g} seconds"
                raise ProviderFailure("timeout", message, partial=text) from None
            return Reply(text=text, finish="cut") if text else None
        finally:
            self._calling = None

    async def ask(self, seat: Seat, view: View, allowance: Allowance, seconds: float) -> Reply | None:
        """Call a speaker for what is no turn, with a time limit of its own; None = cut by us."""
        self._until = None  # the turn before has had its time
        try:
            async with asyncio.timeout(seconds):
                return await self.call(seat, view, allowance)
        except TimeoutError:
            raise ProviderFailure("timeout", f"no answer within {seconds:g} seconds") from None

    def _arm(self, until: int | None) -> None:
        """Have the call cut at `until` (ms since 1970); one timer serves all turns, for most calls end long before."""
        self._until = until
        if self._timer is None and until is not None:
            seconds = max(0.0, (until - self.room.clock.now()) / 1000)
            self._timer = asyncio.get_running_loop().call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        self._timer = None
        if self._calling is None or self._until is None:
            return
        if self.room.clock.now() < self._until:
            self._arm(self._until)
        else:
            self._stopped = "abort" if self.room.state.phase == "draining" else "timeout"
            self._calling.cancel()

    def _listen(self, seat: Seat) -> Callable[[str], bool]:
        chunks, listening = self.chunks, listening_for(self.room)

        def listen(text: str) -> bool:
            self._partial.append(text)
            if chunks is not None:
                chunks(seat.id, text)
            if listening is not None and listening.hear(text) is not None:
                self._cut = DEGENERATION
            return not self._cut

        return listen

    def speaker(self, seat: Seat) -> Speaker:
        """Give the seat's speaker, made anew when its model changed."""
        key = (seat.provider, seat.model, seat.base_url, seat.key)
        known = self._speakers.get(seat.id)
        if known is None or known[0] != key:
            known = self._speakers[seat.id] = (key, self.cast.speaker(seat, self.room.state.seed))
        return known[1]

    def _settle(self, seat: Seat, turn: int, reply: Reply, started: int, allowed: Allowance) -> None:
        room = self.room
        self._note()
        now = room.clock.now()
        cost = reply.cost if reply.cost is not None else cost_of(seat.price, reply.usage)
        settling = Settling(
            state=room.state,
            seat=seat,
            turn=turn,
            reply=reply,
            rules=room.rules,
            memories=room.memories,
            lookup=curbed(self.lookup, room.guard.refusals(room, seat.id)),
            guest=self.guests(),
            now=now,
            ms=now - started,
            cost=0.0 if cost is None and seat.free else cost,
            cut=self._stopped or self._cut or None,
            allowed=allowed,
            shown_until=shown_until(room, reply, self._cut),
        )
        for by, body in list(settle(settling)):
            room.take(by, body)
        for by, body in room.guard.findings(room, self.breaker):
            room.take(by, body)

    def _note(self) -> None:
        notes, self.notes = self.notes, []
        for note in notes:
            self.room.take("gate", note)

    def guests(self) -> Callable[..., SeatJoined]:
        """Give a maker of `seat.joined` bodies that numbers the guests of one message one after another."""
        made: list[SeatJoined] = []

        def guest(card: Card, by: str, invitation: str | None = None, persona: str = "") -> SeatJoined:
            state, commands = self.room.state, self.lookup.commands.values()
            plan = guest_plan(state, card, by, persona)
            body = seat_body(
                state, plan, card, commands=commands, rules=self.room.rules, invitation=invitation, before=tuple(made)
            )
            made.append(body)
            return body

        return guest

    async def _failed(self, seat: Seat, turn: int, failure: ProviderFailure, ms: int) -> None:
        room = self.room
        self._note()
        room.take(
            "runner",
            TurnEnded(
                turn=turn,
                outcome="failed",
                applied={"retried": list(failure.tried)} if failure.tried else {},
                attempts=failure.attempts,
                ms=ms,
                error=Fault(kind=failure.kind, message=failure.message, status=failure.status),
                partial=failure.partial or None,
            ),
        )
        await after_failure(room, seat, failure, self.lookup, self.cast, self.count)
        await room.flush()

    # -------------------------------------------------------------------------------- people

    async def say(
        self, person: str, text: str, *, to: tuple[str, ...] | None = None, done: tuple[str, ...] = ()
    ) -> None:
        """Let a person speak to all, or whisper to some."""
        self.room.take(f"person:{person}", MessageSaid(person=person, text=text, to=to, whisper=to is not None))
        await self.room.flush(done)
        self.wake()
