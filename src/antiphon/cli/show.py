"""`antiphon show`: shows a room, or what one seat was shown of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

from antiphon.cli.columns import print_lines
from antiphon.cli.options import kept_journal, no_tint, room_argument
from antiphon.cli.outlets import on_terminal
from antiphon.cli.telling import BLANK, Line, Teller, block, seat_style
from antiphon.cli.washes import bars
from antiphon.cli.working import working
from antiphon.errors import UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import fold_of
from antiphon.measures.surprise import Surprises, first_and_last, fused
from antiphon.room.contracts import Record
from antiphon.room.records import decode, line
from antiphon.runner.history import history
from antiphon.runner.opening import Fold

__all__ = ["verb"]

_BARS = 24
"""Bars that a room's surprise is drawn with: with their words they stay within 80 columns."""


@click.command("show")
@room_argument
@click.option("--views", "seat", metavar="SEAT", help="Show what this seat would be shown if it spoke next.")
@click.option("--at", type=click.IntRange(min=1), metavar="SEQ", help="As it stood after this event.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line.")
@no_tint
@kept_journal
def verb(*, room: str, seat: str | None, at: int | None, as_json: bool, tint: bool, journal: str | None) -> None:
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
        print_lines(_room(Teller(name, Surprises() if tint and on_terminal() else None), records))


def _room(teller: Teller, records: Sequence[Record]) -> Iterator[Line]:
    """Tell a whole room, and where it is tinted how surprising it was in the end."""
    for record in records:
        yield from teller.tell(decode(record))
    if teller.means:
        first, last = first_and_last(teller.means)
        drawn = bars(fused(teller.means, _BARS), sys.stdout.encoding or "utf-8")
        yield BLANK
        yield Line(((f"{drawn}  surprise: {first:.1f} bits a word at first, {last:.1f} at last", "quiet"),), row=True)


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
