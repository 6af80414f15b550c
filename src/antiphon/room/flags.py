"""Flags that live: what was found in a room, how often, how it stands, and what people thought of it. A fold.

A finding has one flag, however often it is raised: equal fingerprints count up. Nothing here is ever dropped, and a
flag raised a hundred thousand times takes the room of one. A flag that nobody answers is told again, a severity
higher, after so many messages. It knows no detector, acts on nothing, and never looks at a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from typing import Literal, TypeAlias

from msgspec import Struct

from antiphon.errors import UnknownName
from antiphon.room.events import (
    Event,
    FlagAcked,
    FlagRaised,
    NoticeGiven,
    RuleNoted,
    SeatChanged,
    StateChanged,
)

__all__ = [
    "MONITOR",
    "PATIENCE",
    "VERDICTS",
    "WAITING",
    "Assessment",
    "Flag",
    "FlagState",
    "act",
    "assess",
    "fingerprint",
    "hand_down",
    "named",
    "overdue",
    "raise_flag",
    "waiting",
]

MONITOR = "monitor"
"""Who raises flags and changes states, in an event's header."""

FlagState: TypeAlias = Literal["open", "acknowledged", "monitoring", "resolved", "re-opened"]
"""How a flag stands; `open` and `re-opened` wait for an answer."""

WAITING: frozenset[FlagState] = frozenset({"open", "re-opened"})
"""States in which a flag waits for an answer, and ages."""

VERDICTS: Mapping[str, FlagState] = {
    "acknowledged": "acknowledged",
    "monitoring": "monitoring",
    "resolved": "resolved",
    "false": "resolved",
    "open": "re-opened",
}
"""What somebody may think of a flag -> how it stands afterwards; "false": what it says was not so."""

PATIENCE: Mapping[int, int] = {1: 100, 2: 50, 3: 25, 4: 10}
"""Severity -> messages for which a flag waits before it is told again; a note (0) waits for nobody. Long enough that a
person who looks in now and then comes first, and halved with each severity, since that is what severity means."""

HIGHEST = 3
"""Severity that waiting alone can reach: it asks for a person. S4 stops spending, which only a finding may do."""

EVIDENCE = 32
"""Sequence numbers a flag keeps as its evidence, the newest ones; the journal has them all."""

NEWEST = 64
"""Flags, the last to appear, that an action may count for: more than a room has, and a bound for files that lie."""

DIGEST = 8
"""Bytes of a fingerprint: 16 hexadecimal digits tell a journal's flags apart, and a few of them are typed."""


class Assessment(Struct, frozen=True):
    """Is what somebody thought of a flag: when (RFC 3339), who, the verdict, and why."""

    at: str
    by: str
    verdict: str
    reason: str = ""


class Flag(Struct, kw_only=True):
    """Is one finding of a room, from its first raising on.

    Attributes:
        id: its name; what `antiphon ack` takes.
        fingerprint: of the room, the rule and the seat; equal ones are one flag.
        rule: what found it.
        seat: whom it is about; None = the room.
        severity: 0 note, 1 nudge, 2 pause a room, 3 ask a person, 4 stop spending now.
        state: how it stands.
        count: how often it was raised; being told again does not count.
        first_seq, last_seq: the events that raised it first and last.
        evidence: the newest messages it rests on, by sequence number, oldest first.
        ttl: messages for which it waits for an answer; 0 = for ever.
        ack_by: the room's number of messages at which it is told again; None = never.
        actions: what a monitor did since it was raised, and how often: {"nudge": 2, "pause": 1}.
        assessments: what was thought of it, oldest first.
        inherited: whether a fork's parent raised it; it is answered there.
    """

    id: str
    fingerprint: str
    rule: str
    seat: str | None
    severity: int
    first_seq: int
    state: FlagState = "open"
    count: int = 0
    last_seq: int = 0
    evidence: tuple[int, ...] = ()
    ttl: int = 0
    ack_by: int | None = None
    actions: dict[str, int] = {}
    assessments: list[Assessment] = []
    inherited: bool = False

    @property
    def waits(self) -> bool:
        """Tell whether the flag waits for an answer in this room."""
        return self.state in WAITING and not self.inherited


Flags: TypeAlias = dict[str, Flag]
"""A room's flags by fingerprint, the first raised first."""


def fingerprint(room: str, rule: str, seat: str | None) -> str:
    """Give the 16 hexadecimal digits that equal findings share."""
    return blake2b("\0".join([room, rule, seat or ""]).encode("utf-8", "replace"), digest_size=DIGEST).hexdigest()


