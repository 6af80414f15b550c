"""`antiphon backup`: copies a journal while it lives."""

from __future__ import annotations

import click

from antiphon.cli.conducting import kept_in
from antiphon.cli.options import kept_journal
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory

__all__ = ["verb"]


@click.command("backup")
@click.argument("file")
@kept_journal
def verb(*, file: str, journal: str | None) -> None:
    """Copy the journal, also while rooms run.

    The copy is consistent and can be used with --journal FILE. An existing file is never overwritten.
    """

    async def work(laboratory: Laboratory) -> None:
        await laboratory.journal.backup(file)

    working(work, journal)
    click.echo(f"{kept_in(journal)} copied to {file}")
