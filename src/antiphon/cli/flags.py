"""`antiphon flags`: lists what the monitor found while rooms ran, and how each flag stands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence

import click
import msgspec

from antiphon.cli.columns import columns, print_lines
from antiphon.cli.flagged import ID, spoken_of
from antiphon.cli.options import again, kept_journal
from antiphon.cli.rooms import ago
from antiphon.cli.telling import Line, short
from antiphon.cli.working import working
from antiphon.library.flagging import Flagged, flags_in, flags_kept
from antiphon.library.laboratory import Laboratory
from antiphon.room.flags import Assessment
from antiphon.room.times import millis

__all__ = ["verb"]

_SEVERITIES = ("S0", "S1", "S2", "S3", "S4")
_HEADS = ("flag", "", "state", "times", "rule", "seat", "last", "messages", "room")


@click.command("flags")
@click.argument("room", metavar="[ROOM]", required=False)
@click.option("--open", "waiting", is_flag=True, help="Only those that wait for an answer.")
@click.option("--severity", type=click.Choice(_SEVERITIES), help="Only those of this severity and above.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a flag.")
@kept_journal
def verb(*, room: str | None, waiting: bool, severity: str | None, as_json: bool, journal: str | None) -> None:
    """List what the monitor found, in a room or in all.

    A room that runs with --policy none is not watched; over any room, later: antiphon monitor ROOM. Messages are told
    by the numbers of their events: antiphon show ROOM --at 31 ends with event 31.
    """

    async def work(laboratory: Laboratory) -> tuple[list[Flagged], int]:
        if room is None:
            return await flags_kept(laboratory, waiting=waiting), laboratory.clock.now()
        return await flags_in(laboratory, await laboratory.name(room)), laboratory.clock.now()

    known, now = working(work, journal)
    least = _SEVERITIES.index(severity) if severity else None
    severe = [one for one in known if least is None or one.flag.severity >= least]
    found = [one for one in severe if one.flag.waits or not waiting]
    if as_json:
        sys.stdout.writelines(json.dumps(_object(one)) + "\n" for one in found)
    elif not found:
        kind = "such flags" if waiting or severity else "flags"
        click.echo(f"no {kind} in {'these rooms' if room is None else 'this room'}", err=True)
    else:
        print_lines(_table(found, now, rooms=room is None))
        if (open_ := next((one for one in found if one.flag.waits), None)) is not None and sys.stdout.isatty():
            click.echo(f"\n  answer one    {again('ack', open_.flag.id[:ID], journal)}")


def _table(found: Sequence[Flagged], now: int, *, rooms: bool) -> Iterator[Line]:
    rows = [_cells(one, now, rooms=rooms) for one in found]
    head, *lines = columns(_HEADS, rows, right=(3,), spare=(6, 7, 5))
    yield head
    for one, line in zip(found, lines, strict=True):
        yield line
        if one.flag.actions:
            yield Line(((f"done: {_done(one.flag.actions)}", "quiet"),), 4)
        for told in one.flag.assessments:
            yield Line(((_assessed(told, now), "quiet"),), 4)


def _cells(one: Flagged, now: int, *, rooms: bool) -> tuple[str, ...]:
    flag = one.flag
    return (
        short(flag.id[:ID], ID),
        f"S{flag.severity}",
        "its parent's" if flag.inherited else flag.state,
        str(flag.count),
        short(flag.rule, 30),
        short(flag.seat or "", 20),
        ago(now - millis(one.last_at)),
        spoken_of(flag.evidence).partition(" ")[2],
        short(one.room, 60) if rooms else "",
    )


def _done(actions: Mapping[str, int]) -> str:
    return ", ".join(short(deed, 20) + (f" {times} times" if times > 1 else "") for deed, times in actions.items())


def _assessed(told: Assessment, now: int) -> str:
    who = short(told.by.removeprefix("person:"), 40)
    reason = f": {short(told.reason)}" if told.reason else ""
    return f"{short(told.verdict, 20)} by {who}, {ago(now - millis(told.at))}{reason}"


def _object(one: Flagged) -> dict[str, object]:
    built: dict[str, object] = msgspec.to_builtins(one.flag)
    built["flag"] = built.pop("id")
    times = {"first_at": one.first_at, "last_at": one.last_at}
    return {"room": one.room, **built, **times, "waits": one.flag.waits}
