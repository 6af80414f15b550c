"""Holds what a monitor goes by: weights, thresholds, what is found and what is done. One TOML file a policy.

`careful` is for rooms somebody opens, `thrifty` for many rooms under one purse, `revive` for rooms that shall go on,
`observe` records and never acts. A policy's hash stands in every decision. It knows no message.
"""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files
from math import isfinite
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import ScenarioError, UnknownName
from antiphon.monitor.gauge import READINGS
from antiphon.monitor.judge import Judge
from antiphon.monitor.weighing import MOST_FINDINGS, Weighing, weighing

__all__ = [
    "POLICIES",
    "Action",
    "Change",
    "Find",
    "Ladder",
    "OnPause",
    "Policy",
    "Severity",
    "Vote",
    "digest_of",
    "load",
    "read",
]

POLICIES = ("careful", "observe", "revive", "thrifty")
"""The policies that come with the package."""

Severity = Literal["S0", "S1", "S2", "S3", "S4"]
"""How bad a finding is: note, nudge, pause one room, pause a group and ask a person, stop spending now."""

Action = Literal["note", "nudge", "steer", "mute", "pause", "end"]
"""What a monitor may do, the cheapest that can be taken back first."""

Change = Literal["topic", "temperature", "layer"]
"""What a steer changes: a topic is offered, a seat's temperature set, the last layer of a prompt taken back."""

OnPause = Literal["wait", "steer", "fork", "tell"]
"""What comes with a pause: nothing, a steer in its place, a fork from before it, or a line to the seats."""

_Share = Annotated[float, Meta(ge=0.0, le=1.0)]
_Positive = Annotated[float, Meta(gt=0.0)]


class Vote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is one way to add evidence up; the median of all votes decides, so that no single setting does.

    Attributes:
        offset: log odds from which on a message counts towards the end.
        most, least: how much one message may add or take away, in log odds: the patience.
        threshold: the sum at which this vote says that it is over, in log odds.
    """

    offset: float
    most: _Positive
    least: _Positive
    threshold: _Positive


class Find(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says when a reading is worth a flag: `reading` at least `at_least` in `times` of the last messages."""

    reading: str
    at_least: _Share
    times: Annotated[int, Meta(ge=1, le=8)]
    severity: Severity = "S1"


class Ladder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says when each step is taken, and what it is; pressures are shares of what a stop takes.

    Attributes:
        nudge_at: pressure from which the seats are nudged.
        nudge: the line that nudges.
        steer_at: pressure from which one thing is changed.
        steers: what may be changed, in the order in which it is tried.
        topics: what is offered as a topic, in order.
        temperature: what a seat's temperature is set to.
        mute_after: equal turns in a row after which a seat is muted, while at least two others live.
        mute_rounds: rounds for which it is muted.
    """

    nudge_at: _Share = 0.6
    nudge: Annotated[str, Meta(min_length=1, max_length=300)] = (
        "[room]: The last messages brought little that is new. Take up something else, or say goodbye."
    )
    steer_at: _Share = 0.8
    steers: tuple[Change, ...] = ("topic", "temperature", "layer")
    topics: tuple[Annotated[str, Meta(min_length=1, max_length=300)], ...] = ()
    temperature: Annotated[float, Meta(ge=0.0, le=2.0)] = 1.2
    mute_after: Annotated[int, Meta(ge=3, le=64)] = 5
    mute_rounds: Annotated[int, Meta(ge=2, le=64)] = 3


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Is what a monitor goes by.

    Attributes:
        name, version, says: what it is called, and one line for people.
        acts: whether it may do anything at all; if not, it only records.
        actions: what it may do.
        announce: whether the seats hear nudges; if not, only people do.
        on_pause: what comes with a pause.
        ladder: when each step is taken.
        pause_first: whether it pauses where not everybody asked to end, instead of ending.
        end_markers: what asks to end as the last token of a message, where nobody else says so.
        bias, weights: log odds that a message belongs to what comes after the end, from its readings.
        votes: ways to add that up.
        signs: a sign of parting is one of these readings at least so high; each is measured against habit.
        signs_needed: signs among the last eight messages without which the room must be `unsigned` times as sure.
        unsigned: how many times.
        doubt: log odds taken off each message while there are fewer.
        consent: `mutual` from which on a message says that everybody is leaving: closing.
        suspect, leave: shares of the threshold at which suspicion begins and is over.
        twice: share of the threshold (over 1) at which a room that was only paused is ended.
        lease: messages a room goes on when the monitor itself fails, before it pauses.
        findings: what is flagged, by name; the first that holds gives the reason of a stop.
        judge: which model is asked about a running room that looks over; None = nobody is.
    """

    name: str
    version: Annotated[int, Meta(ge=1)]
    says: str
    acts: bool = True
    actions: tuple[Action, ...] = ("note", "pause", "end")
    announce: bool = False
    on_pause: OnPause = "wait"
    ladder: Ladder = Ladder()
    pause_first: bool = True
    end_markers: tuple[str, ...] = ("[END]", "^C^C")
    lease: Annotated[int, Meta(ge=1, le=1_000)] = 8
    bias: float
    weights: dict[str, float]
    votes: Annotated[tuple[Vote, ...], Meta(min_length=1, max_length=9)]
    signs: dict[str, _Share]
    signs_needed: Annotated[int, Meta(ge=0, le=8)]
    unsigned: Annotated[float, Meta(ge=1.0)]
    doubt: Annotated[float, Meta(ge=0.0)]
    consent: _Share
    suspect: _Share
    leave: _Share
    twice: Annotated[float, Meta(ge=1.0)]
    findings: Annotated[dict[str, Find], Meta(max_length=MOST_FINDINGS)]
    judge: Judge | None = None

    @cached_property
    def weighing(self) -> Weighing:
        """Give what it says about readings, looked up once."""
        return weighing(self)

    def may(self, action: Action) -> bool:
        """Tell whether this policy takes a kind of action."""
        return self.acts and action in self.actions

    def digest(self) -> str:
        """Give the policy's hash: 16 hexadecimal digits that stand in every decision."""
        return digest_of(msgspec.json.encode(self))


