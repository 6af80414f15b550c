"""`antiphon whisper`: says something to one seat only."""

from __future__ import annotations

import click

from antiphon.cli.options import kept_journal, person, room_argument, words_argument
from antiphon.cli.saying import ask

__all__ = ["verb"]


@click.command("whisper")
@room_argument
@click.argument("seat")
@words_argument
@person
@kept_journal
def verb(*, room: str, seat: str, text: tuple[str, ...], name: str, journal: str | None) -> None:
    """Say something to one seat only.

    SEAT is an id, such as AI-2, or a label. The journal keeps what was whispered.
    """
    ask(room, "whisper", journal, by=name, seat=seat, text=" ".join(text))
