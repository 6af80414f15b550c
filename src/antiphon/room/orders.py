"""Carries out the commands of one message, in text order, each with a typed outcome.

Whatever is true of every command is checked here and nowhere else: that it exists, that the seat has the right to
it, that its quotations close, that a paid one is no copy. Each command sees what those before it in the same message
did. The commands themselves come in through a lookup; which there are is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from difflib import get_close_matches
from hashlib import blake2b

import msgspec
from msgspec import Struct

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import AnyBody, CommandRan, Event
from antiphon.room.outcomes import refused, scrap
from antiphon.room.speech import MOST_COMMANDS, Found, commands_in, normalise, strip_spans
from antiphon.room.state import Seat, State, apply

__all__ = ["Ordered", "command_body", "heard_by_others", "repeat_key", "run_commands"]

_ERRORS = {
    "unterminated": "a quotation in it never closes",
    "too_many": f"only the first {MOST_COMMANDS} commands of a message are read",
}

HINTED = 24
"""Characters of a wrong name up to which a right one is suggested: no command's name is half as long."""

Find = Callable[[str], Command | None]
Situate = Callable[[dict[str, int]], Situation]


class Ordered(Struct, frozen=True, kw_only=True):
    """Is one command of a message with what became of it.

    Attributes:
        found: as it stands in the text.
        name: the command's own name (an alias resolved); as it was written where there is no such command.
        shown: what the other seats see of it: "stays", "stripped" or "hidden".
        ran: the outcome and the events it causes, by the seat that issued it.
    """

    found: Found
    name: str
    shown: str
    ran: Ran


def run_commands(
    state: State, seat: Seat, text: str, situation: Situate, *, find: Find, names: Sequence[str]
) -> list[Ordered]:
    """Run every command of a message.

    Args:
        state: the room before the message is said; it is not changed.
        seat: who issues them.
        text: the message without what it says in another's name.
        situation: makes a situation from how often each command already ran in this message; its `state` is replaced
            by one that has seen the commands before.
        find: gives a command by its name or an alias.
        names: the names to suggest for a misspelt one.
    """
    found = commands_in(text)
    if not found:
        return []
    message = _Message(state, seat.id, situation)
    return [message.order(one, find(one.name), names) for one in found]


def command_body(ordered: Ordered, message: int | None, seat: str) -> CommandRan:
    """Make the event that records a command, told in the message of that sequence number."""
    ran = ordered.ran
    return CommandRan(
        message=message,
        seat=seat,
        name=ordered.name,
        args=ran.args,
        outcome=ran.outcome,  # type: ignore[arg-type]  # a plug-in's word; the encoder and the tests hold it to three
        reason=ran.reason,
        effect=ran.effect,
        result=ran.result,
    )


def heard_by_others(text: str, ordered: Iterable[Ordered]) -> str:
    """Give a message without the commands that other seats do not see."""
    return strip_spans(text, [one.found for one in ordered if one.shown != "stays"])


def repeat_key(name: str, words: Sequence[str]) -> str:
    """Give the key by which a copied paid command is known: the same for arguments that look the same."""
    same = normalise(" ".join(words)).encode("utf-8", "surrogatepass")
    return f"{name}:{blake2b(same, digest_size=12).hexdigest()}"


class _Message:
    """Is a message while its commands run: a copy of the room that each of them changes."""

    def __init__(self, state: State, seat: str, situation: Situate) -> None:
        self.state, self.seat, self.situation = _draft_of(state), seat, situation
        self.state.messages += 1
        self.this_turn: dict[str, int] = {}

    def order(self, found: Found, command: Command | None, names: Sequence[str]) -> Ordered:
        """Run one command, and have the copy see what it did."""
        name = command.name if command else found.name
        refusal = self._refusal(found, command, names)
        ran = refusal if command is None or refusal is not None else self._run(command, found)
        ordered = Ordered(found=found, name=name, shown=command.shown if command else "stays", ran=ran or Ran())
        if ordered.ran.outcome != "refused":
            self.this_turn[name] = self.this_turn.get(name, 0) + 1
            self._apply(command_body(ordered, self.state.seq, self.seat), *ordered.ran.bodies)
        return ordered

    def _refusal(self, found: Found, command: Command | None, names: Sequence[str]) -> Ran | None:
        """Refuse what no command need be asked about."""
        seat = self.state.seats[self.seat]
        if found.error == "too_many":
            return refused(_ERRORS["too_many"])
        if command is None:
            return refused(_unknown(found.name, names))
        if seat.left:
            return refused("you have left the room")
        if command.name not in seat.rights:
            return refused(f"you may not use !{command.name} in this room")
        if found.error is not None:
            return refused(_ERRORS[found.error])
        return None

    def _run(self, command: Command, found: Found) -> Ran:
        if not command.paid:
            return self._carry_out(command, found)
        key = repeat_key(command.name, found.words)
        if (copied := self._copied(key)) is not None:
            return msgspec.structs.replace(refused(copied), args={"repeat_key": key})
        ran = self._carry_out(command, found)
        return msgspec.structs.replace(ran, args={**ran.args, "repeat_key": key})

    def _carry_out(self, command: Command, found: Found) -> Ran:
        situation = msgspec.structs.replace(self.situation(dict(self.this_turn)), state=self.state)
        return command.run(self.state.seats[self.seat], found.words, situation)

    def _copied(self, key: str) -> str | None:
        """Say who asked for the same within the repeat window; None when nobody did."""
        window = self.state.scenario.limits.repeat_window
        for repeat in reversed(self.state.repeats):
            if window and repeat.key == key and self.state.messages - repeat.message <= window:
                who = "you" if repeat.seat == self.seat else repeat.seat or "another seat"
                return f"already asked within the last {window} messages by {who}"
        return None

    def _apply(self, *bodies: AnyBody) -> None:
        state = self.state
        for body in bodies:
            apply(state, Event(state.room, state.seq + 1, state.at, self.seat, body))


def _unknown(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1) if len(name) <= HINTED else []
    hint = f"; did you mean '!{near[0]}'?" if near else ""
    return f"no command {scrap('!' + name)}{hint}"


def _draft_of(state: State) -> State:
    """Copy what commands can change of a state; texts and everything else are shared."""
    draft = copy(state)
    draft.seats = {name: _seat_draft(seat) for name, seat in state.seats.items()}
    draft.effects, draft.asks = dict(state.effects), dict(state.asks)
    draft.signatures, draft.repeats = dict(state.signatures), list(state.repeats)
    draft.things = dict(state.things)
    draft.votes = {name: msgspec.structs.replace(vote, by=dict(vote.by)) for name, vote in state.votes.items()}
    return draft


def _seat_draft(seat: Seat) -> Seat:
    draft = copy(seat)
    draft.layers, draft.notes = list(seat.layers), list(seat.notes)
    return draft
