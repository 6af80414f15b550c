"""Doing something in a room that is there: speak, pause, go on, end, and everything a person may change in it.

Each becomes a request to whoever runs the room: carried out at once where that is this server or nobody, else put into
the inbox of the process that does.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from antiphon.errors import UserError
from antiphon.library.catalogue import no_bare_files, no_files
from antiphon.library.flagging import answer
from antiphon.room.scenario import SeatPlan
from antiphon.web.calls import Done, RoomId, post
from antiphon.web.desk import Desk

__all__ = ["OPERATIONS"]

Words = Annotated[str, Meta(min_length=1, max_length=200_000, description="What is said; not only blanks.")]
Name = Annotated[str, Meta(min_length=1, max_length=40, description="Who says it.")]
SeatName = Annotated[str, Meta(min_length=1, max_length=200, description="A seat's id or label.")]
Temperature = Annotated[float, Meta(ge=0, le=2)]


class Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is what a person says, to everybody or to one seat."""

    text: Words
    name: Name = "you"


class Stopping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says whether the call in flight may finish."""

    now: bool = False


class Muting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says whether a seat's turns are taken away or given back."""

    muted: bool


class Changing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes how a seat speaks: any of its temperature, its prompt and its model.

    A prompt is added as a layer, replaces all layers, or is taken back ("revert", without a text).
    """

    temperature: Temperature | None = None
    prompt: Annotated[str, Meta(max_length=200_000)] | None = None
    how: Literal["add", "replace", "revert"] = "add"
    model: SeatName | None = None


class Inviting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Invites another model, by id, name or an unambiguous part of one."""

    model: SeatName
    invitation: Annotated[str, Meta(max_length=20_000)] = ""


class Typed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is what a person types in a seat that waits for it; no text passes the turn."""

    text: Annotated[str, Meta(max_length=200_000)] | None = None


class Answering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Is what a person thinks of a flag."""

    verdict: Literal["acknowledged", "monitoring", "resolved", "false", "open"]
    reason: Annotated[str, Meta(max_length=2_000)] = ""
    name: Name = "you"


async def _ask(desk: Desk, room: str, verb: str, **arguments: Any) -> Done:  # Any: as the verb says
    async with desk.alone(room):
        handed_over = await desk.laboratory.ask(room, verb, **arguments)
    desk.live.nudge()
    return Done(room=room, handed_over=handed_over)


@post("/rooms/{room}/say", "Doing")
async def say(desk: Desk, room: RoomId, body: Said) -> Done:
    """Say something in a room, to everybody."""
    return await _ask(desk, room, "say", by=_by(body.name), text=_words(body.text))


@post("/rooms/{room}/seats/{seat}/whisper", "Doing")
async def whisper(desk: Desk, room: RoomId, seat: SeatName, body: Said) -> Done:
    """Say something to one seat only; the journal keeps it, the others never hear it."""
    return await _ask(desk, room, "whisper", by=_by(body.name), seat=seat, text=_words(body.text))


@post("/rooms/{room}/pause", "Doing")
async def pause(desk: Desk, room: RoomId, body: Stopping) -> Done:
    """Pause a room; the call in flight may finish unless `now`."""
    return await _ask(desk, room, "pause", now=body.now)


@post("/rooms/{room}/end", "Doing")
async def end(desk: Desk, room: RoomId, body: Stopping) -> Done:
    """End a room for good; the call in flight may finish unless `now`."""
    return await _ask(desk, room, "end", now=body.now)


@post("/rooms/{room}/seats/{seat}/mute", "Doing")
async def mute(desk: Desk, room: RoomId, seat: SeatName, body: Muting) -> Done:
    """Take a seat's turns away, or give them back."""
    return await _ask(desk, room, "mute" if body.muted else "unmute", seat=seat)


@post("/rooms/{room}/seats/{seat}/change", "Doing")
async def change(desk: Desk, room: RoomId, seat: SeatName, body: Changing) -> Done:
    """Change a seat's temperature, prompt or model; the original prompt stays in the journal."""
    if body.model is not None:
        known = (await desk.states.now(room)).by_label(seat)
        provider = known.provider if known is not None else ""
        await no_files(desk.laboratory, [body.model])
        await no_bare_files(desk.laboratory, [SeatPlan(model=body.model, provider=provider)])
    done = Done(room=room)
    if body.temperature is not None:
        done = await _ask(desk, room, "change", seat=seat, what="temperature", value=body.temperature)
    if body.prompt is not None or body.how == "revert":
        text = "" if body.how == "revert" else _words(body.prompt or "")
        done = await _ask(desk, room, "change", seat=seat, what="prompt", how=body.how, value=text)
    if body.model is not None:
        done = await _ask(desk, room, "change", seat=seat, what="model", value=body.model)
    return done


@post("/rooms/{room}/seats/{seat}/remove", "Doing")
async def remove(desk: Desk, room: RoomId, seat: SeatName) -> Done:
    """Take a seat out of the room for good."""
    return await _ask(desk, room, "remove", seat=seat)


@post("/rooms/{room}/invite", "Doing")
async def invite(desk: Desk, room: RoomId, body: Inviting) -> Done:
    """Seat another model; the invitation is the first thing it hears."""
    return await _ask(desk, room, "invite", model=body.model, invitation=body.invitation)


@post("/rooms/{room}/seats/{seat}/speak", "Doing")
async def speak(desk: Desk, room: RoomId, seat: SeatName, body: Typed) -> Done:
    """Speak in a `human` seat of a room that runs here and waits for it."""
    desk.people.speak(room, seat, body.text)
    return Done(room=room)


@post("/rooms/{room}/flags/{flag}/answer", "Doing")
async def answer_flag(desk: Desk, room: RoomId, flag: SeatName, body: Answering) -> Done:
    """Answer a flag: it is seen, watched, settled, false, or open again."""
    who = _by(body.name).removeprefix("person:")
    async with desk.alone(room):
        found, handed_over = await answer(desk.laboratory, flag, body.verdict, reason=body.reason, by=who, room=room)
    return Done(room=found.room, handed_over=handed_over)


def _by(name: str) -> str:
    kept = " ".join(name.split())
    if not kept or not kept.isprintable():
        raise UserError("a person's name is made of letters, such as Ada")
    return f"person:{kept}"


def _words(text: str) -> str:
    if not text.strip():
        raise UserError("there is nothing to say; give a text")
    return text


OPERATIONS = (say, whisper, pause, end, mute, change, remove, invite, speak, answer_flag)
