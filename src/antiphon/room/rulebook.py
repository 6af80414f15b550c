"""The rules of one room: what every rule has in common, and how several answer one question together.

A `Rulebook` asks; the rules answer. It knows neither which rules exist nor how a scenario names them (the registry
does), and it keeps nothing: memories are values that belong to whoever folds the room.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar, Literal

from msgspec import Struct

from antiphon.room.asking import Ask
from antiphon.room.contracts import Allowance, Heard, Moment, Rule, Verdict
from antiphon.room.events import Event
from antiphon.room.state import Seat, State

__all__ = ["Named", "RuleSettings", "Rulebook", "able", "counted"]


class RuleSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is the settings of a rule without memory; what a rule's file derives its Struct from.

    Attributes:
        told: what the seats are told: "nothing", "that_it_exists" (`hint`), or "the_value" (`terms`).
    """

    told: Literal["nothing", "that_it_exists", "the_value"] = "nothing"

    hint: ClassVar[str] = ""
    """The sentence that tells a seat that there is such a rule, and not how it is set."""

    def start(self) -> Any:  # noqa: ANN401 - each rule's own memory, of plain JSON types
        """Make the rule's memory: none, unless a rule says otherwise."""
        return None

    def step(self, memory: Any, event: Event) -> Any:  # noqa: ANN401, ARG002 - as above; `event` is for rules that remember
        """Take in one event and return the memory."""
        return memory

    def terms(self) -> str:
        """Give the sentence that tells a seat exactly how the rule is set."""
        return self.hint

    def promise(self, seat: str) -> str | None:  # noqa: ARG002 - the contract lets a rule tell seats different things
        """Give the sentence the seat is told, from the very settings that `answer` enforces."""
        match self.told:
            case "nothing":
                return None
            case "that_it_exists":
                return self.hint
            case "the_value":
                return self.terms()


class Named(Struct, frozen=True):
    """Is a rule with its place in the scenario: `[rules.<question>.<name>]`."""

    question: str
    name: str
    rule: Rule

    @property
    def key(self) -> str:
        """Name the rule's memory."""
        return f"{self.question}.{self.name}"


