"""`antiphon verify`: checks that nothing was changed since it was written."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from antiphon.cli.options import kept_journal
from antiphon.cli.telling import short
from antiphon.cli.working import working
from antiphon.library.care import Checked, verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.room.outcomes import counted

__all__ = ["verb"]


@click.command("verify")
@click.argument("rooms", nargs=-1, metavar="[ROOM…]")
@click.option("--replay", is_flag=True, help="Also play the rooms again and compare what each seat was shown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a room, and one for all of them at the end.")
@kept_journal
def verb(*, rooms: tuple[str, ...], replay: bool, as_json: bool, journal: str | None) -> None:
    """Check that nothing was changed since it was written.

    Every room, or those that are named. Exits with 1 when a room is broken, naming the event and why.
    """

    async def work(laboratory: Laboratory) -> list[Checked]:
        names = [await laboratory.name(room) for room in rooms]
        return await verify_rooms(laboratory, names, views=replay)

    found = working(work, journal)
    broken = [one for one in found if one.broken is not None]
    if as_json:
        for one in found:
            click.echo(json.dumps(_object(one)))
        click.echo(json.dumps(_sums(found)))
    else:
        for one in broken:
            click.echo(f"broken: room {one.room} at seq {one.seq}: {short(one.broken or '')}")
        click.echo(_words(_sums(found)))
    if broken:
        raise click.exceptions.Exit(1)


def _object(one: Checked) -> dict[str, object]:
    facts = {"room": one.room, "events": one.events, "erased": one.erased, "views": one.views}
    if one.broken is not None:
        facts |= {"broken": one.broken, "seq": one.seq}
    return {name: value for name, value in facts.items() if value is not None}


def _sums(found: Sequence[Checked]) -> dict[str, int]:
    return {
        "rooms": len(found),
        "events": sum(one.events for one in found),
        "broken": sum(one.broken is not None for one in found),
        "erased": sum(one.erased for one in found),
    }


def _words(sums: dict[str, int]) -> str:
    erased = f", {sums['erased']:,} erased by their owner" if sums["erased"] else ""
    verdict = f"{sums['broken']:,} broken" if sums["broken"] else "nothing was changed"
    return f"{counted(sums['rooms'], 'room')}, {counted(sums['events'], 'event')}{erased}: {verdict}"
