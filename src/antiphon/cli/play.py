"""`antiphon play`: plays a room back at reading pace."""

from __future__ import annotations

import asyncio
import re

import click

from antiphon.cli.choosing import outlet
from antiphon.cli.options import again, kept_journal, room_argument
from antiphon.cli.outlets import Outlet
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Record
from antiphon.room.events import Event, MessageSaid
from antiphon.room.records import decode
from antiphon.runner.history import history

__all__ = ["verb"]

_WORDS = 4.2
"""Words a second at speed 1: about 250 a minute, as most people read."""
_LONGEST = 30.0
"""Seconds one message takes at most at speed 1: nobody reads a wall of text word by word."""
_BREATH = 0.6
"""Seconds of silence between two messages at speed 1."""
_WORD = re.compile(r"\s*\S+\s*|\s+")


@click.command("play")
@room_argument
@click.option(
    "--speed", type=click.FloatRange(min=0), default=1.0, show_default=True, help="2 = twice as fast; 0 = at once."
)
@click.option("--from", "first", type=click.IntRange(min=1), default=1, metavar="SEQ", help="Begin at this event.")
@kept_journal
def verb(*, room: str, speed: float, first: int, journal: str | None) -> None:
    """Play a room back at reading pace.

    Nobody is asked anything: what is shown is what the journal kept. Ctrl-c stops.
    """

    async def work(laboratory: Laboratory) -> None:
        name = await laboratory.name(room)
        records = await history(laboratory.journal, name)
        shown = outlet(name, json=False)
        try:
            async with shown:
                shown.remember([decode(record) for record in records[: first - 1]])
                for record in records[first - 1 :]:
                    await _play(shown, decode(record), record, speed)
        except asyncio.CancelledError:  # ctrl-c: that is how one stops
            where = str(shown.state.seq + 1)
            shown.close_with(["stopped", f"  go on here      {again('play', name, journal, '--from', where)}"])

    working(work, journal)


async def _play(shown: Outlet, event: Event, record: Record, speed: float) -> None:
    """Show an event after the time its reading takes; a live screen shows the words as they come."""
    body = event.body
    if speed > 0 and isinstance(body, MessageSaid) and body.text.strip():
        words = _WORD.findall(body.text)
        pause = min(1 / _WORDS, _LONGEST / len(words)) / speed
        if shown.live and body.seat is not None and not body.whisper:
            for word in words:
                shown.chunk(body.seat, word)
                await asyncio.sleep(pause)
        else:
            await asyncio.sleep(pause * len(words))
    await shown.show(event, record)
    if speed > 0 and isinstance(body, MessageSaid):
        await asyncio.sleep(_BREATH / speed)
