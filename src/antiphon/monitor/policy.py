"""Holds what a monitor goes by: weights, thresholds, what is found and what is done. One TOML file a policy.

`careful` is for rooms somebody opens, `thrifty` for many rooms under one purse, `observe` records and never acts. A
policy's hash stands in every decision. It knows no message.
"""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import ScenarioError, UnknownName
from antiphon.monitor.gauge import READINGS
from antiphon.monitor.judge import Judge
from antiphon.monitor.weighing import MOST_FINDINGS, Weighing, weighing

__all__ = ["POLICIES", "Find", "Policy", "Severity", "Vote", "load", "read"]

POLICIES = ("careful", "observe", "thrifty")
"""The policies that come with the package."""

Severity = Literal["S0", "S1", "S2", "S3", "S4"]
"""How bad a finding is: note, nudge, pause one room, pause a group and ask a person, stop spending now."""

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


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Is what a monitor goes by.

    Attributes:
        name, version, says: what it is called, and one line for people.
        acts: whether it may pause or end; if not, it only records.
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

    def digest(self) -> str:
        """Give the policy's hash: 16 hexadecimal digits that stand in every decision."""
        return blake2b(msgspec.json.encode(self, order="sorted"), digest_size=8).hexdigest()


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
        policy = msgspec.convert(base | table, Policy)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"a monitor policy that is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ScenarioError(f"a monitor policy that is not right: {error}") from None
    named = {*policy.weights, *policy.signs, *(find.reading for find in policy.findings.values())}
    for reading in sorted(named):
        if reading not in READINGS:
            raise UnknownName("reading", reading, list(READINGS))
    return policy
