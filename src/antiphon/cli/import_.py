"""`antiphon import`: makes rooms of files from elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from antiphon.cli.columns import columns, print_lines
from antiphon.cli.options import journal
from antiphon.cli.telling import short
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.library.transcripts import Failed, Imported, import_files

__all__ = ["verb"]


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a room.")
@journal
def verb(*, files: tuple[Path, ...], as_json: bool, journal: str | None) -> None:
    """Make rooms of files from elsewhere.

    Reads our own JSONL, forwarder markdown and JSON, and classic text; folders are read whole. An imported room is
    paused: it can be shown, played, exported and forked, and goes on with `antiphon resume ROOM --seat MODEL …`, a
    model for each seat.
    """

    async def work(laboratory: Laboratory) -> list[Imported | Failed]:
        return await import_files(laboratory, files)

    found = working(work, journal)
    done = [one for one in found if isinstance(one, Imported)]
    failed = [one for one in found if isinstance(one, Failed)]
    if as_json:
        sys.stdout.writelines(json.dumps(msgspec.to_builtins(one), ensure_ascii=False) + "\n" for one in done)
    elif done:
        _table(done)
    for one in failed:
        click.echo(f"antiphon: {short(one.error, 500)}", err=True)
    if failed:
        raise click.exceptions.Exit(max(one.exit_code for one in failed))


def _table(done: Sequence[Imported]) -> None:
    heads = ("file", "room", "messages", "commands", "refused", "lost")
    rows = [
        (
            short(Path(one.file).name, 40),
            one.room,
            str(one.messages),
            str(sum(counts.get("done", 0) for counts in one.commands.values()) or ""),
            str(sum(counts.get("refused", 0) for counts in one.commands.values()) or ""),
            str(len(one.lost) or ""),
        )
        for one in done
    ]
    print_lines(columns(heads, rows, right=(2, 3, 4, 5), spare=(0, 5)))
    for one in done:
        for lost in one.lost:
            click.echo(short(lost, 500), err=True)
