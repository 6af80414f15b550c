"""`antiphon play`: plays a room back at reading pace."""

from __future__ import annotations

import asyncio

import click

from antiphon.cli.choosing import outlet
from antiphon.cli.options import again, kept_journal, no_tint, room_argument
from antiphon.cli.reading import at_pace
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.room.records import decode
from antiphon.runner.history import history

__all__ = ["verb"]


@click.command("play")
@room_argument
@click.option(
    "--speed", type=click.FloatRange(min=0), default=1.0, show_default=True, help="2 = twice as fast; 0 = at once."
)
@click.option("--from", "first", type=click.IntRange(min=1), default=1, metavar="SEQ", help="Begin at this event.")
@no_tint
@kept_journal
def verb(*, room: str, speed: float, first: int, tint: bool, journal: str | None) -> None:
    """Play a room back at reading pace.

    Nobody is asked anything: what is shown is what the journal kept. Ctrl-c stops.
    """

    async def work(laboratory: Laboratory) -> None:
        name = await laboratory.name(room)
        records = await history(laboratory.journal, name)
        shown = outlet(name, json=False, tint=tint)
        try:
            async with shown:
                shown.remember([decode(record) for record in records[: first - 1]])
                for record in records[first - 1 :]:
                    await at_pace(shown, decode(record), record, speed)
        except asyncio.CancelledError:  # ctrl-c: that is how one stops
            where = str(shown.state.seq + 1)
            shown.close_with(["stopped", f"  go on here      {again('play', name, journal, '--from', where)}"])

    working(work, journal)
