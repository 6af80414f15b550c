"""Follows a conversation and decides, message by message, whether it lives: the state machine of the monitor.

    live <-> suspect;   live | suspect -> closing (everybody is parting) -> live again
    any of them -> paused (over, but nobody agreed on it) -> live again | ended
    any of them -> ended

Each message's readings become log odds that it belongs to what comes after the end; those are added up over many
messages, since one proves nothing, and what brings matter takes the sum down again. Where nobody parts, the sum must
be much higher. Pure: the same log gives the same verdicts. It knows no journal, no clock, and does nothing itself.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import astuple

from antiphon.monitor.gauge import LONGEST_NAME, Gauge, Readings
from antiphon.monitor.policy import Policy, Severity
from antiphon.monitor.weighing import Weighing, consents_in, signs_in

__all__ = ["Flag", "State", "Verdict", "Watch"]

State: TypeAlias = Literal["live", "suspect", "closing", "paused", "ended"]
"""Where a conversation stands."""

WITHIN = 8
"""Messages in which signs and findings are counted."""

STUCK = 3
"""Equal turns of one seat from which on it is stuck, while the room lives."""

ROUNDS = 2
"""Rounds for which a state that was just left is not gone back to."""

DYAD = 2
"""Seats for which thresholds are meant; where more speak, a stop takes as many more messages."""

MOST = 8.0
"""Thresholds that a sum may reach: what many seats without a goodbye take, and no more than life can bring down."""

CARRIED_OVER = 0.45
"""Share of the threshold that a room brings along from when nobody parted: games and songs that repeat themselves for a
reason have a high sum, and four silent turns or a goodbye must not be its last straw. From half on, four would be."""

CONSENTS = 2
"""Closing messages among the last eight that make an ending one that everybody asked for."""


class Flag(Struct, frozen=True, kw_only=True):
    """Says what was found, where, and on what evidence.

    Attributes:
        rule: the finding's name in the policy, or "stuck_seat".
        severity: S0 (note) to S4 (stop spending now).
        seat: whom it is about; None = the room.
        first, last: messages it was seen in, 0-based.
        count: how many of the last messages show it.
        evidence: their numbers, oldest first.
        new: whether it was not there one message earlier.
    """

    rule: str
    severity: Severity
    seat: str | None
    first: int
    last: int
    count: int
    evidence: tuple[int, ...]
    new: bool


class Verdict(Struct, frozen=True, kw_only=True):
    """Says how a conversation stands after a message.

    Attributes:
        index: the message, 0-based.
        seat: who spoke.
        state, before: where the conversation stands, and stood.
        stop: why to stop here, or None; the message itself is the last one to keep.
        flags: what holds now.
        odds: log odds that this message belongs to what comes after the end.
        pressure: evidence added up, as a share of what a stop takes here; from 1.0 on the policy acts.
        measures: the message's readings.
        policy: the policy's hash.
    """

    index: int
    seat: str
    state: State
    before: State
    stop: str | None
    flags: tuple[Flag, ...]
    odds: float
    pressure: float
    measures: Readings
    policy: str


class Watch(Struct):
    """Holds all that is remembered of a conversation between two messages; bounded, and msgspec can encode it."""

    gauge: Gauge = field(default_factory=Gauge)
    sums: list[float] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    repeats: dict[str, int] = field(default_factory=dict)
    state: State = "live"
    left: State = "live"
    since: int = 0
    index: int = -1
    odds: float = 0.0

    def see(self, policy: Policy, speaker: str, text: str, *, asks_end: bool, digest: str = "") -> Verdict:
        """Take the next message in; `digest` is the policy's, told in the verdict."""
        self.index += 1
        readings = self.gauge.read(speaker, text, asks_end=asks_end, markers=policy.end_markers)
        counted, before = sum(self.seen), self.state
        known, unsigned = list(policy.weighing.holding(counted)), signs_in(counted) < policy.signs_needed
        odds = self._note(policy.weighing, readings)
        signed = signs_in(sum(self.seen)) >= policy.signs_needed
        if signed and unsigned:
            self._carry_over(policy)
        median = self._add(policy, odds if signed else odds - policy.doubt)
        pressure = median / (1.0 if signed else policy.unsigned) / max(1.0, self.gauge.seats_lately() / DYAD)
        self._move(self._next(policy, readings, median, pressure))
        flags = self._flags(policy, known, self._stuck(speaker[:LONGEST_NAME], readings))
        stopped = self.state != before and self.state in {"paused", "ended"}
        return Verdict(
            index=self.index,
            seat=speaker,
            state=self.state,
            before=before,
            stop=self._reason(policy) if stopped else None,
            flags=flags,
            odds=odds,
            pressure=pressure,
            measures=readings,
            policy=digest,
        )

    def _add(self, policy: Policy, odds: float) -> float:
        """Add the evidence of a message to every vote's sum; give the median sum as a share of its threshold."""
        if len(self.sums) != len(policy.votes):
            self.sums = [0.0] * len(policy.votes)
        shares = []
        for place, vote in enumerate(policy.votes):
            step = min(vote.most, max(-vote.least, odds - vote.offset))
            most = vote.threshold * MOST
            self.sums[place] = min(most, max(0.0, self.sums[place] + step))
            shares.append(self.sums[place] / vote.threshold)
        return sorted(shares)[len(shares) // 2]

    def _carry_over(self, policy: Policy) -> None:
        """Keep little of what was added up while nobody parted, now that somebody does."""
        self.sums = [
            min(added, CARRIED_OVER * vote.threshold) for added, vote in zip(self.sums, policy.votes, strict=False)
        ]

    def _note(self, weighing: Weighing, readings: Readings) -> float:
        """Remember the signs and findings of a message; give its log odds."""
        if not self._echoes_life(readings):
            values = astuple(readings)
            self.seen.append(weighing.bits(values))
            self.odds = weighing.odds(values)
        else:
            self.seen.append(self.seen[-1])
        del self.seen[:-WITHIN]
        return self.odds

    def _echoes_life(self, readings: Readings) -> bool:
        """Tell whether a message is another's last one word for word, and that one lived: it is weighed as that is.

        Where one model copies the other and each pair is new, whoever leads says whether the room lives.
        """
        if not readings.same or readings.bare or readings.marker or self.odds >= 0.0:
            return False
        said, spoke = self.gauge.recent, self.gauge.partings[-2:]
        once = said[-2:-1] == said[-1:] and said[-1] not in said[:-2]  # an echo of an echo is a loop
        return once and spoke[0][0] != spoke[-1][0] and not signs_in(self.seen[-1])

    def _next(self, policy: Policy, readings: Readings, median: float, pressure: float) -> State:
        if self.state == "ended":
            return "ended"
        if policy.acts and pressure >= 1.0 and (stop := self._stop(policy, pressure)) is not None:
            return stop
        if self.state == "paused":
            return "live" if median <= policy.leave else "paused"
        if readings.mutual >= policy.consent:
            return "closing"
        if median <= policy.leave:
            return "live"
        if self.state == "live" and median >= policy.suspect:
            return "suspect"
        return self.state

    def _stop(self, policy: Policy, pressure: float) -> State | None:
        """Say how a conversation is stopped that is over, as far as the policy may; None = not yet, or not by it."""
        agreed = consents_in(sum(self.seen)) >= CONSENTS
        if (agreed or not policy.pause_first or pressure >= policy.twice) and policy.may("end"):
            return "ended"
        return "paused" if policy.may("pause") else None

    def _move(self, after: State) -> None:
        """Change the state, but not back to the one that was left less than two rounds ago."""
        if after == self.state:
            return
        seats = max(1, self.gauge.seats_lately())
        if after == self.left and after != "ended" and 0 < self.index - self.since < ROUNDS * seats and self.since:
            return
        self.left, self.state, self.since = self.state, after, self.index

    def _stuck(self, speaker: str, readings: Readings) -> str | None:
        """Tell whether this speaker has said the same in several turns while the room lives."""
        self.repeats[speaker] = self.repeats.pop(speaker, 0) + 1 if readings.same or readings.bare else 0
        while len(self.repeats) > len(self.gauge.seats):
            del self.repeats[next(iter(self.repeats))]
        return speaker if self.repeats[speaker] >= STUCK and self.state == "live" else None

    def _flags(self, policy: Policy, known: list[str], stuck: str | None) -> tuple[Flag, ...]:
        flags = []
        oldest = self.index - len(self.seen) + 1
        for name in policy.weighing.holding(sum(self.seen)):
            where = tuple(oldest + place for place in policy.weighing.showing(name, self.seen))
            flags.append(_flag(name, policy.findings[name].severity, where, new=name not in known))
        if stuck is not None:
            flags.append(_flag("stuck_seat", "S1", (self.index,), seat=stuck, new=self.repeats[stuck] == STUCK))
        return tuple(flags)

    def _reason(self, policy: Policy) -> str:
        """Give the reason of a stop: what everybody asked for, else the first finding that holds."""
        counted = sum(self.seen)
        if consents_in(counted) >= CONSENTS:
            return "consent"
        return next(policy.weighing.holding(counted), "faded")


def _flag(rule: str, severity: Severity, where: tuple[int, ...], *, new: bool, seat: str | None = None) -> Flag:
    return Flag(
        rule=rule,
        severity=severity,
        seat=seat,
        first=where[0],
        last=where[-1],
        count=len(where),
        evidence=where,
        new=new,
    )
