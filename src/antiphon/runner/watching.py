"""Watches one room while it runs: shows the monitor what the seats say, and words what it finds as events.

It hears events and nothing else, the policy's settings among them, so that whoever plays a room's events again gets
the same findings, without the policy's file. It takes no event itself and knows no journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from antiphon.errors import JournalError
from antiphon.monitor.curbs import Curbed
from antiphon.monitor.ladder import Ladder, Scene
from antiphon.monitor.leaving import wants_out
from antiphon.monitor.policy import Policy, digest_of
from antiphon.monitor.watch import WITHIN, Flag, Verdict, Watch
from antiphon.room.asking import Ask
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
from antiphon.room.flags import MONITOR, PATIENCE, assess, fingerprint, hand_down, overdue, raise_flag
from antiphon.room.flags import Flag as Raised
from antiphon.room.state import State
from antiphon.runner.counsel import Counsel
from antiphon.runner.cutting import Apart

__all__ = ["MONITOR", "MUCH", "POLICY_NOTE", "RECENT", "Watching", "policy_note"]

POLICY_NOTE = "monitor.policy"
"""The note that keeps the policy's settings in the journal."""

_ALIVE: tuple[Phase, ...] = ("live", "suspect", "closing")
"""Phases in which a room runs; in every other one the monitor only raises flags."""


def policy_note(room: str, policy: Policy | None) -> RuleNoted:
    """Word a policy as a note: one text of JSON, since the order of its weights and findings counts.

    The room's name goes into its flags' ids; it is noted, since a copy that is imported has another name. None = nobody
    watches from here on.
    """
    if policy is None:
        return RuleNoted(rule=POLICY_NOTE, data={"room": room})
    settings = msgspec.json.encode(policy).decode()
    return RuleNoted(rule=POLICY_NOTE, data={"room": room, "name": policy.name, "settings": settings})


RECENT = 32
"""Messages whose novelty is kept for lists of rooms: as many bars as a line of the wall has room for."""

MUCH = 9
"""The reading of a message as new as the room's living ones: one figure a message."""


class _Memory(Struct, array_like=True):
    """Is all that is remembered between two turns: what snapshots keep."""

    room: str = ""
    seed: str = ""
    settings: str = ""
    watch: Watch = msgspec.field(default_factory=Watch)
    places: list[int] = []
    flags: dict[str, Raised] = {}
    said: int = 0
    apart: dict[str, int] = {}
    counsel: Counsel = msgspec.field(default_factory=Counsel)
    ladder: Ladder = msgspec.field(default_factory=Ladder)
    novelty: list[int] = []


