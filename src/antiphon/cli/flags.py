"""`antiphon flags`: lists what the monitor found while a room ran."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click
import msgspec

from antiphon.cli.columns import columns, print_lines
from antiphon.cli.options import kept_journal, room_argument
from antiphon.cli.telling import short
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.room.events import Event, FlagRaised
from antiphon.room.records import decode
from antiphon.runner.history import history

__all__ = ["verb"]


@click.command("flags")
@room_argument
@click.option("--json", "as_json", is_flag=True, help="One JSON object a flag.")
@kept_journal
def verb(*, room: str, as_json: bool, journal: str | None) -> None:
    """List what the monitor found in a room.

    Only a room that runs with --policy is watched; for any other: antiphon monitor ROOM.
    """

    async def work(laboratory: Laboratory) -> list[Event]:
        records = await history(laboratory.journal, await laboratory.name(room))
        return [decode(record) for record in records]

    found = [(event, event.body) for event in working(work, journal) if isinstance(event.body, FlagRaised)]
    if as_json:
        sys.stdout.writelines(json.dumps({"seq": e.seq, **msgspec.to_builtins(body)}) + "\n" for e, body in found)
    elif not found:
        click.echo("no flags in this room", err=True)
    else:
        heads = ("seq", "flag", "rule", "severity", "seat", "messages")
        print_lines(columns(heads, [_cells(event, body) for event, body in found], right=(0,), spare=(5, 1)))


def _cells(event: Event, body: FlagRaised) -> Sequence[str]:
    where = ", ".join(map(str, body.evidence))
    return str(event.seq), short(body.flag, 20), short(body.rule, 40), f"S{body.severity}", body.seat or "", where
