"""Makes forks with everything a person may want otherwise, finds where a message was decided, and compares two rooms.

What a fork is stands in `runner/opening`; this is what is asked of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import Spending
from antiphon.library.policies import Chosen
from antiphon.library.session import Session
from antiphon.library.settings import with_rounds, with_rule, with_settings
from antiphon.library.voicing import set_prompts, set_temperatures
from antiphon.room.events import Event, MessageSaid, TurnRequested
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario
from antiphon.runner.history import history

__all__ = ["Branch", "Comparison", "before_message", "branch", "compare"]


class Branch(Struct, frozen=True, kw_only=True):
    """Says how a fork begins, and what it has otherwise than its parent.

    Attributes:
        at: after which event; None = the last settled turn.
        seats: "AI-2=MODEL" for seats that another model shall voice.
        prompts: seat -> the system text that replaces its own.
        temperatures: seat -> 0 to 2.
        rules: "QUESTION.NAME" of rules to put in force.
        settings: "PATH=VALUE" lines of the scenario.
        rounds: an end after so many rounds.
        same_chance: draw the same numbers as the parent.
        policy: what its monitor goes by; None = as in the parent.
        spending: ceilings of the fork alone.
    """

    at: int | None = None
    seats: Sequence[str] = ()
    prompts: Mapping[str, str] = {}
    temperatures: Mapping[str, float] = {}
    rules: Sequence[str] = ()
    settings: Sequence[str] = ()
    rounds: int | None = None
    same_chance: bool = False
    policy: Chosen = None
    spending: Spending = {}

    def scenario(self, parent: Scenario) -> Scenario:
        """Give the fork's scenario from its parent's."""
        for rule in self.rules:
            parent = with_rule(parent, rule)
        parent = with_settings(parent, self.settings)
        return parent if self.rounds is None else with_rounds(parent, self.rounds)


class Comparison(Struct, frozen=True, kw_only=True):
    """Tells where two rooms part: the messages that are equal from the start, and the first that differ.

    Attributes:
        equal: messages that both have, in order, by the same seats.
        shared: the last event that is one and the same in both, where one is the other's fork or both have a parent.
        first: sequence number of the first message of the one room that the other has not; None at its end.
        second: the same, the other way round.
    """

    equal: int
    shared: int
    first: int | None
    second: int | None


async def branch(laboratory: Laboratory, parent: str, how: Branch) -> Session:
    """Fork a room; `session.forked_at` tells the settled place that was taken.

    Raises:
        UserError: for a seat, rule or setting that is not there, and for a place where nothing can be forked.
    """
    session = await laboratory.fork(
        parent,
        at=how.at,
        seats=how.seats,
        change=how.scenario,
        same_chance=how.same_chance,
        policy=how.policy,
        **how.spending,
    )
    await set_prompts(session, how.prompts)
    await set_temperatures(session, how.temperatures)
    return session


async def before_message(laboratory: Laboratory, room: str, seq: int) -> int:
    """Find the event after which a fork must begin so that the message at `seq` is said anew.

    Raises:
        UserError: when no seat's message stands there.
    """
    events = [decode(record) for record in await history(laboratory.journal, room, seq)]
    said = events[-1].body if events and events[-1].seq == seq else None
    if not isinstance(said, MessageSaid) or said.seat is None or said.whisper:
        raise UserError(f"no message of a seat stands at {seq}; only those can be said anew")
    asked = [
        event.seq
        for event in events
        if isinstance(event.body, TurnRequested) and event.body.turn == said.turn and event.body.purpose == "speak"
    ]
    place = asked[-1] if asked else seq
    if place <= 1:
        raise UserError(f"nothing stands before {seq}")
    return place - 1


async def compare(laboratory: Laboratory, one: str, other: str) -> Comparison:
    """Compare two rooms message by message, whispers left out."""
    first, second = await _events(laboratory, one), await _events(laboratory, other)
    shared = 0
    for ours, theirs in zip(first, second, strict=False):
        if (ours.stream, ours.seq) != (theirs.stream, theirs.seq):
            break
        shared = ours.seq
    said, heard = _said(first), _said(second)
    equal = 0
    for ours_said, theirs_said in zip(said, heard, strict=False):
        if ours_said[1:] != theirs_said[1:]:
            break
        equal += 1
    return Comparison(
        equal=equal,
        shared=shared,
        first=said[equal][0] if equal < len(said) else None,
        second=heard[equal][0] if equal < len(heard) else None,
    )


async def _events(laboratory: Laboratory, room: str) -> list[Event]:
    return [decode(record) for record in await history(laboratory.journal, room)]


def _said(events: Sequence[Event]) -> list[tuple[int, str, str]]:
    """List (seq, who, text) of what was said aloud."""
    said = [(event.seq, event.body) for event in events if isinstance(event.body, MessageSaid)]
    return [(seq, body.seat or f"person:{body.person}", body.text) for seq, body in said if not body.whisper]
