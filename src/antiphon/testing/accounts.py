"""Checks that what a room's events tell of its calls adds up: every call, every fault, every word.

For rooms that were run over HTTP against an endpoint whose faults are known. It knows no endpoint and no journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from antiphon.room.events import Event, MessageSaid, TurnEnded, TurnRequested

__all__ = ["Accounts", "accounts_of"]


class Accounts(Struct, frozen=True):
    """Is what a room's events say of its calls.

    Attributes:
        turns: turns that were asked for.
        calls: calls made for them, every attempt counted.
        said: turns that ended with a message, cut ones included.
        failed: turns that ended without.
        faults: kind -> how often, over all attempts.
    """

    turns: int
    calls: int
    said: int
    failed: int
    faults: Counter[str]


def accounts_of(events: Sequence[Event]) -> Accounts:
    """Add up a room's turns, checking that each ended once and that no failed turn has a voice.

    Raises:
        AssertionError: naming the turn that does not add up.
    """
    asked = [event.body.turn for event in events if isinstance(event.body, TurnRequested)]
    ended = [event.body for event in events if isinstance(event.body, TurnEnded)]
    _same("turns asked for and ended", asked, [body.turn for body in ended])
    voiced = [event.body.turn for event in events if isinstance(event.body, MessageSaid) and event.body.turn]
    said = [body.turn for body in ended if body.outcome in {"said", "cut"}]
    _same("turns that were said and that have a message", said, voiced)
    faults: Counter[str] = Counter()
    for body in ended:
        faults.update(_faults(body))
    failed = [body for body in ended if body.outcome == "failed"]
    calls = sum(body.attempts for body in ended)
    return Accounts(len(asked), calls, len(said), len(failed), faults)


def _faults(body: TurnEnded) -> Counter[str]:
    """Give the faults that one turn tells of."""
    retried = body.applied.get("retried", [])
    _true(body.turn, len(retried) == body.attempts - 1, f"tells of {retried} in {body.attempts} attempts")
    _true(body.turn, (body.error is not None) == (body.outcome == "failed"), "failed without a reason, or not at all")
    return Counter([*retried, body.error.kind] if body.error else retried)


def _same(what: str, one: list[int], other: list[int]) -> None:
    if one != other:
        msg = f"{what} differ: {one} and {other}"
        raise AssertionError(msg)


def _true(turn: int, condition: bool, what: str) -> None:  # noqa: FBT001 - a condition, not an option
    if not condition:
        msg = f"turn {turn} {what}"
        raise AssertionError(msg)
