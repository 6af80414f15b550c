"""Weighs a message's readings as a policy says: log odds, and which signs and findings are in it.

A policy's names are looked up once, not at every message. Signs and findings become counters in one number, four bits
each, so that those of the last messages are counted by adding the numbers up. It remembers nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import mul
from typing import TYPE_CHECKING

from msgspec import Struct

from antiphon.monitor.gauge import READINGS

if TYPE_CHECKING:
    from antiphon.monitor.policy import Policy

__all__ = ["MOST_FINDINGS", "Weighing", "consents_in", "signs_in", "weighing"]

LANE = 4
"""Bits of a counter: enough for eight messages."""

MOST_FINDINGS = 13
"""Findings that a policy may have: with signs and consent their counters fit a number of 64 bits, as snapshots want."""

_FULL = (1 << LANE) - 1


class Weighing(Struct, frozen=True):
    """Is what a policy says about readings, by their places instead of their names.

    Attributes:
        bias, weights: log odds of a message without readings, and what each reading adds; in the order of `READINGS`.
        signs: place and least value of each sign of parting.
        consent: place and least value of the reading that everybody is leaving.
        marks: place, least value and counter of each finding.
        findings: name, counter and times of each finding.
    """

    bias: float
    weights: tuple[float, ...]
    signs: tuple[tuple[int, float], ...]
    consent: tuple[int, float]
    marks: tuple[tuple[int, float, int], ...]
    findings: tuple[tuple[str, int, int], ...]

    def odds(self, values: Sequence[float]) -> float:
        """Give the log odds that a message of these readings belongs to what comes after the end."""
        return sum(map(mul, self.weights, values), self.bias)

    def bits(self, values: Sequence[float]) -> int:
        """Count what is in a message: signs of parting, consent, then each finding; 0 or 1 each."""
        bits = 0
        for place, least in self.signs:
            if values[place] >= least:
                bits = 1
                break
        place, least = self.consent
        if values[place] >= least:
            bits |= 1 << LANE
        for place, least, counter in self.marks:
            if values[place] >= least:
                bits |= 1 << counter
        return bits

    def holding(self, counted: int) -> Iterator[str]:
        """Name what messages show often enough, in the policy's order; `counted` is the sum of their bits."""
        if counted >> 2 * LANE:
            for name, counter, times in self.findings:
                if counted >> counter & _FULL >= times:
                    yield name

    def showing(self, name: str, bits: Sequence[int]) -> list[int]:
        """Give the places of the messages that show a finding."""
        counter = next(counter for finding, counter, _ in self.findings if finding == name)
        return [place for place, mark in enumerate(bits) if mark >> counter & 1]


def signs_in(counted: int) -> int:
    """Give how many messages show a sign of parting; `counted` is the sum of their bits."""
    return counted & _FULL


def consents_in(counted: int) -> int:
    """Give how many messages show that everybody is leaving; `counted` is the sum of their bits."""
    return counted >> LANE & _FULL


def weighing(policy: Policy) -> Weighing:
    """Look the names of a policy's readings up."""
    places = {name: place for place, name in enumerate(READINGS)}
    counters = {name: LANE * number for number, name in enumerate(policy.findings, 2)}
    return Weighing(
        bias=policy.bias,
        weights=tuple(policy.weights.get(name, 0.0) for name in READINGS),
        signs=tuple((places[name], least) for name, least in policy.signs.items() if least),
        consent=(places["mutual"], policy.consent),
        marks=tuple((places[find.reading], find.at_least, counters[name]) for name, find in policy.findings.items()),
        findings=tuple((name, counters[name], find.times) for name, find in policy.findings.items()),
    )
