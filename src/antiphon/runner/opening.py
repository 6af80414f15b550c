"""Begins and takes up rooms: open a new one, resume one at its last settled turn, fork one by reference.

Each gives an `OwnedRoom` whose fold stands at the journal's head. Which journal and clock is assembly's choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from antiphon.errors import NotAllowed, ProviderFailure, UnknownName
from antiphon.monitor.policy import Policy
from antiphon.registry import rules_of
from antiphon.room.contracts import Claim, Clock, Journal, Record
from antiphon.room.events import (
    EffectEnded,
    Event,
    MessageSaid,
    NoticeGiven,
    RoomEnded,
    RoomOpened,
    RuleNoted,
    StateChanged,
    TurnEnded,
    TurnRequested,
)
from antiphon.room.hearing import Hearing
from antiphon.room.records import decode
from antiphon.room.rulebook import Rulebook
from antiphon.room.scenario import Scenario
from antiphon.room.seating import promises
from antiphon.room.state import State, apply
from antiphon.room.times import millis
from antiphon.runner.boundary import boundary
from antiphon.runner.guarding import overheard
from antiphon.runner.history import history
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.watching import MONITOR, Watching, policy_note

__all__ = [
    "Fold",
    "ForkPlan",
    "blank",
    "fold_records",
    "fork_room",
    "glance",
    "keep",
    "open_room",
    "park",
    "resume_room",
    "settled",
    "take_up",
]

ENGINE = "antiphon-5"
"""Names the fold: a snapshot of another engine is not read. Changes whenever state, views or memories change."""


class Fold(Struct):
    """Is a room folded up to some event: what snapshots keep."""

    state: State
    hearing: Hearing
    rules: Rulebook
    memories: dict[str, Any]  # Any: each rule's own
    watching: Watching | None = None

    def take(self, event: Event) -> None:
        """Fold one event in."""
        if isinstance(event.body, RoomOpened):
            self.rules = rules_of(event.body.scenario)
            fresh = self.rules.start()
            self.memories = {name: self.memories.get(name, memory) for name, memory in fresh.items()}
        apply(self.state, event)
        self.hearing.hear(self.state, event)
        self.rules.step(self.memories, event)
        if self.watching is not None:
            overheard(self.watching, event)  # what it said when it failed stands in the events already


def blank(room: str, watching: Watching | None = None) -> Fold:
    """Give the fold of no events; only whoever goes on with a room needs the monitor's eye."""
    state = State(room=room)
    rules = rules_of(state.scenario)
    return Fold(state, Hearing(), rules, rules.start(), watching)


def fold_records(room: str, records: Sequence[Record], start: Fold | None = None) -> Fold:
    """Fold stored records, oldest first, onto `start`."""
    fold = start or blank(room)
    for record in records:
        fold.take(decode(record))
    return fold


async def open_room(
    journal: Journal, clock: Clock, stream: str, opened: RoomOpened, *, by: str = "scenario"
) -> OwnedRoom:
    """Create a room and take its first event; the caller seats its participants and flushes."""
    fold = blank(stream)
    fold.rules = rules_of(opened.scenario)  # before anything is created: a rule that does not fit leaves no room behind
    lease = await journal.claim(Claim(stream=stream, create=True))
    fold.memories = fold.rules.start()
    room = OwnedRoom(
        journal, lease, clock, state=fold.state, hearing=fold.hearing, rules=fold.rules, memories=fold.memories
    )
    room.take(by, opened)
    return room


async def take_up(journal: Journal, clock: Clock, stream: str) -> OwnedRoom:
    """Claim an existing room and fold it, from its newest snapshot when that fits; takes no event.

    Raises:
        NotAllowed: when the process that claimed the room ended before its first event was stored.
        RoomOwned: when a live process has it.
    """
    lease = await journal.claim(Claim(stream=stream))
    fold = await _from_snapshot(journal, stream)
    if fold is None or fold.state.seq > lease.head_seq:
        records = await history(journal, stream)
        if not records or records[-1].stream != stream:
            await journal.release(lease)
            raise NotAllowed(f"room {stream} was never opened: its process ended first; antiphon delete {stream}")
        fold = fold_records(stream, records, blank(stream, Watching()))
    else:
        fold = fold_records(stream, await journal.read(stream, after=fold.state.seq), fold)
    room = OwnedRoom(
        journal, lease, clock, state=fold.state, hearing=fold.hearing, rules=fold.rules, memories=fold.memories
    )
    room.watching = fold.watching or room.watching
    return room


