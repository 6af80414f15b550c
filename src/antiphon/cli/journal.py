"""`antiphon journal`: what is done with journals as a whole. It knows no room."""

from __future__ import annotations

import asyncio

import click

from antiphon.assembly import open_journal
from antiphon.errors import UserError
from antiphon.library.copying import copy_rooms

__all__ = ["verb"]


@click.group("journal")
def verb() -> None:
    """Copy rooms between journals.

    \b
    antiphon journal copy FROM TO     byte for byte, verified in the copy
    """  # noqa: D301 - \b keeps the lines below it as they are


@verb.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> None:
    """Copy every room of a journal into another; each is a path, sqlite:PATH or postgresql://….

    Events, their salts and their chain stay as they are, and are verified in the copy. Said again, it goes on where
    it stopped. Notebooks and snapshots are not copied.
    """
    if source == target:
        raise UserError(f"{source} is named twice; name the journal to copy, then the one to copy into")
    rooms, events = asyncio.run(_copy(source, target))
    click.echo(f"{rooms} {'room' if rooms == 1 else 'rooms'}, {events} events copied and verified")


async def _copy(source: str, target: str) -> tuple[int, int]:
    from_, to = open_journal(source), open_journal(target)
    rooms = events = 0
    try:
        async for copied in copy_rooms(from_, to):
            rooms, events = rooms + 1, events + copied.events
    finally:
        await from_.close()
        await to.close()
    return rooms, events