class Rulebook(Struct, frozen=True, kw_only=True, dict=True):
    """Holds the rules of a room, each question's in the order of the scenario."""

    who_speaks: Named
    what_is_heard: Named
    how_much: tuple[Named, ...] = ()
    what_counts: tuple[Named, ...] = ()
    when_it_ends: tuple[Named, ...] = ()

    def __iter__(self) -> Iterator[Named]:
        """Give every rule, question by question."""
        yield self.who_speaks
        yield from self.how_much
        yield self.what_is_heard
        yield from self.what_counts
        yield from self.when_it_ends

    @cached_property
    def _by_key(self) -> dict[str, Rule]:
        return {named.key: named.rule for named in self}

    def start(self) -> dict[str, Any]:  # Any: each rule's own, of plain JSON types
        """Make the memories, by `Named.key`, of those rules that have one."""
        memories = {named.key: named.rule.start() for named in self}
        return {key: memory for key, memory in memories.items() if memory is not None}

    def step(self, memories: dict[str, Any], event: Event) -> dict[str, Any]:
        """Let every rule with a memory take in one event; changes `memories` and returns it."""
        rules = self._by_key
        for key, memory in memories.items():
            memories[key] = rules[key].step(memory, event)
        return memories

    @cached_property
    def _penalising(self) -> tuple[Named, ...]:
        return tuple(named for named in self.what_counts if hasattr(named.rule, "penalty_of"))

    def speaker(self, state: State, memories: dict[str, Any], now: int) -> str | Ask | None:
        """Give the id of the seat that speaks next, or what must be asked first; None when nobody can speak."""
        barred: tuple[str, ...] = ()
        if self.how_much or self._penalising:
            barred = self._barred(state, memories, now)
        seat: str | Ask | None = _ask(self.who_speaks, state, memories, Moment(now, barred=barred))
        return seat

    def _barred(self, state: State, memories: dict[str, Any], now: int) -> tuple[str, ...]:
        """List the seats to pass over: penalties never silence everybody at once."""
        silent = [seat.id for seat in state.speakers() if self._barring(state, memories, now, seat.id)]
        others = [seat.id for seat in state.speakers() if seat.id not in silent]
        out = [seat for seat in others if any(one.tokens == 0 for one in self._penalties(state, memories, now, seat))]
        return tuple(silent) if len(out) == len(others) else (*silent, *out)

    def _penalties(self, state: State, memories: dict[str, Any], now: int, seat: str) -> list[Allowance]:
        moment = Moment(now, seat)
        return [named.rule.penalty_of(state, memories.get(named.key), moment) for named in self._penalising]  # type: ignore[attr-defined]  # `_penalising` asked

    def allowance(self, state: State, memories: dict[str, Any], now: int, seat: str) -> Allowance:
        """Give what a seat may use for one reply: the smallest of what each rule allows."""
        if not (self.how_much or self._penalising):
            return Allowance()
        moment = Moment(now, seat)
        given: list[Allowance] = [_ask(named, state, memories, moment) for named in self.how_much]
        given += [one for one in self._penalties(state, memories, now, seat) if one.tokens != 0]
        counted_out = [(one.tokens, not one.cut, one.cut) for one in given if one.tokens is not None]
        tokens, _, cut = min(counted_out, default=(None, True, ""))
        return Allowance(
            tokens=tokens,
            cost=min((one.cost for one in given if one.cost is not None), default=None),
            until=min((one.until for one in given if one.until is not None), default=None),
            cut=cut,
        )

    def heard(self, state: State, memories: dict[str, Any], now: int, seat: str) -> Heard:
        """Say what a seat still hears."""
        heard: Heard = _ask(self.what_is_heard, state, memories, Moment(now, seat))
        return heard

    def verdict(
        self, state: State, memories: dict[str, Any], now: int, seat: str, text: str, *, raw: str = ""
    ) -> Verdict:
        """Judge a text (`raw`: with its commands): all rules must pass, the first that does not gives the verdict."""
        moment = Moment(now, seat, text, raw=raw)
        for named in self.what_counts:
            verdict: Verdict = _ask(named, state, memories, moment)
            if not verdict.ok:
                return verdict
        return Verdict()

    def ending(self, state: State, memories: dict[str, Any], now: int) -> str | None:
        """Give why the room ends now: the first rule in scenario order that says so, then a how_much that bars all."""
        moment = Moment(now)
        for named in self.when_it_ends:
            reason: str | None = _ask(named, state, memories, moment)
            if reason is not None:
                return reason
        barring = [self._barring(state, memories, now, seat.id) for seat in state.present()] if self.how_much else []
        return barring[0] if barring and all(barring) else None

    def promises(self, seat: str) -> list[str]:
        """List the sentences a seat is told about the rules."""
        told = (named.rule.promise(seat) for named in self)
        return [sentence for sentence in told if sentence is not None]

    def _barring(self, state: State, memories: dict[str, Any], now: int, seat: str) -> str | None:
        """Name the rule that lets a seat say nothing more, if any."""
        moment = Moment(now, seat)
        for named in self.how_much:
            allowance: Allowance = _ask(named, state, memories, moment)
            if allowance.tokens == 0:
                return named.name
        return None


def _ask(named: Named, state: State, memories: dict[str, Any], moment: Moment) -> Any:  # noqa: ANN401 - the question's type
    return named.rule.answer(state, memories.get(named.key), moment)


def able(state: State, moment: Moment) -> list[Seat]:
    """List the seats that may take the next turn, in the order they joined."""
    return [seat for seat in state.speakers() if seat.id not in moment.barred]


def counted(total: int, inherited: int, limit: int) -> int:
    """Count what goes toward a limit: everything, unless a fork's parent had used the limit up.

    A fork at message 40 of a room of 60 goes on to 60; a fork of the whole room begins to count anew, for else it
    would end before anybody spoke.

    Args:
        total: counted since the first room opened.
        inherited: of these, before this room opened (0 when it is no fork).
        limit: the rule's.
    """
    return total - inherited if inherited >= limit else total
