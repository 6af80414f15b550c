"""`antiphon pause`: pauses a room."""

from __future__ import annotations

import click

from antiphon.cli.options import kept_journal, person, room_argument
from antiphon.cli.saying import ask

__all__ = ["verb"]


@click.command("pause")
@room_argument
@click.option("--now", is_flag=True, help="Cut the call in flight.")
@person
@kept_journal
def verb(*, room: str, now: bool, name: str, journal: str | None) -> None:
    """Pause a room.

    The call in flight may finish; the room goes on with `antiphon resume`.
    """
    ask(room, "pause", journal, by=name, now=now)