async def glance(journal: Journal, stream: str) -> Fold:
    """Fold a room as it stands, from its newest snapshot when that fits, without taking it.

    Raises:
        UnknownName: when there is no such room.
    """
    fold = await _from_snapshot(journal, stream)
    if fold is None:
        return fold_records(stream, await history(journal, stream))
    return fold_records(stream, await journal.read(stream, after=fold.state.seq), fold)


async def resume_room(journal: Journal, clock: Clock, stream: str) -> OwnedRoom:
    """Take up a room at its last settled turn: a call that never ended is lost, a pause is lifted.

    What it takes is not flushed yet.

    Raises:
        NotAllowed: when the room has ended (it can be forked).
        RoomOwned: when a live process has it.
    """
    room = await take_up(journal, clock, stream)
    state = room.state
    await _expire(room)
    if state.phase in {"ended", "expired"}:
        await journal.release(room.lease)
        raise NotAllowed(f"room {stream} has {state.phase} ({state.why}); go on in a fork: antiphon fork {stream}")
    if state.open_turn is not None:
        room.take("runner", TurnEnded(turn=state.open_turn.turn, outcome="lost"))
    if state.phase == "paused":
        room.take("runner", StateChanged(before="paused", after=state.before_pause, rule="resumed"))
    return room


async def _expire(room: OwnedRoom) -> None:
    """Move a room that was paused longer than its scenario allows to its end, now that somebody looks."""
    state, allowed = room.state, room.state.scenario.paused_for
    if state.phase == "paused" and allowed is not None:
        seconds = (room.clock.now() - millis(state.at)) / 1000
        if seconds > allowed:
            numbers = {"paused_for": round(seconds, 3)}
            limits = {"paused_for": allowed}
            room.take(
                "runner",
                StateChanged(before="paused", after="expired", rule="paused_for", numbers=numbers, thresholds=limits),
            )
            await room.flush()


class ForkPlan(Struct, frozen=True, kw_only=True):
    """Says how a fork begins.

    Attributes:
        parent: the room to fork; it may be live, paused or ended.
        at: a sequence number of the parent; None = its last settled turn. Inside a turn: the settled turn before.
        stream: the new room's id.
        seed: the fork's own; None = the parent's (`--same-chance`).
        engine: the program's version.
        change: gives the fork's scenario from the parent's.
        policy: what the fork's monitor goes by, None = nobody watches; unset: as in the parent.
        check: raises when the room as it stood there cannot go on as planned; called before anything is created.
    """

    parent: str
    at: int | None
    stream: str
    seed: int | None
    engine: str
    change: Callable[[Scenario], Scenario]
    policy: Policy | UnsetType | None = UNSET
    check: Callable[[State], None] = lambda _state: None


async def fork_room(journal: Journal, clock: Clock, plan: ForkPlan) -> tuple[OwnedRoom, int]:
    """Begin a room that shares its parent's events; the prefix stays in the parent and is read by reference.

    Returns:
        The room, with `room.opened` taken but not flushed, and the sequence number it was forked at.
    """
    if await journal.room(plan.parent) is None:
        raise UnknownName("room", plan.parent, [row.stream for row in (await journal.rooms())[:10]])
    records = await history(journal, plan.parent)
    at = records[-1].seq if plan.at is None else plan.at
    events = [decode(record) for record in records]
    where = settled(events, at)
    prefix = [record for record in records if record.seq <= where]
    watching = Watching()
    fold = fold_records(plan.parent, prefix, blank(plan.parent, watching))
    plan.check(fold.state)
    digest = watching.digest if plan.policy is UNSET else plan.policy.digest() if plan.policy else ""
    scenario = plan.change(fold.state.scenario)
    opened = RoomOpened(
        scenario=scenario,
        seed=fold.state.seed if plan.seed is None else plan.seed,
        engine=plan.engine,
        policy=digest or None,
        reserve=scenario.limits.reserve,
        parent=plan.parent,
        forked_at=where,
        parent_hash=prefix[-1].hash.hex(),
    )
    rules = rules_of(opened.scenario)
    memories = {key: fold.memories.get(key, memory) for key, memory in rules.start().items()}
    claim = Claim(stream=plan.stream, create=True, head_seq=where, head_hash=prefix[-1].hash, parent=plan.parent)
    lease = await journal.claim(claim)
    room = OwnedRoom(journal, lease, clock, state=fold.state, hearing=fold.hearing, rules=rules, memories=memories)
    room.watching = watching
    before = fold.state.scenario, fold.rules
    room.take("person", opened)
    if plan.policy is not UNSET and digest != watching.digest:
        room.take(MONITOR, policy_note(plan.stream, plan.policy))
    _tell_rules(room, before)
    return room, where


