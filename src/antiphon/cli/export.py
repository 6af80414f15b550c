"""`antiphon export`: writes a room to a file in one of several formats."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from antiphon.cli.options import kept_journal, no_tint, room_argument
from antiphon.cli.working import working
from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.transcripts import Exported, export
from antiphon.transcripts.safe import for_terminal, slug, write_new

__all__ = ["verb"]

FORMATS = ("markdown", "classic", "html", "jsonl")
"""Every writer there is (a test compares): named here so that `--help` imports none of them."""


@click.command("export")
@room_argument
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True, help="In which form."
)
@click.option("-o", "--output", metavar="FILE", help='Where to; "-" = standard output. [default: named after the room]')
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@no_tint
@kept_journal
def verb(*, room: str, form: str, output: str | None, force: bool, tint: bool, journal: str | None) -> None:
    """Write a room to a file.

    markdown is what forwarders write and read, classic the text of a terminal pane, html a page that needs nothing
    else, jsonl every event with its hash. What a format does not keep is told.
    """

    async def work(laboratory: Laboratory) -> tuple[str, Exported]:
        name = await laboratory.name(room)
        return name, await export(laboratory, name, form, tint=tint)

    name, made = working(work, journal)
    if output == "-":
        sys.stdout.buffer.write(made.data)
        sys.stdout.buffer.flush()
    else:
        path = Path(output) if output else Path(slug(name) + "." + made.suffix.lstrip("."))
        _save(path, made.data, force=force)
        click.echo(str(path))
    if made.not_kept:
        click.echo(f"{form} does not keep: {for_terminal(', '.join(made.not_kept))}", err=True)


def _save(path: Path, data: bytes, *, force: bool) -> None:
    try:
        if force and path.is_file() and not path.is_symlink():
            path.unlink()
        if path.exists():
            raise UserError(f"{path} exists already; name another file with -o, or write over it with --force")
        write_new(path, data)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from None
