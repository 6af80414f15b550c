"""Monitors the monitor: one that raises, or judges nothing, never takes its room down, and is not trusted for ever.

The room goes on for its lease of messages, then it pauses and says why; whoever resumes it gives it another lease. A
breaker, where there is one, turns what the monitor may not do now into a pause. It knows no detector.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from antiphon.errors import ProviderFailure
from antiphon.monitor.breaker import acts_on_room, held_back
from antiphon.monitor.policy import Policy
from antiphon.room.asking import Ask
from antiphon.room.events import (
    AnyBody,
    Event,
    FlagRaised,
    MessageSaid,
    NoticeGiven,
    Phase,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    StateChanged,
)
from antiphon.room.flags import MONITOR
from antiphon.room.state import State
from antiphon.runner.boundary import boundary

if TYPE_CHECKING:
    from antiphon.room.contracts import Breaks
    from antiphon.runner.owned import OwnedRoom

__all__ = ["JUDGES", "SILENT", "Guard", "Watches", "overheard"]

SILENT = "monitor.silent"
"""The note that a monitor raised or judged nothing, and the rule of the pause when its lease is over."""

JUDGES = "monitor.judges"
"""The note that it judges again."""

LEASE = 8
"""Messages a room goes on without a monitor where no policy says how many."""

_MAY = (FlagRaised, NoticeGiven, PromptChanged, RuleNoted, SeatChanged, StateChanged)
"""What a monitor may say; anything else counts as a failure of it."""

_RUNS: tuple[Phase, ...] = ("live", "suspect", "closing")


class Watches(Protocol):
    """Is what a room asks of its monitor.

    Attributes:
        policy: what it goes by; None = it does not watch.
        digest: the policy's hash.
        novelty: how much was new in each of the last messages, 0 to 9, oldest first.
        judged: how many messages it has judged so far.
    """

    policy: Policy | None
    digest: str
    novelty: list[int]

    @property
    def judged(self) -> int:
        """Count the messages judged so far."""
        ...

    def hear(self, event: Event) -> None:
        """Take one event in."""
        ...

    def ask(self, state: State) -> Ask | None:
        """Give the question to a judge that is due before the next turn, if one is."""
        ...

    def findings(self, state: State) -> Iterator[AnyBody]:
        """Give what the last message leads to in a room that stands so, once."""
        ...

    def refusals(self, seat: str) -> dict[str, str]:
        """Give the commands that are refused to a seat in its next turn, with why."""
        ...

    @property
    def fork_at(self) -> int:
        """Give the sequence number after which a fork was asked for; 0 = none was, or it is made."""
        ...

    def pack(self) -> bytes:
        """Encode what is remembered, for a snapshot."""
        ...


def overheard(watching: Watches, event: Event) -> str:
    """Let a monitor hear an event; give why that failed, "" when it did not."""
    try:
        with boundary("the monitor"):
            watching.hear(event)
    except ProviderFailure as failure:
        return failure.message
    return ""


class Guard:
    """Stands between one room and its monitor.

    Attributes:
        silent: messages in a row that were not judged.
        trusted: whether the monitor never failed since the room was taken up; if not, its memory is not kept.
    """

    def __init__(self) -> None:
        """Trust the monitor, until it fails."""
        self.silent, self.trusted = 0, True
        self._judged, self._said = -1, False
        self._why, self._told = "", False

    def hear(self, watching: Watches, event: Event) -> None:
        """Let the monitor hear an event, whatever comes of it."""
        body = event.body
        if self._judged < 0:
            self._judged = _judged_by(watching)
        if isinstance(body, StateChanged) and body.before == "paused":
            self.silent, self._told = 0, False  # somebody wants it to go on: a lease of its own
        self._said = self._said or (isinstance(body, MessageSaid) and body.seat is not None and not body.whisper)
        self._why = overheard(watching, event) or self._why

    def ask(self, room: OwnedRoom) -> Ask | None:
        """Give the question that the monitor wants put to a judge; one that fails here puts none."""
        try:
            with boundary("the monitor"):
                return room.watching.ask(room.state)
        except ProviderFailure as failure:
            self._why = failure.message
            return None

    def refusals(self, room: OwnedRoom, seat: str) -> dict[str, str]:
        """Give the commands that the monitor refuses a seat now; one that fails here refuses none."""
        try:
            with boundary("the monitor"):
                return room.watching.refusals(seat)
        except ProviderFailure as failure:
            self._why = failure.message
            return {}

    def findings(self, room: OwnedRoom, breaker: Breaks | None = None) -> list[tuple[str, AnyBody]]:
        """Give (by, body) of what the last turn leads to: the monitor's findings, and what is to be said of itself."""
        said, self._said = self._said, False
        found = self._found(room)
        if breaker is not None and any(acts_on_room(body) for body in found):
            found = _let_through(found, room, breaker)
        watching, before = room.watching, self._judged
        self._judged = _judged_by(watching)
        if watching.policy is None or not said:
            return [(MONITOR, body) for body in found]
        why, self._why = self._why, ""
        self.silent = 0 if self._judged > before and not why else self.silent + 1
        return [(MONITOR, body) for body in found] + [("runner", body) for body in self._of_itself(room, found, why)]

    def _found(self, room: OwnedRoom) -> list[AnyBody]:
        """Take the findings, unless one of them is nothing a monitor may say."""
        try:
            with boundary("the monitor"):
                found = list(room.watching.findings(room.state))
        except ProviderFailure as failure:
            self._why = failure.message
            return []
        for body in found:
            if not isinstance(body, _MAY) or getattr(body, "seat", None) not in {None, *room.state.seats}:
                self._why = f"the monitor said what no monitor may say: {type(body).__name__}"
                return []
        return found

    def _of_itself(self, room: OwnedRoom, found: list[AnyBody], why: str) -> Iterator[AnyBody]:
        """Note that the monitor fell silent, or judges again; pause when the lease is over and the policy acts."""
        policy = room.watching.policy
        lease = policy.lease if policy is not None else LEASE
        if self.silent:
            self.trusted = False
            if not self._told:
                yield RuleNoted(rule=SILENT, data={"why": why or "it judged nothing", "lease": lease})
        elif self._told:
            yield RuleNoted(rule=JUDGES)
        self._told = self.silent > 0
        phase = next((body.after for body in reversed(found) if isinstance(body, StateChanged)), room.state.phase)
        if self.silent >= lease and phase in _RUNS and policy is not None and policy.acts:
            numbers: dict[str, Any] = {"unjudged": self.silent, "lease": lease}
            yield StateChanged(before=phase, after="paused", rule=SILENT, numbers=numbers, policy=room.watching.digest)


def _judged_by(watching: Watches) -> int:
    """Count what a monitor has judged; one that cannot say has judged nothing."""
    try:
        with boundary("the monitor"):
            return watching.judged
    except ProviderFailure:
        return 0


def _let_through(found: list[AnyBody], room: OwnedRoom, breaker: Breaks) -> list[AnyBody]:
    """Hold back what the breaker does not allow now: one pause stands for it; flags always pass."""
    if breaker.allows(room.lease.stream, room.clock.now()):
        return found
    kept: list[AnyBody] = []
    held = False
    for body in found:
        if not acts_on_room(body):
            kept.append(body)
        elif not held and room.state.phase in _RUNS:
            held = True
            kept.append(held_back(body, room.state.phase))
    return kept
