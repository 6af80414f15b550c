"""Carries out what other processes ask of a room: each request becomes events in the transaction that removes it.

A request nobody can carry out (an unknown seat, say) becomes a notice to people, with the reason: nothing that
was asked vanishes.
"""

from __future__ import annotations

import asyncio
from typing import Any

from antiphon.errors import AntiphonError, NotAllowed, UnknownName
from antiphon.room.contracts import Request
from antiphon.room.events import (
    AnyBody,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    SeatLeft,
    StateChanged,
)
from antiphon.room.models import resolve
from antiphon.room.state import Seat, State
from antiphon.runner.conduct import Conductor
from antiphon.runner.fallback import reseat

__all__ = ["Inbox", "carry_out"]

POLL = 0.25
"""Seconds between two looks into the inbox: what somebody says is in the room within half a second."""


class Inbox:
    """Looks for requests to the rooms of this process and hands them to their conductors."""

    def __init__(self, conductors: dict[str, Conductor]) -> None:
        """Serve these conductors, by room; the caller may add and remove while it runs."""
        self._conductors = conductors

    async def serve(self) -> None:
        """Look every `POLL` seconds until cancelled."""
        while True:
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


async def carry_out(conductor: Conductor, request: Request) -> None:
    """Turn one request into events, durably; what cannot be done is told as a notice to people."""
    room = conductor.room
    try:
        bodies = _bodies(conductor, request)
    except AntiphonError as error:
        bodies = [NoticeGiven(text=f"{request.verb} was not done: {error}", to=(), kind="request")]
    for body in bodies:
        room.take(request.by, body)
    if not bodies:
        room.take(request.by, NoticeGiven(text=f"{request.verb}: nothing to do", to=(), kind="request"))
    now = bool(request.arguments.get("now"))
    await room.flush((request.id,))
    if now and request.verb in {"pause", "end"}:
        conductor.abort()
    conductor.wake()


def _bodies(conductor: Conductor, request: Request) -> list[AnyBody]:  # noqa: C901 - one arm a verb
    """Give the events a request becomes."""
    state, arguments = conductor.room.state, request.arguments
    if state.phase in {"ended", "expired"}:
        raise NotAllowed(f"the room has {state.phase}; fork it to go on")
    match request.verb:
        case "say":
            return [MessageSaid(person=_person(request), text=str(arguments["text"]))]
        case "whisper":
            seat = _seat(state, str(arguments["seat"]))
            return [MessageSaid(person=_person(request), text=str(arguments["text"]), to=(seat.id,), whisper=True)]
        case "pause":
            return [] if state.phase == "paused" else [_phase(state, "paused", "person")]
        case "resume":
            return _resume(state, arguments)
        case "end":
            return [] if state.phase == "draining" else [_phase(state, "draining", "person")]
        case "mute" | "unmute":
            seat = _seat(state, str(arguments["seat"]))
            return [SeatChanged(seat=seat.id, what="muted", before=seat.muted, after=request.verb == "mute")]
        case "remove":
            return [SeatLeft(seat=_seat(state, str(arguments["seat"])).id, cause="removed", reason="by a person")]
        case "change":
            return _change(conductor, request.by, state, arguments)
        case "invite":
            return _invite(conductor, request.by, arguments)
        case _:
            raise UnknownName("request", request.verb, list(VERBS))


VERBS = ("say", "whisper", "pause", "resume", "end", "mute", "unmute", "remove", "change", "invite")
"""What may be asked of a room's owner."""


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
        bodies.append(RuleNoted(rule="ceilings", data=dict(ceilings)))
    if state.phase == "paused":
        bodies.append(_phase(state, state.before_pause, "person"))
    return bodies


def _change(conductor: Conductor, by: str, state: State, arguments: dict[str, Any]) -> list[AnyBody]:
    seat = _seat(state, str(arguments["seat"]))
    what, value = arguments.get("what"), arguments.get("value")
    match what:
        case "temperature":
            if not isinstance(value, int | float) or not 0 <= value <= 2:  # noqa: PLR2004 - the providers' range
                raise NotAllowed(f"a temperature is a number from 0 to 2, not {value!r}")
            return [SeatChanged(seat=seat.id, what="temperature", before=seat.temperature, after=float(value))]
        case "prompt":
            return [PromptChanged(seat=seat.id, how=arguments.get("how", "add"), text=str(value or ""))]
        case "model":
            reseat(conductor.room, seat, str(value), conductor.lookup, by=by)
            return [NoticeGiven(text=f"{seat.label} is now voiced by {value}", to=(), kind="request")]
        case _:
            raise UnknownName("change", str(what), ["temperature", "prompt", "model"])


def _invite(conductor: Conductor, by: str, arguments: dict[str, Any]) -> list[AnyBody]:
    found = resolve(str(arguments["model"]), list(conductor.lookup.models.cards.values()))
    if found.card is None:
        raise UnknownName("model", str(arguments["model"]), list(found.candidates))
    return [conductor.guests()(card=found.card, by=by, invitation=arguments.get("invitation"))]
