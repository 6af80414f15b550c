"""`antiphon delete`: deletes a room or a message for good."""

from __future__ import annotations

import sys

import click

from antiphon.cli.options import kept_journal, room_argument
from antiphon.cli.working import working
from antiphon.errors import UserError
from antiphon.library.care import forks_of
from antiphon.library.erasing import delete_message, delete_room
from antiphon.library.laboratory import Laboratory

__all__ = ["verb"]


@click.command("delete")
@room_argument
@click.option("--message", "seq", type=click.IntRange(min=1), metavar="SEQ", help="Only this message.")
@click.option("--with-forks", is_flag=True, help="Also the rooms that were forked from it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@kept_journal
def verb(*, room: str, seq: int | None, with_forks: bool, yes: bool, journal: str | None) -> None:
    """Delete a room or a message for good.

    Nothing of it stays: events, pictures that no other room names, the index, snapshots, notebooks. A deleted
    message leaves a gap that `antiphon verify` counts.
    """

    async def plan(laboratory: Laboratory) -> tuple[str, int]:
        name = await laboratory.name(room)
        return name, len(await forks_of(laboratory, name)) if with_forks else 0

    async def delete(laboratory: Laboratory) -> str:
        if seq is not None:
            return f"{await delete_message(laboratory, name, seq)} events of {name} erased"
        return "deleted: " + ", ".join(await delete_room(laboratory, name, with_forks=with_forks))

    name, forks = working(plan, journal)
    what = f"message {seq} of {name}" if seq is not None else name + _forks(forks)
    _ask(what, yes=yes)
    click.echo(working(delete, journal))


def _forks(count: int) -> str:
    return f" and its {count} forks" if count > 1 else " and its fork" if count else ""


def _ask(what: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError(f"nobody is at the keyboard to agree to deleting {what}; add --yes")
    click.confirm(f"Delete {what} for good?", abort=True, err=True)
