"""What a reply becomes: the events of a settled turn, computed before any of them is written.

Pure: a state, a seat and a reply go in, drafts come out. It knows commands only through the lookup it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.measures.tokens import pieces
from antiphon.room.contracts import Allowance, Command, Reply, Situation
from antiphon.room.events import (
    AnyBody,
    MessageSaid,
    NoticeGiven,
    RuleNoted,
    SeatJoined,
    SeatLeft,
    TurnEnded,
    TurnOutcome,
)
from antiphon.room.models import Models
from antiphon.room.orders import Ordered, command_body, heard_by_others, run_commands
from antiphon.room.rulebook import Rulebook
from antiphon.room.speech import asks_end, cut_other_mouths, strip_own_prefix
from antiphon.room.state import Seat, State

__all__ = ["Lookup", "Settling", "settle"]


class Lookup(Struct, frozen=True):
    """Is what commands exist and which models are known, as values."""

    commands: dict[str, Command]
    models: Models

    def find(self, name: str) -> Command | None:
        """Find a command by its name or one of its aliases."""
        found = self.commands.get(name)
        if found is not None:
            return found
        return next((command for command in self.commands.values() if name in command.aliases), None)


class Settling(Struct, frozen=True, kw_only=True):
    """Is everything a reply is settled with.

    `shown_until` is how many characters of it are shown to anybody in the room, the speaker included, and looked
    through for commands; None = all. The message keeps the whole text.
    """

    state: State
    seat: Seat
    turn: int
    reply: Reply
    rules: Rulebook
    memories: dict[str, Any]  # Any: each rule's own
    lookup: Lookup
    guest: Callable[..., SeatJoined]
    now: int
    ms: int
    cost: float | None
    cut: str | None = None
    allowed: Allowance = Allowance()
    shown_until: int | None = None


def settle(settling: Settling) -> Iterator[tuple[str, AnyBody]]:
    """Give (by, body) of every event of the settled turn, in order; nothing is applied in between."""
    settling = _within(settling) if settling.allowed.cut else settling
    reply, seat, state = settling.reply, settling.seat, settling.state
    yield "runner", _ended(settling)
    if reply.passed:
        return
    message = state.seq + 2
    text = reply.text[: settling.shown_until]
    own, mouth = _own_words(state, seat, text) if ":" in text else (text, None)
    ran = _commands(settling, own, message) if "!" in own or "(" in own else []
    shown = heard_by_others(own, ran) if ran else own
    verdict = settling.rules.verdict(state, settling.memories, settling.now, seat.id, shown, raw=own)
    yield (
        seat.id,
        MessageSaid(
            turn=settling.turn,
            seat=seat.id,
            text=reply.text,
            reasoning=reply.reasoning,
            to=() if not verdict.ok and verdict.penalty == "withhold" else None,
            asks_end=_asks(state, own, ran),
            cut=settling.cut,
            own=own if own != reply.text else None,
            shown=shown if shown != reply.text else None,
        ),
    )
    for order in ran:
        yield from _order(seat, message, order)
    if (told := _applied(seat, reply)) is not None:
        yield "room", told
    if mouth is not None:
        yield "runner", RuleNoted(rule="speaks_for_other", data={"seat": seat.id, "message": message, "from": mouth})
    if not verdict.ok:
        data = {"seat": seat.id, "message": message, "reason": verdict.reason, "penalty": verdict.penalty}
        yield "runner", RuleNoted(rule=verdict.noted or "what_counts", data={**data, **verdict.data})
        if verdict.penalty == "leave":
            yield "runner", SeatLeft(seat=seat.id, reason=verdict.reason, cause="removed")


def _within(settling: Settling) -> Settling:
    """Cut a reply where its allowance ends, counted with the room's own estimator; the provider may count otherwise."""
    reply, allowed = settling.reply, settling.allowed
    said = pieces(reply.text)
    if allowed.tokens is None or (len(said) <= allowed.tokens and reply.finish != "length"):
        return settling
    cut = msgspec.structs.replace(reply, text="".join(said[: allowed.tokens]), finish="length")
    return msgspec.structs.replace(settling, reply=cut, cut=settling.cut or allowed.cut)


def _own_words(state: State, seat: Seat, text: str) -> tuple[str, int | None]:
    """Give what the seat said for itself, without an echo of its own label, and where it began to speak for others."""
    own = strip_own_prefix(text, [seat.label, seat.id, f"{seat.id} ({seat.display})"])
    others = [name for other in state.present() if other is not seat for name in (other.label, other.id)]
    return cut_other_mouths(own, others)


def _applied(seat: Seat, reply: Reply) -> NoticeGiven | None:
    """Tell a seat, once, that its model took another temperature than the one it set."""
    applied = reply.applied.get("temperature")
    wanted = seat.temperature
    if applied is None or wanted is None or wanted in {applied, seat.told_temperature}:
        return None
    return NoticeGiven(text=f"[temperature: applied {applied:g} of {wanted:g}]", to=(seat.id,), kind="applied")


def _ended(settling: Settling) -> TurnEnded:
    reply = settling.reply
    outcome: TurnOutcome = "passed" if reply.passed else "cut" if settling.cut else "said"
    return TurnEnded(
        turn=settling.turn,
        outcome=outcome,
        usage=reply.usage,
        cost=settling.cost,
        finish=reply.finish,
        response_id=reply.response_id,
        model_reported=reply.model_reported,
        applied=reply.applied,
        attempts=reply.attempts,
        ms=settling.ms,
        first_token_ms=reply.first_token_ms,
    )


def _commands(settling: Settling, text: str, message: int) -> Sequence[Ordered]:
    counter = iter(range(1, 1 << 20))

    def situation(this_turn: dict[str, int]) -> Situation:
        return Situation(
            state=settling.state,
            models=settling.lookup.models,
            message=message,
            now=settling.now,
            this_turn=this_turn,
            next_effect=f"{settling.seat.id}-{message}-{next(counter)}",
            guest=settling.guest,
        )

    lookup = settling.lookup
    return run_commands(settling.state, settling.seat, text, situation, find=lookup.find, names=sorted(lookup.commands))


def _order(seat: Seat, message: int, order: Ordered) -> Iterator[tuple[str, AnyBody]]:
    yield seat.id, command_body(order, message, seat.id)
    for body in order.ran.bodies:
        yield seat.id, body


def _asks(state: State, own: str, ran: Sequence[Ordered]) -> str | None:
    """Give the class of the reason when the message asks to end, by `!end` or by the scenario's marker."""
    for order in ran:
        if order.name == "end" and order.ran.outcome == "done":
            return str(order.ran.args.get("class", "unknown"))
    if state.scenario.end_markers and asks_end(own, state.scenario.end_markers):
        return "unknown"
    return None
