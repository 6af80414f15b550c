"""Watches one room while it runs: shows the monitor what the seats say, and words what it finds as events.

It hears events and nothing else, the policy's settings among them, so that whoever plays a room's events again gets
the same findings, without the policy's file. It takes no event itself and knows no journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from antiphon.errors import JournalError
from antiphon.monitor.policy import Policy
from antiphon.monitor.watch import WITHIN, Flag, Verdict, Watch
from antiphon.room.events import (
    AnyBody,
    Event,
    FlagAcked,
    FlagRaised,
    MessageSaid,
    Phase,
    RoomOpened,
    RuleNoted,
    StateChanged,
)
from antiphon.room.flags import PATIENCE, assess, fingerprint, hand_down, overdue, raise_flag
from antiphon.room.flags import Flag as Raised
from antiphon.runner.cutting import Apart

__all__ = ["MONITOR", "Watching", "policy_note", "watched"]

MONITOR = "monitor"
"""Who raises flags and changes states, in an event's header; and the rule of a change that stops nothing."""

_NOTE = "monitor.policy"
"""The note that keeps the policy's settings in the journal."""

_ALIVE: tuple[Phase, ...] = ("live", "suspect", "closing")
"""Phases in which a room runs; in every other one the monitor only raises flags."""


def policy_note(room: str, policy: Policy) -> RuleNoted:
    """Word a policy as a note: one text of JSON, since the order of its weights and findings counts.

    The room's name goes into its flags' ids; it is noted, since a copy that is imported has another name.
    """
    return RuleNoted(rule=_NOTE, data={"room": room, "settings": msgspec.json.encode(policy).decode()})


def watched(events: Iterable[Event]) -> Watching | None:
    """Watch what happened so far; None where no policy is noted."""
    watching = Watching()
    for event in events:
        watching.hear(event)
    return watching if watching.policy is not None else None


class Watching:
    """Follows one room, from its first event.

    Attributes:
        policy: what it goes by; None before the note that names it.
        digest: the policy's hash.
    """

    def __init__(self) -> None:
        """Begin before the room's first event."""
        self.policy: Policy | None = None
        self.digest = ""
        self._room = self._seed = ""
        self._watch = Watch()
        self._places: list[int] = []
        self._last: Verdict | None = None
        self._flags: dict[str, Raised] = {}
        self._said = 0
        self._overdue: list[FlagRaised] = []
        self._apart = Apart()
        self._came_apart: FlagRaised | None = None

    def hear(self, event: Event) -> None:
        """Take one event in; whispers, notices and what people say are not judged."""
        match event.body:
            case RuleNoted(rule=rule, data=data) if rule == _NOTE:
                self._room = str(data.get("room", event.stream))
                self._begin(data.get("settings"))
            case RoomOpened(parent=str(), seed=seed):
                self._seed = str(seed)  # a fork: its flags are not its parent's, nor those of another fork
                hand_down(self._flags)
                if self._watch.state == "ended":
                    self._watch, self._places = Watch(), []  # a fork of what was over is a new beginning
            case MessageSaid(seat=str(seat), whisper=False) as said if self.policy is not None:
                self._said += 1
                self._overdue = list(overdue(self._flags, self._said))
                self._places = [*self._places, event.seq][-WITHIN:]
                asks_end = said.asks_end is not None
                self._last = self._watch.see(self.policy, seat, said.text, asks_end=asks_end, digest=self.digest)
                self._came_apart = self._apart.judge(event, said, f"{self._room}\0{self._seed}", self.digest)
            case FlagRaised() as raised:
                raise_flag(self._flags, event, raised, self._said)
            case FlagAcked() as acked:
                assess(self._flags, event, acked, self._said)
            case _:
                pass

    def findings(self, phase: Phase) -> Iterator[AnyBody]:
        """Give what the last message leads to in a room of this phase: flags, then a change; once."""
        verdict, self._last = self._last, None
        if verdict is None or self.policy is None:
            return
        if self._came_apart is not None:
            yield self._came_apart
        for flag in verdict.flags:
            if flag.new:
                yield self._flag(self.policy, verdict, flag)
        yield from self._overdue
        if (change := self._change(verdict, phase)) is not None:
            yield change

    def _begin(self, settings: object) -> None:
        try:
            self.policy = msgspec.json.decode(str(settings), type=Policy)
        except msgspec.MsgspecError as error:
            raise JournalError(f"the room's note {_NOTE} is no policy: {error}") from None
        self.digest = self.policy.digest()

    def _seqs(self, indices: Iterable[int]) -> tuple[int, ...]:
        """Give the sequence numbers of messages that the watch still remembers."""
        oldest = self._watch.index - len(self._places) + 1
        return tuple(self._places[index - oldest] for index in indices)

    def _flag(self, policy: Policy, verdict: Verdict, flag: Flag) -> FlagRaised:
        find = policy.findings.get(flag.rule)
        numbers = {"count": flag.count, "odds": verdict.odds, "pressure": verdict.pressure}
        if find is not None:
            numbers[find.reading] = float(getattr(verdict.measures, find.reading))
        name = fingerprint(f"{self._room}\0{self._seed}", flag.rule, flag.seat)
        severity = int(flag.severity[1:])
        return FlagRaised(
            flag=name,
            rule=flag.rule,
            severity=severity,
            fingerprint=name,
            seat=flag.seat,
            evidence=self._seqs(flag.evidence),
            numbers=numbers,
            thresholds={"at_least": find.at_least, "times": find.times} if find is not None else {},
            policy=self.digest,
            ttl=PATIENCE.get(severity, 0),
        )

    def _change(self, verdict: Verdict, phase: Phase) -> StateChanged | None:
        """Say how the room moves: a stop once it is due, a pause only when it is new, since people may go on."""
        after: Phase = "draining" if verdict.state == "ended" else verdict.state
        if phase not in _ALIVE or phase == after or (after == "paused" and verdict.stop is None):
            return None
        stops = after in {"draining", "paused"}
        return StateChanged(
            before=phase,
            after=after,
            rule=f"{MONITOR}.{verdict.stop or 'over'}" if stops else MONITOR,
            evidence=tuple(sorted({seq for flag in verdict.flags for seq in self._seqs(flag.evidence)})),
            numbers={"odds": verdict.odds, "pressure": verdict.pressure},
            policy=self.digest,
        )