def digest_of(settings: bytes | str) -> str:
    """Give the hash of a policy's settings as they are written, in JSON.

    What a later version adds to policies does not change it, so that rooms kept by an earlier one stay verifiable.
    """
    return blake2b(msgspec.json.encode(msgspec.json.decode(settings), order="sorted"), digest_size=8).hexdigest()


@cache
def load(name: str) -> Policy:
    """Give a policy that comes with the package.

    Raises:
        UnknownName: naming those there are.
    """
    if name not in POLICIES:
        raise UnknownName("monitor policy", name, list(POLICIES))
    text = files("antiphon.monitor").joinpath("policies", f"{name}.toml").read_text("utf-8")
    return read(text)


def read(text: str) -> Policy:
    """Read a policy from TOML.

    Raises:
        ScenarioError: naming what is wrong in it, and where.
    """
    try:
        table = tomllib.loads(text)
        base = msgspec.to_builtins(load(table.pop("like"))) if "like" in table else {}
        ladder = base.get("ladder", {}) | table["ladder"] if isinstance(table.get("ladder"), dict) else None
        policy = msgspec.convert(base | table | ({} if ladder is None else {"ladder": ladder}), Policy)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"a monitor policy that is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ScenarioError(f"a monitor policy that is not right: {error}") from None
    named = {*policy.weights, *policy.signs, *(find.reading for find in policy.findings.values())}
    for reading in sorted(named):
        if reading not in READINGS:
            raise UnknownName("reading", reading, list(READINGS))
    _fits(policy)
    return policy


def _fits(policy: Policy) -> None:
    """Refuse a ladder whose steps cannot be taken as they are named."""
    if not isfinite(policy.ladder.temperature):
        raise ScenarioError("a monitor policy that is not right: ladder.temperature is a number from 0 to 2")
    if policy.on_pause == "steer" and "steer" not in policy.actions:
        raise ScenarioError('a monitor policy that is not right: on_pause = "steer" needs "steer" among its actions')
    if policy.on_pause != "wait" and "pause" not in policy.actions:
        raise ScenarioError('a monitor policy that is not right: on_pause needs "pause" among its actions')
    if "steer" in policy.actions and not policy.ladder.steers:
        raise ScenarioError("a monitor policy that is not right: a steer needs ladder.steers, such as ['temperature']")
    if "steer" in policy.actions and "topic" in policy.ladder.steers and not policy.ladder.topics:
        raise ScenarioError("a monitor policy that is not right: steering by topic needs ladder.topics, a list of them")
