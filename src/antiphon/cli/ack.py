"""`antiphon ack`: says what a person thinks of a flag."""

from __future__ import annotations

import click

from antiphon.cli.options import assessor, kept_journal
from antiphon.cli.telling import short
from antiphon.cli.working import working
from antiphon.library.flagging import Flagged, answer
from antiphon.library.laboratory import Laboratory
from antiphon.room.flags import VERDICTS

__all__ = ["verb"]


@click.command("ack")
@click.argument("flag")
@click.option(
    "--verdict", type=click.Choice(list(VERDICTS)), default="acknowledged", show_default=True, help="What you think."
)
@click.option("--reason", default="", metavar="TEXT", help="Why, for whoever reads it later.")
@assessor
@click.option("--room", metavar="ROOM", help="Where it stands, if a copy has it too.")
@kept_journal
def verb(*, flag: str, verdict: str, reason: str, name: str, room: str | None, journal: str | None) -> None:
    """Say what you think of a flag.

    FLAG is an id, or a beginning of it that no other has; antiphon flags lists them. A resolved flag that is raised
    again is open again; one under monitoring only counts. It changes nothing in the room, also when that has ended.

    \b
    antiphon ack 3f9a1c20
    antiphon ack 3f9a --verdict false --reason "a counting song" --by Ada
    """  # noqa: D301 - \b keeps the lines below it as they are

    async def work(laboratory: Laboratory) -> tuple[Flagged, bool]:
        named = await laboratory.name(room) if room is not None else None
        return await answer(laboratory, flag, verdict, reason=reason, by=name, room=named)

    found, handed = working(work, journal)
    told = f"{short(found.flag.id, 40)} ({short(found.flag.rule, 40)}) in {short(found.room, 60)}"
    click.echo(f"ack: handed to the process that runs its room: {told}" if handed else f"ack: {verdict}: {told}")
