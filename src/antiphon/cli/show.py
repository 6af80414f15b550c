"""`antiphon show`: shows a room, or what one seat was shown of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from antiphon.cli.columns import print_lines
from antiphon.cli.options import kept_journal, room_argument
from antiphon.cli.telling import BLANK, Line, Teller, block, seat_style
from antiphon.cli.working import working
from antiphon.errors import UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import fold_of
from antiphon.room.contracts import Record
from antiphon.room.records import decode, line
from antiphon.runner.history import history
from antiphon.runner.opening import Fold

__all__ = ["verb"]


@click.command("show")
@room_argument
@click.option("--views", "seat", metavar="SEAT", help="Show what this seat would be shown if it spoke next.")
@click.option("--at", type=click.IntRange(min=1), metavar="SEQ", help="As it stood after this event.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line.")
@kept_journal
def verb(*, room: str, seat: str | None, at: int | None, as_json: bool, journal: str | None) -> None:
    """Show a room, or what one seat was shown of it."""

    async def read(laboratory: Laboratory) -> tuple[str, list[Record]]:
        name = await laboratory.name(room)
        return name, await history(laboratory.journal, name, at)

    async def fold(laboratory: Laboratory) -> Fold:
        return await fold_of(laboratory, await laboratory.name(room), at)

    if seat is not None:
        print_lines(_view(working(fold, journal), seat))
        return
    name, records = working(read, journal)
    if as_json:
        sys.stdout.buffer.writelines(line(record) + b"\n" for record in records)
    else:
        teller = Teller(name)
        print_lines(told for record in records for told in teller.tell(decode(record)))


def _view(fold: Fold, name: str) -> Iterator[Line]:
    """Give a seat's system text and everything it heard, oldest first, with the roles its model reads."""
    seat = fold.state.by_label(name)
    if seat is None:
        raise UnknownName("seat", name, [f"{known.id} ({known.label})" for known in fold.state.present()])
    view = fold.hearing.view(fold.state, seat)
    yield Line((("system", "bold"),))
    yield from block(view.system)
    for role, text in view.lines():
        style = seat_style(seat.number) if role == "assistant" else ""
        yield BLANK
        yield Line(((role, f"bold {style}".strip()),))
        yield from block(text if text.strip() else "(blank)", style if text.strip() else "quiet")
