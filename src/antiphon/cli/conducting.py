"""Runs a room in front of a person: opens it, shows it, pauses on ctrl-c, and says what can be done next.

What `run`, `demo`, `resume` and `fork` share. It knows neither scenarios nor how a screen is drawn.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from antiphon.assembly import data_folder
from antiphon.cli.choosing import outlet
from antiphon.cli.interrupts import Interrupts
from antiphon.cli.options import again
from antiphon.cli.outlets import Outlet
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import next_turn
from antiphon.library.session import Session
from antiphon.room.contracts import Record
from antiphon.room.events import Event, RoomOpened
from antiphon.room.flags import waiting
from antiphon.room.records import decode
from antiphon.room.scenario import Ceilings
from antiphon.room.state import State
from antiphon.room.view import View
from antiphon.runner.history import history

__all__ = ["Begin", "Manner", "conduct", "from_home", "kept_in"]

Begin: TypeAlias = Callable[[Laboratory], Awaitable[tuple[Session, int]]]
"""Opens a room, and tells the sequence number of the last event that the person has seen before."""

_FAILED = frozenset({"failures", "provider.model_gone"})
"""Why a room paused although nobody wanted it to: the program then exits with 1."""


class Manner(Struct, frozen=True):
    """Says how a room is shown: as JSON or for people, with or without tint, and the journal as it was typed."""

    json: bool = False
    journal: str | None = None
    latency: tuple[float, float] | None = None
    tint: bool = True


class _Desk:
    """Is where a person sits who fills a seat: whatever outlet the room has."""

    outlet: Outlet | None = None

    async def ask(self, who: str, _: View) -> str | None:
        """Ask for the words of the seat `who`."""
        return None if self.outlet is None else await self.outlet.ask(who.rstrip(": "))


def conduct(begin: Begin, manner: Manner) -> int:
    """Open a room with `begin`, run it until it rests, and give the exit code."""
    desk = _Desk()

    async def work(laboratory: Laboratory) -> int:
        session, known = await begin(laboratory)
        return await _watch(laboratory, session, known, manner, desk)

    return working(work, manner.journal, latency=manner.latency, ask=desk.ask)


async def _watch(laboratory: Laboratory, session: Session, known: int, manner: Manner, desk: _Desk) -> int:
    async def typed(text: str) -> None:
        await session.conductor.say(os.environ.get("USER") or "you", text)

    shown = desk.outlet = outlet(session.id, json=manner.json, typed=typed, tint=manner.tint)
    session.conductor.chunks = shown.chunk
    async with shown:
        with Interrupts(session, shown.tell):
            broken = await _follow(laboratory, session, known, shown)
    if broken is not None:
        raise BrokenPipeError from broken
    shown.close_with(_last_words(session, manner.journal))
    return 1 if session.state.phase == "paused" and session.state.why in _FAILED else 0


async def _follow(laboratory: Laboratory, session: Session, known: int, shown: Outlet) -> OSError | None:
    """Show every event after `known`; when nobody reads any more, pause the room and give the error."""
    past = [(decode(record), record) for record in await history(laboratory.journal, session.id)]
    begins = any(isinstance(event.body, RoomOpened) for event, _ in past[known:])
    shown.remember([event for event, _ in past[:known]], begins=begins)
    broken = await _show(shown, past[known:])
    if broken is not None:
        await session.pause()
    async with aclosing(session.stream()) as events:
        async for event, record in events:
            if broken is not None or event.seq <= len(past):
                continue
            broken = await _show(shown, [(event, record)])
            if broken is not None:
                await session.pause(now=True)
                session.conductor.wake()
    return broken


async def _show(shown: Outlet, events: Sequence[tuple[Event, Record]]) -> OSError | None:
    try:
        for event, record in events:
            await shown.show(event, record)
    except OSError as error:  # the pipe was closed, or the terminal is gone
        return error
    return None


def kept_in(journal: str | None) -> str:
    """Say where rooms are kept, as a person would type it."""
    return from_home(journal or os.environ.get("ANTIPHON_JOURNAL") or str(data_folder() / "journal.db"))


def from_home(path: str) -> str:
    """Write a path as a person would type it."""
    home = str(Path.home())
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path


def _last_words(session: Session, journal: str | None) -> list[str]:
    room, state = session.id, session.state
    where = kept_in(journal)
    if where in {"memory:", ":memory:"}:
        return ["kept nowhere: this journal lived in memory"]
    if state.phase == "ended":
        return [
            f"kept in {where}",
            "",
            f"  see it again    {again('play', room, journal)}",
            f"  go on, forked   {again('fork', room, journal)}",
            f"  as a web page   {again('export', room, journal, '--format', 'html')}",
            *_findings(room, state, journal),
        ]
    return [
        f"{state.phase}; kept in {where}",
        "",
        *_offers(room, state, journal),
        f"  go on           {again('resume', room, journal, *_higher(session))}",
        f"  end it          {again('end', room, journal)}",
        *_findings(room, state, journal),
    ]


def _findings(room: str, state: State, journal: str | None) -> list[str]:
    """Say where to look where the monitor found something that nobody has answered yet."""
    return [f"  what was found  {again('flags', room, journal)}"] if waiting(state.flags.values()) else []


def _offers(room: str, state: State, journal: str | None) -> list[str]:
    """Say what can be done about a model that is gone: another one under its own name, the past, an end."""
    if state.why != "provider.model_gone":
        return []
    seat = next((s.id for s in state.speakers() if s.provider != "builtin" and not s.free), "AI-1")
    seat = state.open_turn.seat if state.open_turn else state.last_turn or seat
    return [
        f"  another model   {again('resume', room, journal, '--seat', f'{seat}=MODEL')}",
        f"  play it back    {again('play', room, journal)}",
    ]


def _higher(session: Session) -> tuple[str, ...]:
    """Give the option that raises the ceiling at which a room paused: twice what it was, and enough for two turns."""
    state = session.state
    tokens, dollars = next_turn(session)
    match state.why, state.ceilings:
        case "ceiling.messages", Ceilings(messages=int(limit)):
            return "--messages", str(2 * limit)
        case "ceiling.tokens", Ceilings(tokens=int(limit)):
            return "--tokens", str(max(2 * limit, state.tokens + 2 * tokens))
        case "ceiling.money", Ceilings(money=float(limit)):
            return "--money", f"{max(2 * limit, state.cost + 2 * dollars):g}"
        case _:
            return ()
