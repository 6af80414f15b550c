"""`antiphon attach`: follows a room that another process runs, and speaks in it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence

import click

from antiphon.cli.choosing import outlet
from antiphon.cli.keyboard import piped_line
from antiphon.cli.lines import JsonOutlet
from antiphon.cli.options import again, kept_journal, no_tint, room_argument
from antiphon.cli.outlets import Outlet, Typed
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.room.events import Event, MessageSaid
from antiphon.room.records import decode
from antiphon.runner.history import history

__all__ = ["verb"]

_LOOK = 0.15
"""Seconds between two looks for new events: what is said shows within half a second."""
_ALIVE = 2.0
"""Seconds between two looks at whether somebody still runs the room."""
_BEFORE = 4
"""Messages from before that are shown, so that a person knows what is being talked about."""


@click.command("attach")
@room_argument
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line, from now on.")
@no_tint
@kept_journal
def verb(*, room: str, as_json: bool, tint: bool, journal: str | None) -> None:
    """Follow a room that another process runs, and speak in it.

    A line that you type is said in the room. Ctrl-c leaves; the room goes on without you.
    """

    async def work(laboratory: Laboratory) -> None:
        name = await laboratory.name(room)

        async def say(text: str) -> None:
            await laboratory.ask(name, "say", by=f"person:{os.environ.get('USER') or 'you'}", text=text)

        hint = "type to speak in the room · ctrl-c leaves"
        shown = outlet(name, json=as_json, typed=say, hint=hint, announce=True, tint=tint)
        async with shown:
            beside = [
                asyncio.create_task(_listen(shown, say)),
                asyncio.create_task(_watch(laboratory, name, shown, journal)),
            ]
            with contextlib.suppress(asyncio.CancelledError):  # ctrl-c: leave, and let the room be
                await _follow(laboratory, name, shown)
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
        if shown.state.phase == "ended":
            shown.close_with([f"  see it again    {again('play', name, journal)}"])
        else:
            shown.close_with(
                [f"left; the room is {shown.state.phase}", f"  come back       {again('attach', name, journal)}"]
            )

    working(work, journal)


async def _follow(laboratory: Laboratory, name: str, shown: Outlet) -> None:
    """Show the last messages, then whatever happens until the room ends."""
    position = await laboratory.journal.end()
    past = [(decode(one), one) for one in await history(laboratory.journal, name)]
    start = len(past) if isinstance(shown, JsonOutlet) else _recent([event for event, _ in past])
    shown.remember([event for event, _ in past[:start]])
    for event, record in past[start:]:
        await shown.show(event, record)
    while shown.state.phase not in {"ended", "expired"}:
        records, position = await laboratory.journal.tail(position, [name])
        for record in records:
            if record.seq > shown.state.seq:
                await shown.show(decode(record), record)
        await asyncio.sleep(_LOOK)


def _recent(events: Sequence[Event]) -> int:
    """Give the index of the event from which on there are `_BEFORE` messages."""
    said = [place for place, event in enumerate(events) if isinstance(event.body, MessageSaid)]
    return said[-_BEFORE] if len(said) > _BEFORE else 0


async def _listen(shown: Outlet, say: Typed) -> None:
    """Say each line of a piped standard input; a live screen has a keyboard of its own."""
    while not shown.live and (line := await piped_line()) is not None:
        if line.strip():
            await say(line)


async def _watch(laboratory: Laboratory, name: str, shown: Outlet, journal: str | None) -> None:
    """Tell when nobody runs the room, each time that becomes so."""
    told = False
    while True:
        row = await laboratory.journal.room(name)
        alive = row is not None and row.owner_alive
        if not alive and not told and row is not None and row.phase not in {"ended", "expired"}:
            shown.tell(f"nobody runs this room now; go on with: {again('resume', name, journal)}")
        told = not alive
        await asyncio.sleep(_ALIVE)
