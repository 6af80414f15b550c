"""Says who of many waiting flags is assessed next, so that no flood of grave ones keeps the others waiting for ever.

A fifth of the assessors (people, or models that judge) is reserved for lower severities, and waiting makes a flag more
urgent. Pure: the times come in as values, and the order in which flags are given does not matter. It knows no flag
but its name, its severity and since when it waits; it drops none.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

__all__ = ["AGE", "GRAVE", "Waiting", "assign", "reserved"]

GRAVE = 3
"""Severity from which on a flag is grave: it asks for a person, or stops the spending."""

AGE = 600_000
"""Milliseconds of waiting that make a flag as urgent as one severity more."""

ONE_IN = 5
"""Of so many assessors one is kept for lower severities."""


class Waiting(Struct, frozen=True):
    """Is a flag that waits: its name, its severity (0 to 4), and since when (milliseconds)."""

    flag: str
    severity: int
    since: int


def reserved(assessors: int) -> int:
    """Give how many assessors grave flags never get: a fifth, and one of two at least; a lone one serves all."""
    return max(1, assessors // ONE_IN) if assessors > 1 else 0


def assign(waiting: Iterable[Waiting], *, assessors: int, grave_busy: int, idle: int, now: int) -> list[Waiting]:
    """Give the flags that idle assessors take up now, most urgent first.

    Args:
        waiting: flags nobody assesses yet, in any order.
        assessors: how many there are, busy and idle.
        grave_busy: how many of them assess a grave flag.
        idle: how many of them assess nothing.
        now: milliseconds.
    """
    grave_left = max(0, assessors - reserved(assessors) - grave_busy)
    taken: list[Waiting] = []
    for flag in sorted(waiting, key=lambda one: (-_urgency(one, now), one.since, one.flag)):
        if len(taken) >= idle:
            break
        if flag.severity >= GRAVE:
            if grave_left == 0:
                continue
            grave_left -= 1
        taken.append(flag)
    return taken


def _urgency(flag: Waiting, now: int) -> int:
    return flag.severity + max(0, now - flag.since) // AGE
