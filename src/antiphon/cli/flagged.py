"""Words what a monitor found, did and said, and what people thought of it. Pure: events in, lines out.

Messages are told by the numbers of their events, which `antiphon show --at` and `antiphon fork --at` take.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from antiphon.cli.wording import BLANK, Line, Lines, quiet, short
from antiphon.room.events import Event, FlagAcked, FlagRaised, NoticeGiven, StateChanged
from antiphon.room.flags import Flag

__all__ = ["ID", "answered", "judged", "nudged", "open_flags", "raised", "spoken_of"]

ID = 8
"""Digits of a flag's id that are shown, and typed: enough to tell one from another."""

_BY_ROOM = "[room]: "
"""How the room's lines to seats begin; a person is told who says it anyway."""

_LOUD = 3
"""Severity from which on a flag asks for a person, and is told louder."""

_SHOWN = 4
"""Messages of the evidence that fit into a line, the newest ones; the journal has them all."""

_SHARES = (
    (0.2, "little of"),
    (0.29, "a quarter of"),
    (0.42, "a third of"),
    (0.58, "half"),
    (0.71, "two thirds of"),
    (0.79, "three quarters of"),
    (0.9, "four fifths of"),
    (1.0, "nearly all"),
    (2.0, "all"),
    (math.inf, "twice"),
)
"""(below this share, in words): nobody reads a percentage of evidence; the journal and --json have the number."""

_AFTER = {
    "suspect": "the talk may be over (suspect)",
    "closing": "the talk is coming to its end (closing)",
    "paused": "paused by the monitor",
    "draining": "ended by the monitor",
    "live": "the room is live again",
}
"""Where a monitor moves a room -> how a person is told."""


def spoken_of(evidence: Sequence[int]) -> str:
    """Name the events a finding rests on: "event 31", "events …, 31, 33, 35, 37"; "" where there are none."""
    if not evidence:
        return ""
    more = "…, " if len(evidence) > _SHOWN else ""
    return f"event{'s' * (len(evidence) > 1)} {more}{', '.join(map(str, evidence[-_SHOWN:]))}"


def raised(body: FlagRaised, flags: Mapping[str, Flag], *, brief: bool = False) -> Line:
    """Tell that a flag was raised, or that one is told again; `flags` are the room's after it; `brief`: no id."""
    flag = flags.get(body.fingerprint)
    about = f" ({short(body.seat, 20)})" if body.seat else ""
    facts = [f"flag S{body.severity} {short(body.rule, 40)}{about}"]
    if body.waited:
        facts.append(f"nobody answered for {body.waited:,} messages")
    elif flag is not None and flag.count > 1:
        facts.append(f"raised {flag.count:,} times")
    facts.append(spoken_of(body.evidence))
    known = () if brief else ((f" · {_id(body.flag)}", "quiet"),)
    return Line(((" · ".join(filter(None, facts)), _style(body.severity)), *known), 2)


def answered(event: Event, body: FlagAcked, flags: Mapping[str, Flag]) -> Line:
    """Tell what somebody thinks of a flag."""
    flag = next((flag for flag in flags.values() if flag.id == body.flag), None)
    what = short(flag.rule, 40) if flag is not None else _id(body.flag)
    known = f" · {_id(body.flag)}" if flag is not None else ""
    reason = f" ({short(body.reason)})" if body.reason else ""
    return quiet(f"{_who(event)} on flag {what}: {short(body.verdict, 20)}{reason}{known}")


def judged(body: StateChanged) -> Lines:
    """Tell where a monitor moves its room."""
    why = short(body.rule.removeprefix("monitor").removeprefix("."), 60)
    facts = [_share(body), spoken_of(body.evidence)]
    told = " · ".join(filter(None, facts))
    words = _AFTER.get(body.after, f"the room is {body.after}") + (f": {why}" if why else "")
    if body.after in {"paused", "draining"}:
        yield BLANK
    yield quiet(words + (f" · {told}" if told else ""), "quiet" if body.after in {"live", "suspect"} else "warn")


def _share(body: StateChanged) -> str:
    pressure = body.numbers.get("pressure")
    if not isinstance(pressure, int | float) or body.after == "live":
        return ""
    return next(f"{words} the evidence a stop takes" for below, words in _SHARES if pressure < below)


def nudged(body: NoticeGiven) -> Line:
    """Tell what the monitor says to seats, or would say and says to people only: never to be taken for speech."""
    to = ", ".join(short(seat, 20) for seat in body.to or ()) or "all"
    who = "the monitor, unheard by the seats" if body.to == () else f"the monitor, to {to}"
    return Line(((f"{who}: ", "warn"), (short(body.text.removeprefix(_BY_ROOM)), "monitor")), 2)


def open_flags(counted: Mapping[str, int]) -> str:
    """Tell how many flags wait for an answer: "1 S2, 3 S1"; "" where none does."""
    return ", ".join(f"{count} {short(severity, 4)}" for severity, count in counted.items())


def _style(severity: int) -> str:
    return "quiet" if severity < 1 else "warn" if severity < _LOUD else "bold warn"


def _id(flag: str) -> str:
    return short(flag[:ID], ID)


def _who(event: Event) -> str:
    return short(event.by.removeprefix("person:"), 40)
