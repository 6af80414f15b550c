"""`antiphon end`: ends a room for good."""

from __future__ import annotations

import click

from antiphon.cli.options import kept_journal, person, room_argument
from antiphon.cli.saying import ask

__all__ = ["verb"]


@click.command("end")
@room_argument
@click.option("--now", is_flag=True, help="Cut the call in flight.")
@person
@kept_journal
def verb(*, room: str, now: bool, name: str, journal: str | None) -> None:
    """End a room for good.

    The call in flight may finish within limits.drain_seconds; with --now it is cut, and what was said is kept. Where
    the scenario keeps a reserve, the room's last words come after that. An ended room can be shown, exported and
    forked.
    """
    ask(room, "end", journal, by=name, now=now)