def raise_flag(flags: Flags, event: Event, body: FlagRaised, messages: int) -> None:
    """Fold a raising in; `messages` is how many the room's seats have said."""
    key = body.fingerprint or fingerprint("", body.rule, body.seat)
    flag = flags.get(key)
    if flag is None:
        flag = flags[key] = Flag(
            id=body.flag, fingerprint=key, rule=body.rule, seat=body.seat, severity=body.severity, first_seq=event.seq
        )
        _wait(flag, body, messages)
    elif flag.state == "resolved":
        flag.state, flag.severity = "re-opened", body.severity
        _wait(flag, body, messages)
    elif body.severity > flag.severity or body.waited:
        if flag.state == "acknowledged":
            flag.state = "re-opened"  # what was acknowledged was less
        flag.severity = max(flag.severity, body.severity)
        _wait(flag, body, messages)
    flag.count += not body.waited or not flag.count  # told again is no new finding, except to who never heard of it
    flag.last_seq, flag.inherited = event.seq, False
    flag.evidence = tuple(sorted({*flag.evidence, *body.evidence[-EVIDENCE:]}))[-EVIDENCE:]


def _wait(flag: Flag, body: FlagRaised, messages: int) -> None:
    flag.ttl, flag.ack_by = body.ttl, messages + body.ttl if body.ttl > 0 else None


def assess(flags: Flags, event: Event, body: FlagAcked, messages: int) -> None:
    """Fold an assessment in; an unknown verdict is kept and moves nothing, an unknown flag was erased."""
    flag = flags.get(body.flag) or next((flag for flag in flags.values() if flag.id == body.flag), None)
    if flag is None:
        return
    flag.assessments.append(Assessment(event.at, event.by, body.verdict, body.reason))
    flag.state = VERDICTS.get(body.verdict, flag.state)
    flag.inherited = False
    flag.ack_by = messages + flag.ttl if flag.state in WAITING and flag.ttl > 0 else None


def act(flags: Flags, event: Event) -> None:
    """Fold in what a monitor did: it counts for the flags about the same seat and about the room, notes left out."""
    deed = _deed(event)
    if deed is None:
        return
    action, seats = deed
    for flag in islice(reversed(flags.values()), NEWEST):
        concerned = not seats or flag.seat is None or flag.seat in seats
        if concerned and flag.severity > 0 and flag.state != "resolved" and not flag.inherited:
            flag.actions[action] = flag.actions.get(action, 0) + 1


def _deed(event: Event) -> tuple[str, tuple[str, ...]] | None:
    """Name what an event of a monitor's did, and to which seats (none = to the room)."""
    match event.body:
        case NoticeGiven(synthetic=True, kind="nudge" | "offer" as kind, to=to):
            return kind, to or ()
        case SeatChanged(what="muted", after=True, seat=seat):
            return "mute", (seat,)
        case RuleNoted(rule="monitor.steer", data=data):  # one steer may be several changes
            return "steer", (data["seat"],) if isinstance(data.get("seat"), str) else ()
        case StateChanged(after="paused" | "draining" as after):
            return {"paused": "pause", "draining": "end"}[after], ()
        case _:
            return None


def hand_down(flags: Flags) -> None:
    """Let a fork begin: what its parent raised is the parent's to answer."""
    for flag in flags.values():
        flag.inherited = True


def overdue(flags: Flags, messages: int) -> Iterator[FlagRaised]:
    """Give the raisings by which flags that waited long enough are told again, a severity higher up to S3.

    From there on each wait is twice the one before, so that one flag is told a few times and not for ever. This
    changes whom a flag reaches, never what it says: nothing is paused because a flag is old.
    """
    for flag in flags.values():
        if flag.ack_by is None or messages < flag.ack_by or not flag.waits:
            continue
        rises = flag.severity < HIGHEST
        severity = flag.severity + rises
        yield FlagRaised(
            flag=flag.id,
            rule=flag.rule,
            severity=severity,
            fingerprint=flag.fingerprint,
            seat=flag.seat,
            evidence=flag.evidence,
            ttl=PATIENCE.get(severity, flag.ttl) if rises else 2 * flag.ttl,
            waited=flag.ttl,
        )


def waiting(flags: Iterable[Flag]) -> dict[str, int]:
    """Count the flags that wait for an answer by severity, the most severe first: {"S2": 1, "S1": 3}."""
    counted = Counter(flag.severity for flag in flags if flag.waits)
    return {f"S{severity}": counted[severity] for severity in sorted(counted, reverse=True)}


def named(flags: Iterable[Flag], part: str) -> Flag:
    """Find the flag with this id, or the only one whose id begins so.

    Raises:
        UnknownName: when there is none, or more than one.
    """
    known = list(flags)
    found = [flag for flag in known if flag.id == part] or [flag for flag in known if part and flag.id.startswith(part)]
    if len(found) != 1:
        raise UnknownName("flag", part, [flag.id for flag in found or known][:10])
    return found[0]
