"""A room this process owns: its fold in memory, and the one way to add to its journal.

`take` gives an event its place and folds it in; `flush` makes everything taken durable in one transaction, then
tells the listeners. Both are called without an await between deciding and flushing, so that several tasks of one
room never interleave. A failed flush leaves the fold ahead of the journal: the room must be let go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from antiphon.room.contracts import Clock, Journal, Lease, Record, Write
from antiphon.room.events import AnyBody, Event, MessageSaid
from antiphon.room.flags import waiting
from antiphon.room.hearing import Hearing
from antiphon.room.records import well_formed
from antiphon.room.rulebook import Rulebook
from antiphon.room.state import State, apply
from antiphon.room.times import stamp
from antiphon.runner.guarding import Guard, Watches
from antiphon.runner.watching import Watching

__all__ = ["Listener", "OwnedRoom"]

Listener: TypeAlias = Callable[[Event, Record], None]
"""Hears each event once its commit returned."""


class OwnedRoom:
    """Is one room's state, views and rule memories, with the lease that lets this process write.

    Attributes:
        state: after the last event taken.
        hearing: what each seat heard.
        memories: the rules' memories.
        head: sequence number and hash of the last event acknowledged.
        listeners: called with each acknowledged event, in order.
        watching: the monitor's eye on this room; closed where no policy is named.
        guard: stands between the room and that eye, so that a failure of it is no failure of the room.
    """

    __slots__ = (
        "_at",
        "_pending",
        "clock",
        "guard",
        "head",
        "hearing",
        "journal",
        "lease",
        "listeners",
        "memories",
        "rules",
        "state",
        "watching",
    )

    def __init__(
        self,
        journal: Journal,
        lease: Lease,
        clock: Clock,
        *,
        state: State,
        hearing: Hearing,
        rules: Rulebook,
        memories: dict[str, Any],
    ) -> None:
        """Take over a fold that stands at the lease's head."""
        self.journal, self.lease, self.clock = journal, lease, clock
        self.state, self.hearing, self.rules, self.memories = state, hearing, rules, memories
        self.watching: Watches = Watching()
        self.guard = Guard()
        self.listeners: list[Listener] = []
        self._pending: list[Event] = []
        self._at = ""
        self.head: tuple[int, bytes] = (lease.head_seq, lease.head_hash)

    def take(self, by: str, body: AnyBody) -> Event:
        """Give a body its sequence number and fold it in; it is not yet durable."""
        if not self._pending:
            self._at = stamp(self.clock.now())
        if isinstance(body, MessageSaid):
            body = _clean(body)
        event = Event(self.lease.stream, self.state.seq + 1, self._at, by, body)
        apply(self.state, event)
        self.hearing.hear(self.state, event)
        self.rules.step(self.memories, event)
        self.guard.hear(self.watching, event)
        self._pending.append(event)
        return event

    async def flush(self, done: tuple[str, ...] = ()) -> None:
        """Make everything taken durable, then tell the listeners; `done` names the requests it answers."""
        if not self._pending:
            return
        events, self._pending = tuple(self._pending), []
        records = await self.journal.append(
            Write(
                stream=self.lease.stream,
                fence=self.lease.fence,
                events=events,
                phase=self.state.phase,
                counters=counters(self.state, self.watching.novelty),
                done=done,
            )
        )
        self.head = (records[-1].seq, records[-1].hash)
        for listener in self.listeners:
            for event, record in zip(events, records, strict=True):
                listener(event, record)


def _clean(said: MessageSaid) -> MessageSaid:
    """Replace lone surrogates, so that what is shown now and what is read back later are the same text."""
    try:
        said.text.encode()
        (said.reasoning or "").encode()
    except UnicodeEncodeError:
        texts = {name: well_formed(getattr(said, name)) for name in ("text", "reasoning", "own", "shown")}
        return msgspec.structs.replace(said, **texts)
    return said


def counters(state: State, novelty: list[int]) -> dict[str, Any]:  # Any: JSON for the table `room`
    """Give what a list of rooms shows without reading events; `novelty` is empty where nobody watches."""
    told = {"novelty": novelty} if novelty else {}
    return told | {
        "scenario": state.scenario.name,
        "title": state.scenario.title,
        "models": sorted({seat.display for seat in state.seats.values()}),
        "labels": state.labels,
        "forked_at": state.forked_at,
        "seats": len(state.seats),
        "turn": state.turn,
        "messages": state.messages,
        "tokens": state.tokens,
        "cost": state.cost,
        "cost_unknown": state.cost_unknown,
        "flags": sum(flag.count for flag in state.flags.values() if not flag.inherited),
        "open_flags": waiting(state.flags.values()),
        "why": state.why,
    }
