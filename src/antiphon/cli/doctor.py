"""`antiphon doctor`: says what works here, and what to do about what does not. It changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys

import click
import msgspec

from antiphon.cli.columns import print_lines
from antiphon.cli.options import journal
from antiphon.cli.outlets import on_terminal
from antiphon.cli.telling import BLANK, Line
from antiphon.library.health import Finding, findings
from antiphon.transcripts.safe import for_terminal

__all__ = ["verb"]

_MARKS = {"good": ("ok", "quiet"), "note": ("-", "quiet"), "bad": ("!!", "warn")}
"""State -> the mark before a line, and its style; no state is told by colour alone."""

_NARROW = 80
"""Columns below which pictures and tables are cut."""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
@journal
def verb(*, as_json: bool, journal: str | None) -> None:
    """Say what works here, and what to do about what does not.

    Looks at Python, SQLite, the journal, disk space, your configuration, keys (by name, never
    shown), model servers on this machine, and the terminal. Nothing is written, no key is sent,
    and nobody but this machine is contacted. Exits with 1 when something is wrong.
    """
    found = [*asyncio.run(findings(journal=journal or "")), *_terminal()]
    if as_json:
        for one in found:
            click.echo(json.dumps(msgspec.to_builtins(one)))
    else:
        print_lines(line for one in found for line in _lines(one))
        print_lines([BLANK, _sum(found)])
    raise click.exceptions.Exit(1 if any(one.state == "bad" for one in found) else 0)


def _terminal() -> list[Finding]:
    """Tell what this screen can show."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    spoken = Finding("text", "good", "UTF-8")
    if encoding != "utf8":
        do = "set LANG to a UTF-8 locale, or PYTHONIOENCODING=utf-8"
        spoken = Finding("text", "note", f"{sys.stdout.encoding}: signs it lacks are replaced", do)
    if not on_terminal():
        return [spoken, Finding("terminal", "note", "none: plain lines are written")]
    columns = shutil.get_terminal_size().columns
    colour = "without colour, as NO_COLOR says" if os.environ.get("NO_COLOR") else "in colour"
    if columns < _NARROW:
        return [spoken, Finding("terminal", "note", f"{columns} columns, {colour}", f"widen it to {_NARROW} columns")]
    return [spoken, Finding("terminal", "good", f"{columns} columns, {colour}")]


def _lines(one: Finding) -> list[Line]:
    mark, style = _MARKS[one.state]
    lines = [Line(((f"{mark:<3}{for_terminal(one.about):<26}", style), (for_terminal(one.said), "")), row=True)]
    if one.do:
        lines.append(
            Line(((f"{'':<29}→ {for_terminal(one.do)}", "bold" if one.state == "bad" else "quiet"),), row=True)
        )
    return lines


def _sum(found: list[Finding]) -> Line:
    wrong = sum(one.state == "bad" for one in found)
    if not wrong:
        return Line((("Rooms can run here: antiphon demo", "bold"),))
    return Line(((f"{wrong} to mend, marked !!", "warn"),))
