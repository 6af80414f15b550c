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
    Event,
    FlagRaised,
    MessageSaid,
    Phase,
    RoomEnded,
    RoomOpened,
    RuleNoted,
    StateChanged,
    TurnEnded,
    TurnRequested,
)
from antiphon.room.records import decode
from antiphon.runner.counsel import ANSWER
from antiphon.runner.guarding import SILENT, overheard
from antiphon.runner.opening import blank
from antiphon.runner.watching import MONITOR, Watching

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
        if isinstance(body, TurnRequested) and body.purpose == "speak" and not erased:
            fact = fold.hearing.fact(fold.state.seats[body.seat])
            if fact.digest != body.view.digest or fact.bytes != body.view.bytes:
                raise BrokenChain(room, event.seq, f"{body.seat} was shown another view than the events give")
            compared += 1
        fold.take(event)
        if not erased:
            findings.check(event, fold.state.phase)
    if not erased and records:
        findings.complete(records[-1].seq + 1)
    return compared


class _Findings:
    """Compares what the monitor of a room wrote with what its messages give."""

    def __init__(self, room: str) -> None:
        self._room, self._watching = room, Watching()
        self._due: list[AnyBody] = []
        self._failed = ""
        self._lost = False  # a message is lost, or the monitor failed: what it found then cannot be found again

    def check(self, event: Event, phase: Phase) -> None:
        """Take an event in; `phase` is the room's after it."""
        body = event.body
        if self._lost:
            return
        if isinstance(body, RuleNoted) and body.rule in {"import.erased", SILENT}:
            self._lost, self._due = True, []
            return
        if isinstance(body, FlagRaised) or (isinstance(body, StateChanged) and event.by == MONITOR):
            self._compare(event.seq, body)
        elif isinstance(body, TurnRequested | TurnEnded | StateChanged | RoomOpened | RoomEnded):
            self.complete(event.seq)
        self._failed = overheard(self._watching, event) or self._failed
        answered = isinstance(body, RuleNoted) and body.rule == ANSWER
        if answered or (isinstance(body, MessageSaid) and body.turn is not None):
            self._due.extend(self._watching.findings(phase))

    def complete(self, seq: int) -> None:
        """Refuse what should stand before an event and does not."""
        if self._due:
            raise BrokenChain(self._room, seq, "a finding of the monitor that the messages give is missing")
        if self._failed:
            raise BrokenChain(self._room, seq, f"{self._failed} here, and the room says nothing of it")

    def _compare(self, seq: int, body: FlagRaised | StateChanged) -> None:
        """Take what was written for what is due; a breaker may have put one pause in the place of what was wanted."""
        due = self._due.pop(0) if self._due else None
        if isinstance(body, StateChanged) and body.rule == BREAKER and due is not None and acts_on_room(due):
            due = held_back(due, body.before)
            self._due = [other for other in self._due if not acts_on_room(other)]
        if due != body:
            raise BrokenChain(self._room, seq, "the monitor's finding is another than the messages give")
