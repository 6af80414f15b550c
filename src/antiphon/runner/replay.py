"""Plays a room's events again and compares: each view that was sent must be the one the events give.

The same goes for each flag and change of state, where a monitor watched.

    verify --replay

It repeats no call and draws no chance; it knows the stored digest and computes its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.errors import BrokenChain
from antiphon.monitor.breaker import BREAKER, acts_on_room, held_back
from antiphon.room.contracts import Record
from antiphon.room.events import (
    AnyBody,
    Erased,
    Event,
    MessageSaid,
    NoticeGiven,
    RoomEnded,
    RoomOpened,
    RuleNoted,
    SeatLeft,
    StateChanged,
    TurnEnded,
    TurnRequested,
)
from antiphon.room.records import decode
from antiphon.room.state import State
from antiphon.runner.counsel import ANSWER
from antiphon.runner.guarding import SILENT, overheard
from antiphon.runner.opening import blank
from antiphon.runner.watching import MONITOR, POLICY_NOTE, Watching

__all__ = ["replay"]


def replay(room: str, records: Sequence[Record]) -> int:
    """Fold a whole history and check every view on the way.

    Args:
        room: its id.
        records: all of its records with its parents' prefixes, oldest first.

    Returns:
        How many views were compared; what came after an erased message cannot be, and is left out.

    Raises:
        BrokenChain: naming the sequence number of the first view or finding that differs.
    """
    fold, findings = blank(room), _Findings(room)
    compared, erased = 0, False
    for record in records:
        event = decode(record)
        erased = erased or record.body is None
        body = event.body
        if not erased:
            findings.check(event, fold.state)
        if isinstance(body, TurnRequested) and body.purpose == "speak" and not erased:
            fact = fold.hearing.fact(fold.state.seats[body.seat])
            if fact.digest != body.view.digest or fact.bytes != body.view.bytes:
                raise BrokenChain(room, event.seq, f"{body.seat} was shown another view than the events give")
            compared += 1
        fold.take(event)
        if not erased:
            findings.hear(event)
    if not erased and records:
        findings.complete(records[-1].seq + 1, fold.state)
    return compared


class _Findings:
    """Compares what the monitor of a room wrote with what its messages give."""

    def __init__(self, room: str) -> None:
        self._room, self._watching = room, Watching()
        self._due: list[AnyBody] = []
        self._failed = ""
        self._turn: str | None = None  # whose turn is being settled; the monitor looks when all of it is known
        self._lost = False  # a message is lost, or the monitor failed: what it found then cannot be found again

    def check(self, event: Event, state: State) -> None:
        """Look at an event before it changes the room's state."""
        body = event.body
        if isinstance(body, RuleNoted) and body.rule in {"import.erased", SILENT}:
            self._lost, self._due, self._turn = True, [], None
        if self._lost or _settles(event, self._turn):
            return
        self._look(state)
        if event.by == MONITOR and not (isinstance(body, RuleNoted) and body.rule == POLICY_NOTE):
            self._compare(event.seq, body)
        elif isinstance(body, TurnRequested | TurnEnded | StateChanged | RoomOpened | RoomEnded):
            self.complete(event.seq, state)

    def hear(self, event: Event) -> None:
        """Take an event in."""
        body = event.body
        if self._lost:
            return
        self._failed = overheard(self._watching, event) or self._failed
        if isinstance(body, MessageSaid) and body.turn is not None:
            self._turn = body.seat or ""
        elif isinstance(body, RuleNoted) and body.rule == ANSWER:
            self._turn = ""

    def _look(self, state: State) -> None:
        if self._turn is not None:
            self._due.extend(self._watching.findings(state))
            self._turn = None

    def complete(self, seq: int, state: State) -> None:
        """Refuse what should stand before an event and does not."""
        if not self._lost:
            self._look(state)
        if self._due:
            raise BrokenChain(self._room, seq, "a finding of the monitor that the messages give is missing")
        if self._failed:
            raise BrokenChain(self._room, seq, f"{self._failed} here, and the room says nothing of it")

    def _compare(self, seq: int, body: AnyBody | Erased) -> None:
        """Take what was written for what is due; a breaker may have put one pause in the place of what was wanted."""
        due = self._due.pop(0) if self._due else None
        if isinstance(body, StateChanged) and body.rule == BREAKER and due is not None and acts_on_room(due):
            due = held_back(due, body.before)
            self._due = [other for other in self._due if not acts_on_room(other)]
        if due != body:
            raise BrokenChain(self._room, seq, "the monitor's finding is another than the messages give")


def _settles(event: Event, speaker: str | None) -> bool:
    """Tell whether an event still belongs to the settling of a seat's turn, as `settle` gives it."""
    if not speaker:
        return False
    match event.body:
        case NoticeGiven(kind="applied"):
            return True
        case RuleNoted() | SeatLeft() if event.by == "runner":
            return True
        case _:
            return event.by == speaker
