"""`antiphon say`: says something in a room."""

from __future__ import annotations

import click

from antiphon.cli.options import kept_journal, person, room_argument, words_argument
from antiphon.cli.saying import ask

__all__ = ["verb"]


@click.command("say")
@room_argument
@words_argument
@person
@kept_journal
def verb(*, room: str, text: tuple[str, ...], name: str, journal: str | None) -> None:
    """Say something in a room.

    Everybody hears it; when a process runs the room, within half a second. "-" reads the text from standard input.
    """
    ask(room, "say", journal, by=name, text=" ".join(text))
