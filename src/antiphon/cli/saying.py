"""What `say`, `whisper`, `mute`, `pause` and `end` share: a request to a room, and one line about its fate."""

from __future__ import annotations

from typing import Any

import click

from antiphon.cli.options import again
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory

__all__ = ["ask"]


def ask(room: str, verb: str, journal: str | None, *, by: str = "you", **arguments: Any) -> None:
    """Ask something of a room, whoever runs it, and tell what became of it."""

    async def work(laboratory: Laboratory) -> tuple[str, int | None, str]:
        name = await laboratory.name(room)
        before = await laboratory.journal.room(name)
        handed = await laboratory.ask(name, verb, by=f"person:{by}", **arguments)
        after = await laboratory.journal.room(name)
        pid = before.owner_pid if before is not None and handed else None
        return name, pid, after.phase if after is not None else ""

    name, pid, phase = working(work, journal)
    if pid is not None:
        click.echo(f"{verb}: handed to process {pid}, which runs {name}")
    else:
        click.echo(f"{verb}: done in {name}, which is {phase}")
        if phase not in {"ended", "expired"}:
            click.echo(f"  nobody runs it now; go on with: {again('resume', name, journal)}", err=True)