class Watching:
    """Follows one room, from its first event.

    Attributes:
        policy: what it goes by; None before the note that names it, and where nobody watches any more.
        digest: the policy's hash; "" without one.
        novelty: how much was new in each of the last messages, 0 to 9, oldest first; for lists of rooms.
    """

    def __init__(self, packed: bytes = b"") -> None:
        """Begin before the room's first event, or where `packed` was made."""
        self._memory = msgspec.msgpack.decode(packed, type=_Memory) if packed else _Memory()
        self.novelty = self._memory.novelty
        self.policy: Policy | None = None
        self.digest = ""
        self._follow(self._memory.settings)
        self._last: Verdict | None = None
        self._overdue: list[FlagRaised] = []
        self._apart = Apart(self._memory.apart)
        self._came_apart: FlagRaised | None = None
        self._curbed: list[Curbed] = []
        self._out = False

    def pack(self) -> bytes:
        """Encode what is remembered, for a snapshot."""
        return msgspec.msgpack.encode(self._memory)

    @property
    def judged(self) -> int:
        """Count the messages judged so far."""
        return self._memory.said

    def hear(self, event: Event) -> None:
        """Take one event in; whispers, notices and what people say are not judged."""
        memory = self._memory
        memory.ladder.hear(event)
        if self.policy is not None and (curbed := memory.ladder.curbs.hear(event)) is not None:
            self._curbed.append(curbed)
        match event.body:
            case RuleNoted(rule=rule, data=data) if rule == POLICY_NOTE:
                memory.room = str(data.get("room", event.stream))
                self._begin(str(data.get("settings", "")))
            case RoomOpened(parent=str(), seed=seed):
                memory.seed = str(seed)  # a fork: its flags are not its parent's, nor those of another fork
                hand_down(memory.flags)
                if memory.watch.state == "ended":
                    memory.watch, memory.places = Watch(), []  # a fork of what was over is a new beginning
                    memory.counsel = Counsel()
            case MessageSaid(seat=str(seat), whisper=False) as said if self.policy is not None:
                memory.said += 1
                self._overdue = list(overdue(memory.flags, memory.said))
                memory.places = [*memory.places, event.seq][-WITHIN:]
                asks_end = said.asks_end is not None
                verdict = memory.watch.see(self.policy, seat, said.text, asks_end=asks_end, digest=self.digest)
                verdict = memory.counsel.said(self.policy, said, verdict)
                self.novelty = memory.novelty = [*self.novelty, round(MUCH * (1 - verdict.measures.lack))][-RECENT:]
                self._last = verdict if said.turn is not None else None
                self._out, self._curbed = wants_out(said.text), []
                memory.ladder.judged(event, said, verdict, self.policy, out=self._out)
                self._came_apart = self._apart.judge(event, said, self._named, self.digest)
            case FlagRaised() as raised:
                raise_flag(memory.flags, event, raised, memory.said)
            case FlagAcked() as acked:
                assess(memory.flags, event, acked, memory.said)
            case _ if self.policy is not None:
                if (again := memory.counsel.hear(self.policy, event)) is not None:
                    self._last, self._overdue, self._came_apart, self._out = again, [], None, False
            case _:
                pass

    def ask(self, state: State) -> Ask | None:
        """Give the question to the judge that is due before the next turn, if one is."""
        judge = self.policy.judge if self.policy is not None else None
        return self._memory.counsel.ask(judge, state) if judge is not None and state.phase in _ALIVE else None

    def refusals(self, seat: str) -> dict[str, str]:
        """Give the commands that are refused to a seat in its next turn, with why; none where the policy never acts."""
        acts = self.policy is not None and self.policy.acts
        return self._memory.ladder.curbs.refusals(seat) if acts else {}

    @property
    def fork_at(self) -> int:
        """Give the sequence number after which a fork was asked for; 0 = none was, or it is made."""
        return self._memory.ladder.fork_at

    def findings(self, state: State) -> Iterator[AnyBody]:
        """Give what the last message, or a judge's answer, leads to in a room that stands so, once.

        Flags, the steps of the ladder, and a change of state.
        """
        verdict, self._last = self._last, None
        if verdict is None or self.policy is None:
            return
        if self._came_apart is not None:
            yield self._came_apart
        for flag in verdict.flags:
            if flag.new or self._fingerprint(flag) not in self._memory.flags:  # what a fork finds holding is its own
                yield self._flag(self.policy, verdict, flag)
        yield from self._heard(verdict)
        yield from self._overdue
        memory = self._memory
        scene = Scene(self.policy, verdict, state, tuple(memory.places), memory.watch.repeats)
        steps = memory.ladder.climb(scene)
        yield from steps.bodies
        if (change := self._change(verdict, state.phase, steps.stop)) is not None:
            yield change

    def _heard(self, verdict: Verdict) -> Iterator[FlagRaised]:
        """Flag who stepped out of the frame, and who went over a bound."""
        if self._out:
            yield self._raised("frame_break", 1, verdict.seat, evidence=self._memory.places[-1:])
        curbed, self._curbed = self._curbed, []
        for one in curbed:
            yield self._raised(
                one.rule, 2, one.seat, evidence=one.evidence, numbers=one.numbers, thresholds=one.thresholds
            )

    def _begin(self, settings: str) -> None:
        """Go by a policy from here on; the evidence that another one added up is put away, what was heard is not."""
        if self._memory.settings not in {"", settings}:
            old = self._memory.watch
            self._memory.watch, self._memory.places = Watch(gauge=old.gauge, index=old.index), []
            self._memory.counsel = Counsel()
        self._follow(settings)

    def _follow(self, settings: str) -> None:
        try:
            self.policy = msgspec.json.decode(settings, type=Policy) if settings else None
        except msgspec.MsgspecError as error:
            raise JournalError(f"the room's note {POLICY_NOTE} is no policy: {error}") from None
        self._memory.settings = settings
        self.digest = digest_of(settings) if settings else ""  # as written, whatever policies hold by now

    @property
    def _named(self) -> str:
        """Give what the names of this room's flags are made from."""
        return f"{self._memory.room}\0{self._memory.seed}"

    def _seqs(self, indices: Iterable[int]) -> tuple[int, ...]:
        """Give the sequence numbers of messages that the watch still remembers."""
        places = self._memory.places
        oldest = self._memory.watch.index - len(places) + 1
        return tuple(places[index - oldest] for index in indices)

    def _fingerprint(self, flag: Flag) -> str:
        return fingerprint(self._named, flag.rule, flag.seat)

    def _flag(self, policy: Policy, verdict: Verdict, flag: Flag) -> FlagRaised:
        find = policy.findings.get(flag.rule)
        numbers = {"count": flag.count, "odds": verdict.odds, "pressure": verdict.pressure}
        if find is not None:
            numbers[find.reading] = float(getattr(verdict.measures, find.reading))
        return self._raised(
            flag.rule,
            int(flag.severity[1:]),
            flag.seat,
            evidence=self._seqs(flag.evidence),
            numbers=numbers,
            thresholds={"at_least": find.at_least, "times": find.times} if find is not None else {},
        )

    def _raised(
        self,
        rule: str,
        severity: int,
        seat: str | None,
        *,
        evidence: Iterable[int],
        numbers: Mapping[str, float] | None = None,
        thresholds: Mapping[str, float] | None = None,
    ) -> FlagRaised:
        """Word a flag."""
        name = fingerprint(self._named, rule, seat)
        return FlagRaised(
            flag=name,
            rule=rule,
            severity=severity,
            fingerprint=name,
            seat=seat,
            evidence=tuple(evidence),
            numbers=dict(numbers or {}),
            thresholds=dict(thresholds or {}),
            policy=self.digest,
            ttl=PATIENCE.get(severity, 0),
        )

    def _change(self, verdict: Verdict, phase: Phase, stop: str | None) -> StateChanged | None:
        """Say how the room moves: a stop once it is due, a pause only when it is new, since people may go on."""
        after: Phase = "draining" if verdict.state == "ended" else verdict.state
        if phase not in _ALIVE or phase == after or (after == "paused" and stop is None):
            return None
        stops = after in {"draining", "paused"}
        return StateChanged(
            before=phase,
            after=after,
            rule=f"{MONITOR}.{stop or 'over'}" if stops else MONITOR,
            evidence=tuple(sorted({seq for flag in verdict.flags for seq in self._seqs(flag.evidence)})),
            numbers={"odds": verdict.odds, "pressure": verdict.pressure},
            thresholds={"pressure": 1.0} if stops else {},
            policy=self.digest,
        )
