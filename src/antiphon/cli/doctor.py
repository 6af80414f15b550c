"""`antiphon doctor`: says what works here, and what to do about what does not. It changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from textwrap import wrap

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

_SAID = 29
"""Column in which a finding is said, behind its mark and what it is about."""

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
    """Lay one finding out; what is longer than the screen goes on below its own beginning."""
    mark, style = _MARKS[one.state]
    said, *more = _wrapped(one.said)
    lines = [Line(((f"{mark:<3}{for_terminal(one.about):<{_SAID - 3}}", style), (said, "")), row=True)]
    lines += [Line(((" " * _SAID + line, ""),), row=True) for line in more]
    # a command is not broken: it is there to be copied
    lines += [Line(((" " * _SAID + line, "bold" if one.state == "bad" else "quiet"),)) for line in _do(one)]
    return lines


def _do(one: Finding) -> list[str]:
    return [f"→ {for_terminal(one.do)}"] if one.do else []


def _wrapped(text: str) -> list[str]:
    """Break a text for this screen, the home folder written as "~"; where nobody looks on, nothing is broken."""
    shown = for_terminal(text).replace(str(Path.home()) + os.sep, "~" + os.sep)
    if not on_terminal():
        return [shown]
    room = max(_SAID, shutil.get_terminal_size().columns - _SAID - 1)
    return wrap(shown, room, break_long_words=False, break_on_hyphens=False) or [""]


def _sum(found: list[Finding]) -> Line:
    wrong = sum(one.state == "bad" for one in found)
    if not wrong:
        return Line((("Rooms can run here: antiphon demo", "bold"),))
    return Line(((f"{wrong} to mend, marked !!", "warn"),))
