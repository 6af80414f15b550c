"""`antiphon init`: writes a scenario file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from antiphon.errors import UserError
from antiphon.library.shipped import scenario_text
from antiphon.transcripts.safe import write_new

__all__ = ["verb"]


@click.command("init")
@click.argument("file", default="room.toml", type=click.Path(path_type=Path))
@click.option("--from", "name", default="dyad", show_default=True, metavar="SCENARIO", help="Which one to start from.")
def verb(*, file: Path, name: str) -> None:
    """Write a scenario file to start from.

    FILE is room.toml unless named; an existing file is never overwritten.
    """
    text = scenario_text(name)
    try:
        write_new(file, text)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"{file}: change it as you like, then: antiphon run {file}")