def _tell_rules(room: OwnedRoom, before: tuple[Scenario, Rulebook]) -> None:
    """Tell the seats of a fork what its changes promise them; a system text stays what it was at seating."""
    for seat in room.state.present():
        now = promises(room.state.scenario, room.rules, seat.id)
        if now and now != promises(*before, seat.id):
            text = "\n".join(["[the rules of this room are now:", *now])
            room.take("room", NoticeGiven(text=f"{text}]", to=(seat.id,), kind="rules"))


_PREPARES = frozenset({"what_is_heard", "overflow", "context_length", "last_words"})
"""Engine's notes that stand before what they prepare, and begin its transaction."""


def settled(events: Sequence[Event], at: int) -> int:
    """Find the last sequence number up to `at` that lies inside no turn and splits no transaction.

    Raises:
        NotAllowed: when `at` is no sequence number of the room, or stands before its opening was complete.
    """
    last = events[-1].seq if events else 0
    if not 1 <= at <= last:
        raise NotAllowed(f"a room can be forked at a sequence number from 1 to {last}, not at {at}")
    good, calling = 0, False
    for event, after in zip(events, [*events[1:], None], strict=True):
        if event.seq > at:
            break
        if isinstance(event.body, TurnRequested):
            calling = True
        elif isinstance(event.body, TurnEnded):
            calling = False
        if not calling and (after is None or _begins(after)):
            good = event.seq
    if good == 0:
        raise NotAllowed(f"the opening of the room is not complete at {at}; fork it later")
    return good


def _begins(event: Event) -> bool:
    """Tell whether an event begins a transaction, rather than belonging to what stands before it."""
    if event.by.startswith("person"):
        return True
    match event.body:
        case StateChanged():
            return event.by != MONITOR  # its change belongs to the message it judged
        case TurnRequested() | RoomEnded() | RoomOpened():
            return True
        case MessageSaid(turn=None):
            return event.by != "scenario"  # an imported message stands by itself; opening words belong to the opening
        case EffectEnded(kind=kind):
            return kind != "summary"
        case NoticeGiven(kind=kind):
            return kind in {"continue", "notebook"}
        case RuleNoted(rule=rule):
            return rule in _PREPARES
        case _:
            return False


async def keep(room: OwnedRoom) -> None:
    """Keep a snapshot of the fold: a cache that makes the next look cheap, and that anybody may delete.

    A monitor that failed has a memory nobody should go on with; then there is no snapshot.
    """
    seq, head_hash = room.head
    if seq != room.state.seq or not room.guard.trusted:
        return
    try:
        with boundary("the monitor"):
            data = pack(room)
    except ProviderFailure:
        return
    await room.journal.put_snapshot(room.lease.stream, seq, head_hash, ENGINE, data)


async def park(room: OwnedRoom) -> None:
    """Keep a snapshot and let the room go."""
    await keep(room)
    await room.journal.release(room.lease)


class _Packed(Struct, array_like=True):
    state: State
    hearing: bytes
    memories: dict[str, Any]  # Any: each rule's own, JSON-like
    watching: bytes


def pack(room: OwnedRoom | Fold) -> bytes:
    """Encode a fold for a snapshot."""
    watching = room.watching.pack() if room.watching is not None else b""
    return msgspec.msgpack.encode(_Packed(room.state, room.hearing.pack(), room.memories, watching))


def unpack(data: bytes) -> Fold:
    """Decode what `pack` encoded."""
    packed = msgspec.msgpack.decode(data, type=_Packed)
    rules = rules_of(packed.state.scenario)
    return Fold(packed.state, Hearing.unpack(packed.hearing), rules, packed.memories, Watching(packed.watching))


async def _from_snapshot(journal: Journal, stream: str) -> Fold | None:
    """Give the fold of the newest snapshot; None when there is none, or it does not fit the journal."""
    kept = await journal.get_snapshot(stream, ENGINE)
    if kept is None:
        return None
    seq, head_hash, data = kept
    records = await journal.read(stream, after=seq - 1, until=seq)
    if not records or records[0].hash != head_hash:
        return None
    try:
        return unpack(data)
    except msgspec.MsgspecError:
        return None  # a cache that cannot be read is no cache
