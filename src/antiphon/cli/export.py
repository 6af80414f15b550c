"""`antiphon export`: writes a room to a file in one of several formats, or rooms to a folder of pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import click

from antiphon.cli.options import kept_journal, no_tint
from antiphon.cli.working import working
from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.site import Pages, write_site
from antiphon.library.transcripts import Exported, export
from antiphon.transcripts.safe import for_terminal, slug, write_new

__all__ = ["verb"]

FORMATS = ("markdown", "classic", "html", "jsonl")
"""Every writer there is (a test compares): named here so that `--help` imports none of them."""


@click.command("export")
@click.argument("room", required=False)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True, help="In which form."
)
@click.option("-o", "--output", metavar="FILE", help='Where to; "-" = standard output. [default: named after the room]')
@click.option("--marks", is_flag=True, help="With a reader's notes and bookmarks as footnotes (html, markdown).")
@click.option(
    "--site", metavar="DIR", help="All rooms, or ROOM, as pages in a folder: a list, a page a room, pictures beside."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@no_tint
@kept_journal
def verb(  # noqa: PLR0913 - one parameter an option
    *,
    room: str | None,
    form: str,
    output: str | None,
    marks: bool,
    site: str | None,
    force: bool,
    tint: bool,
    journal: str | None,
) -> None:
    """Write a room to a file, or all rooms to a folder of pages.

    markdown is what forwarders write and read, classic the text of a terminal pane, html a page that needs nothing
    else, jsonl every event with its hash. What a format does not keep is told. A folder of pages works without a
    server; written again, it is brought up to date, and files that were not made so are never touched.
    """
    how = _How(marks=marks, tint=tint, force=force, journal=journal)
    if site is not None:
        if output is not None:
            raise UserError("-o names one room's file and --site a folder for pages; give one of them")
        _pages(Path(site), room, how)
        return
    if room is None:
        raise UserError("name the room (last = the newest), or a folder for all of them: --site DIR")
    _file(room, form, output, how)


class _How(NamedTuple):
    """Is what the options say beside what to write where."""

    marks: bool
    tint: bool
    force: bool
    journal: str | None


def _file(room: str, form: str, output: str | None, how: _How) -> None:
    async def work(laboratory: Laboratory) -> tuple[str, Exported]:
        name = await laboratory.name(room)
        return name, await export(laboratory, name, form, marks=how.marks, tint=how.tint)

    name, made = working(work, how.journal)
    if output == "-":
        sys.stdout.buffer.write(made.data)
        sys.stdout.buffer.flush()
    else:
        path = Path(output) if output else Path(slug(name) + "." + made.suffix.lstrip("."))
        _save(path, made.data, force=how.force)
        click.echo(str(path))
    if made.not_kept:
        click.echo(f"{form} does not keep: {for_terminal(', '.join(made.not_kept))}", err=True)


def _pages(folder: Path, room: str | None, how: _How) -> None:
    async def work(laboratory: Laboratory) -> Pages:
        rooms = [await laboratory.name(room)] if room is not None else []
        return await write_site(laboratory, folder, rooms, marks=how.marks, tint=how.tint)

    try:
        made = working(work, how.journal)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}") from None
    click.echo(str(made.index))
    rooms = f"{made.rooms:,} room{'' if made.rooms == 1 else 's'}"
    pictures = f", {made.pictures:,} picture{'' if made.pictures == 1 else 's'}" if made.pictures else ""
    removed = f", {made.removed:,} old file{'' if made.removed == 1 else 's'} removed" if made.removed else ""
    click.echo(f"{rooms}{pictures}{removed}", err=True)


def _save(path: Path, data: bytes, *, force: bool) -> None:
    try:
        if force and path.is_file() and not path.is_symlink():
            path.unlink()
        if path.exists():
            raise UserError(f"{path} exists already; name another file with -o, or write over it with --force")
        write_new(path, data)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from None
