"""`antiphon mute`: takes a seat's turns away, or gives them back."""

from __future__ import annotations

import click

from antiphon.cli.options import kept_journal, person, room_argument
from antiphon.cli.saying import ask

__all__ = ["verb"]


@click.command("mute")
@room_argument
@click.argument("seat")
@click.option("--off", is_flag=True, help="Give the turns back.")
@person
@kept_journal
def verb(*, room: str, seat: str, off: bool, name: str, journal: str | None) -> None:
    """Take a seat's turns away, or give them back.

    It still hears everything. SEAT is an id, such as AI-2, or a label.
    """
    ask(room, "unmute" if off else "mute", journal, by=name, seat=seat)
