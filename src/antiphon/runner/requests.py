"""Carries out what other processes ask of a room: each request becomes events in the transaction that removes it.

A request nobody can carry out (an unknown seat, say) becomes a notice to people, with the reason: nothing that
was asked vanishes.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import msgspec

from antiphon.errors import AntiphonError, JournalError, NotAllowed, UnknownName
from antiphon.room.contracts import Request
from antiphon.room.events import (
    AnyBody,
    FlagAcked,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    SeatLeft,
    StateChanged,
)
from antiphon.room.flags import VERDICTS as ASSESSMENTS
from antiphon.room.flags import named
from antiphon.room.models import resolve
from antiphon.room.scenario import Ceilings
from antiphon.room.spending import check_money, effective
from antiphon.room.state import Seat, State
from antiphon.runner.conduct import Conductor
from antiphon.runner.fallback import reseat

__all__ = ["AFTERWARDS", "Inbox", "carry_out"]

POLL = 0.25
"""Seconds between two looks into the inbox: what somebody says is in the room within half a second."""


class Inbox:
    """Looks for requests to the rooms of this process and hands them to their conductors."""

    def __init__(self, conductors: dict[str, Conductor]) -> None:
        """Serve these conductors, by room; the caller may add and remove while it runs."""
        self._conductors = conductors

    async def serve(self) -> None:
        """Look every `POLL` seconds until cancelled.

        A journal that fails here fails whoever runs the room as well, and is told there; other rooms go on listening.
        """
        while True:
            with suppress(JournalError):
                await self.look()
            await asyncio.sleep(POLL)

    async def look(self) -> None:
        """Carry out everything that waits now."""
        if not self._conductors:
            return
        journal = next(iter(self._conductors.values())).room.journal
        for request in await journal.asked(None):
            conductor = self._conductors.get(request.stream)
            if conductor is not None:
                await carry_out(conductor, request)


async def carry_out(conductor: Conductor, request: Request) -> AntiphonError | None:
    """Turn one request into events, durably; what cannot be done is told as a notice to people, and given back."""
    room = conductor.room
    refused: AntiphonError | None = None
    try:
        bodies = _bodies(conductor, request)
    except AntiphonError as error:
        refused = error
        bodies = [NoticeGiven(text=f"{request.verb} was not done: {error}", to=(), kind="request")]
    for body in bodies:
        room.take(request.by, body)
    if not bodies:
        room.take(request.by, NoticeGiven(text=f"{request.verb}: nothing to do", to=(), kind="request"))
    now = bool(request.arguments.get("now"))
    await room.flush((request.id,))
    if now and request.verb in {"pause", "end"}:
        conductor.abort()
    elif request.verb == "end":
        conductor.drain()
    conductor.wake()
    return refused


def _bodies(conductor: Conductor, request: Request) -> list[AnyBody]:  # noqa: C901 - one arm a verb
    """Give the events a request becomes."""
    state, arguments = conductor.room.state, request.arguments
    if state.phase in {"ended", "expired"} and request.verb not in AFTERWARDS:
        raise NotAllowed(f"the room has {state.phase}; fork it to go on")
    match request.verb:
        case "say":
            return [MessageSaid(person=_person(request), text=_text(arguments, "text"))]
        case "whisper":
            seat = _seat(state, _text(arguments, "seat"))
            return [MessageSaid(person=_person(request), text=_text(arguments, "text"), to=(seat.id,), whisper=True)]
        case "pause":
            return [] if state.phase in {"paused", "draining"} else [_phase(state, "paused", "person")]
        case "resume":
            return _resume(state, arguments)
        case "end":
            return [] if state.phase == "draining" else [_phase(state, "draining", "person")]
        case "mute" | "unmute":
            seat = _seat(state, _text(arguments, "seat"))
            return [SeatChanged(seat=seat.id, what="muted", before=seat.muted, after=request.verb == "mute")]
        case "remove":
            return [SeatLeft(seat=_seat(state, _text(arguments, "seat")).id, cause="removed", reason="by a person")]
        case "change":
            return _change(conductor, request.by, state, arguments)
        case "invite":
            return _invite(conductor, request.by, arguments)
        case "ack":
            return [_answer(state, arguments)]
        case _:
            raise UnknownName("request", request.verb, list(VERBS))


VERBS = ("say", "whisper", "pause", "resume", "end", "mute", "unmute", "remove", "change", "invite", "ack")
"""What may be asked of a room's owner."""

