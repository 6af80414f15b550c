"""`antiphon rooms`: lists the rooms of a journal."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from antiphon.cli.columns import columns, print_lines
from antiphon.cli.conducting import kept_in
from antiphon.cli.flagged import open_flags
from antiphon.cli.options import kept_journal
from antiphon.cli.telling import short
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import RoomRow
from antiphon.room.times import millis

__all__ = ["ago", "verb"]

_AT_REST = frozenset({"paused", "ended", "expired"})
"""Phases in which nobody need run a room; in any other its process was stopped or killed."""
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


@click.command("rooms")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a room.")
@kept_journal
def verb(*, as_json: bool, journal: str | None) -> None:
    """List the rooms, the one that changed last on top."""

    async def work(laboratory: Laboratory) -> tuple[list[RoomRow], int]:
        return await laboratory.journal.rooms(), laboratory.clock.now()

    rows, now = working(work, journal)
    if as_json:
        sys.stdout.writelines(json.dumps(_object(row)) + "\n" for row in rows)
    elif not rows:
        click.echo(f"no rooms in {kept_in(journal)} yet; open one: antiphon demo", err=True)
    else:
        heads = ("room", "state", "messages", "tokens", "cost", "open flags", "changed", "run by", "fork of")
        print_lines(columns(heads, [_cells(row, now) for row in rows], right=(2, 3, 4, 6), spare=(3, 8, 4, 6)))


def _cells(row: RoomRow, now: int) -> tuple[str, ...]:
    counters = row.counters
    return (
        short(row.stream, 60),
        row.phase if row.owner_alive or row.phase in _AT_REST else f"{row.phase}, stopped",
        str(counters.get("messages", "")),
        f"{counters.get('tokens', 0):,}",
        _cost(counters),
        open_flags(counters.get("open_flags", {})),
        ago(now - millis(row.changed_at)),
        f"process {row.owner_pid}" if row.owner_alive else "",
        short(row.parent or "", 40),
    )


def _cost(counters: dict[str, Any]) -> str:  # Any: JSON
    cost = float(counters.get("cost", 0))
    known = f"${cost:.2f}" if cost else ""
    return " + ".join(filter(None, (known, "unknown" if counters.get("cost_unknown") else "")))


def ago(ms: int) -> str:
    """Say how long ago something was, given in milliseconds, in its largest unit."""
    seconds = max(0, ms // 1000)
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "now"


def _object(row: RoomRow) -> dict[str, object]:
    return {
        "room": row.stream,
        "state": row.phase,
        "events": row.head_seq,
        **row.counters,
        **({"cost": None} if row.counters.get("cost_unknown") else {}),
        "parent": row.parent,
        "owner_pid": row.owner_pid if row.owner_alive else None,
        "created_at": row.created_at,
        "changed_at": row.changed_at,
    }
