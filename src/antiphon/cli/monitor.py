"""`antiphon monitor`: tells where conversations are over, and what stopping there would have saved."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from antiphon.cli.columns import columns, print_lines
from antiphon.cli.options import kept_journal
from antiphon.cli.telling import Line, short
from antiphon.cli.working import working
from antiphon.library.laboratory import Laboratory
from antiphon.library.monitoring import (
    Outcome,
    Skipped,
    Unjudged,
    Watched,
    measured,
    policy_of,
    watch_files,
    watch_rooms,
)
from antiphon.measures.rows import Cell
from antiphon.monitor.steering import Kind
from antiphon.monitor.watch import Verdict

__all__ = ["verb"]

_WIDE = 48
"""Columns of a file's name in a table."""

_STRONGEST = 4
"""Readings named beside a change of state."""


@click.command("monitor")
@click.argument("what", nargs=-1, required=True, metavar="FILE|ROOM…")
@click.option(
    "--policy", default="careful", show_default=True, metavar="P", help="careful, thrifty, revive, observe, or a file."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a message, and a last one a conversation.")
@click.option("--pauses-run", is_flag=True, help="Go on after a pause; only an ending stops a conversation.")
@kept_journal
def verb(*, what: tuple[str, ...], policy: str, as_json: bool, pauses_run: bool, journal: str | None) -> None:
    """Tell where conversations are over, and what stopping there saves.

    Reads files in every form that `antiphon import` reads, folders, and rooms. Of one conversation it tells each change
    of state with its evidence; of several it gives a table and the sums. Nothing is stopped or stored. Indices count
    messages from 0. Exits with 2 when something that was named cannot be read.
    """
    chosen = policy_of(policy)
    paths = [Path(name) for name in what if _is_there(name)]
    rooms = [name for name in what if not _is_there(name)]

    async def look(laboratory: Laboratory) -> list[Watched | Skipped]:
        return await watch_rooms(laboratory, rooms, chosen, pauses_run=pauses_run)

    read = working(look, journal) if rooms else []
    read += watch_files(paths, chosen, pauses_run=pauses_run)
    found = [one for one in read if isinstance(one, Watched)]
    skipped = [one for one in read if isinstance(one, Skipped)]
    if as_json:
        for one in found:
            sys.stdout.writelines(line + "\n" for line in _objects(one))
    elif len(found) == 1:
        print_lines(_timeline(found[0]))
    elif found:
        print_lines(_table([one.outcome for one in found]))
    for miss in skipped:
        click.echo(f"{'antiphon' if miss.asked else 'left out'}: {short(miss.error, 500)}", err=True)
    failed = [miss.exit_code for miss in skipped if miss.asked]
    if failed or not found:
        raise click.exceptions.Exit(max(failed, default=2))


def _is_there(name: str) -> bool:
    """Tell whether a name is that of a file or a folder, and not perhaps of a room."""
    return name != "" and os.path.exists(name)  # noqa: PTH110 - a name that no file can have is no error here


def _objects(one: Watched) -> Iterator[str]:
    """Give a line of JSON a message, and the outcome."""
    for verdict, measures in zip(one.verdicts, measured(one), strict=True):
        if isinstance(verdict, Unjudged):
            yield _json({**msgspec.structs.asdict(verdict), "flags": [], "judged": False})
            continue
        told = {
            "index": verdict.index,
            "seat": verdict.seat,
            "state": verdict.state,
            "stop": verdict.stop,
            "flags": [msgspec.to_builtins(flag) for flag in verdict.flags],
            "odds": round(verdict.odds, 4),
            "pressure": round(verdict.pressure, 4),
            **{name: round(value, 4) for name, value in msgspec.to_builtins(verdict.measures).items()},
            "measures": {name: _rounded(value) for name, value in (measures or {}).items()},
            "policy": verdict.policy,
        }
        yield _json(told)
    steers = {"steers": msgspec.to_builtins(one.steers)} if one.steers else {}  # of a room that was steered
    yield _json({**msgspec.to_builtins(one.outcome), **steers})


def _rounded(value: Cell) -> Cell:
    return round(value, 4) if isinstance(value, float) else value


def _json(told: object) -> str:
    """Write JSON in ASCII, so that no speaker's name can do anything to a terminal or an encoding."""
    return json.dumps(told)


def _timeline(one: Watched) -> Iterator[Line]:
    outcome = one.outcome
    yield Line(((short(outcome.file), "bold"),))
    stood = ""
    for verdict in one.verdicts:
        if isinstance(verdict, Unjudged):
            continue
        if stood == "ended" and verdict.before != "ended":
            yield Line(((f"{verdict.index:>5}  forked: what was over begins anew", "quiet"),))
        stood = verdict.state
        fresh = [flag.rule for flag in verdict.flags if flag.new]
        if verdict.state != verdict.before or fresh:
            change = f"{verdict.before} -> {verdict.state}" if verdict.state != verdict.before else verdict.state
            found = f"  found: {', '.join(fresh)}" if fresh else ""
            yield Line(((f"{verdict.index:>5}  {change:<19}  {_evidence(verdict)}{found}", ""),))
        if verdict.index == outcome.ended_at:
            break
    yield Line(((_conclusion(outcome), ""),))
    for kind in one.steers:
        yield Line(((_steered(kind), "quiet"),))


def _steered(kind: Kind) -> str:
    """Tell what the room's own monitor changed while it ran, and what that led to."""
    tried = f"steered by {short(kind.kind, 20)}: {kind.tried:,} tried"
    if not kind.measured:
        return tried
    return f"{tried}, {kind.helped:,} of {kind.measured:,} helped; pressure {kind.before:.2f} -> {kind.after:.2f}"


def _evidence(verdict: Verdict) -> str:
    """Name the strongest readings of a message, after the share of evidence that a stop takes."""
    readings = sorted(msgspec.to_builtins(verdict.measures).items(), key=lambda pair: -pair[1])
    named = ", ".join(f"{name} {value:.2f}" for name, value in readings[:_STRONGEST] if value)
    return f"{verdict.pressure:.2f} of a stop; {named}"


def _conclusion(outcome: Outcome) -> str:
    if outcome.ended_at is None:
        return f"would still run after {outcome.messages:,} messages"
    return (
        f"stopped at {outcome.ended_at} of {outcome.messages:,}: {outcome.reason}; "
        f"saved {outcome.saved_messages:,} messages, {outcome.saved_output_tokens:,} output tokens, "
        f"{outcome.saved_input_tokens:,} input tokens"
    )


def _table(found: Sequence[Outcome]) -> list[Line]:
    heads = ("file", "messages", "closing", "revived", "stopped", "reason", "saved", "output tokens", "input tokens")
    names = Counter(Path(outcome.file).name for outcome in found)
    rows = [_row(outcome, alone=names[Path(outcome.file).name] == 1) for outcome in found]
    sums = (
        f"{len(found):,} conversations",
        f"{sum(one.messages for one in found):,}",
        "",
        "",
        f"{sum(one.ended_at is not None for one in found):,}",
        "",
        f"{sum(one.saved_messages for one in found):,}",
        f"{sum(one.saved_output_tokens for one in found):,}",
        f"{sum(one.saved_input_tokens for one in found):,}",
    )
    return columns(heads, [*rows, sums], right=(1, 2, 4, 6, 7, 8))


def _ending(path: str) -> str:
    """Give the end of a path, where files of one name differ."""
    return path if len(path) <= _WIDE else f"…{path[1 - _WIDE :]}"


def _row(one: Outcome, *, alone: bool) -> tuple[str, ...]:
    """Give the row of a conversation; its file's name is enough where no other has the same."""
    return (
        short(Path(one.file).name if alone else _ending(one.file), _WIDE),
        f"{one.messages:,}",
        "" if one.closing_at is None else str(one.closing_at),
        " ".join(map(str, one.revived_at[:3])),
        "" if one.ended_at is None else str(one.ended_at),
        one.reason or "",
        f"{one.saved_messages:,}",
        f"{one.saved_output_tokens:,}",
        f"{one.saved_input_tokens:,}",
    )