AFTERWARDS = frozenset({"ack"})
"""What may be asked of a room that has ended, too: an assessment moves nothing in it, and a flag waits for one."""

LONGEST_REASON = 2_000
"""Characters of the reason of an assessment: a paragraph, and no place to keep a file in."""

_HOW = ("add", "replace", "revert")
"""How a prompt may be changed."""


def _text(arguments: dict[str, Any], name: str) -> str:
    """Give a text that a request must bring; any process may put one, and not only our own verbs do."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise NotAllowed(f"it needs {name!r}, a text that is not empty")
    return value


def _ceilings(state: State, given: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the request brought
    """Give the room's ceilings with those asked for in their places; a room that may cost money keeps having some."""
    seats = state.present()
    try:
        asked = msgspec.to_builtins(msgspec.convert(given, Ceilings))
        wanted = msgspec.convert({**msgspec.structs.asdict(state.ceilings), **asked}, Ceilings)
    except msgspec.ValidationError as error:
        raise NotAllowed(f"these are no ceilings: {error}") from None
    wanted = effective(wanted, free=all(seat.free for seat in seats))
    check_money(wanted, [(seat.display, seat.free, seat.price) for seat in seats])
    return msgspec.structs.asdict(wanted)


def _person(request: Request) -> str:
    return request.by.removeprefix("person:") or "person"


def _seat(state: State, name: str) -> Seat:
    seat = state.by_label(name)
    if seat is None:
        raise UnknownName("seat", name, [f"{s.id} ({s.label})" for s in state.present()])
    return seat


def _phase(state: State, after: str, rule: str) -> StateChanged:
    return StateChanged(before=state.phase, after=after, rule=rule)  # type: ignore[arg-type]  # a phase by name


def _resume(state: State, arguments: dict[str, Any]) -> list[AnyBody]:
    bodies: list[AnyBody] = []
    if ceilings := arguments.get("ceilings"):
        bodies.append(RuleNoted(rule="ceilings", data=_ceilings(state, ceilings)))
    if state.phase == "paused":
        bodies.append(_phase(state, state.before_pause, "person"))
    return bodies


def _change(conductor: Conductor, by: str, state: State, arguments: dict[str, Any]) -> list[AnyBody]:
    seat = _seat(state, _text(arguments, "seat"))
    what, value = arguments.get("what"), arguments.get("value")
    match what:
        case "temperature":
            if not isinstance(value, int | float) or not 0 <= value <= 2:  # noqa: PLR2004 - the providers' range
                raise NotAllowed(f"a temperature is a number from 0 to 2, not {value!r}")
            return [SeatChanged(seat=seat.id, what="temperature", before=seat.temperature, after=float(value))]
        case "prompt":
            how = arguments.get("how", "add")
            if how not in _HOW:
                raise UnknownName("change of a prompt", str(how), list(_HOW))
            return [PromptChanged(seat=seat.id, how=how, text=str(value or ""))]
        case "model":
            reseat(conductor.room, seat, str(value), conductor.lookup, by=by)
            return [NoticeGiven(text=f"{seat.label} is now voiced by {value}", to=(), kind="request")]
        case _:
            raise UnknownName("change", str(what), ["temperature", "prompt", "model"])


def _invite(conductor: Conductor, by: str, arguments: dict[str, Any]) -> list[AnyBody]:
    model, invitation = _text(arguments, "model"), arguments.get("invitation")
    found = resolve(model, list(conductor.lookup.models.cards.values()))
    if found.card is None:
        raise UnknownName("model", model, list(found.candidates))
    return [conductor.guests()(card=found.card, by=by, invitation=str(invitation) if invitation else None)]


def _answer(state: State, arguments: dict[str, Any]) -> FlagAcked:
    """Word the assessment of a flag that was raised in this room."""
    flag = named(state.flags.values(), _text(arguments, "flag"))
    verdict, reason = arguments.get("verdict", "acknowledged"), arguments.get("reason") or ""
    if verdict not in ASSESSMENTS:
        raise UnknownName("verdict", str(verdict), list(ASSESSMENTS))
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        raise NotAllowed(f"a reason is a text of at most {LONGEST_REASON:,} characters")
    return FlagAcked(flag=flag.id, verdict=verdict, reason=reason)
