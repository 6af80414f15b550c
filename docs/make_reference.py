"""Writes what is generated into the guide: the help texts of the command line (`just docs`).

A generated part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; everything else on a page is
hand-written and left alone. It knows the command line only through its help.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from antiphon.cli import antiphon

GUIDE = Path(__file__).parent / "guide"
WIDTH = 98
"""Columns of a help text on a wide terminal: click's 100, less its margin of two."""


def parts() -> dict[str, str]:
    """Give every generated part by name: "help" for all verbs, "help VERB" for one."""
    top = _context(antiphon, "antiphon")
    found = {"help": _block(antiphon.get_help(top))}
    for name in antiphon.list_commands(top):
        verb = antiphon.get_command(top, name)
        if verb is None:
            msg = f"the command line lists {name!r} and does not have it"
            raise LookupError(msg)
        found[f"help {name}"] = _block(verb.get_help(_context(verb, name, top)))
    return found


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    settings: dict[str, Any] = {**command.context_settings, "terminal_width": WIDTH}  # Any: click's own
    return click.Context(command, parent, name, **settings)


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def filled(page: str, generated: dict[str, str]) -> str:
    """Put each generated part between its marks; raises KeyError for a mark whose part nobody makes."""
    mark = re.compile(r"<!-- begin ([^>]+?) -->\n.*?<!-- end \1 -->", re.DOTALL)
    return mark.sub(lambda at: f"<!-- begin {at[1]} -->\n{generated[at[1]]}\n<!-- end {at[1]} -->", page)


def marks(page: str) -> list[str]:
    """List the parts a page has marks for."""
    return re.findall(r"<!-- begin ([^>]+?) -->", page)


def main() -> None:
    """Rewrite the pages that have marks."""
    generated = parts()
    for path in sorted(GUIDE.glob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = filled(before, generated)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{path.name}: written anew", file=sys.stderr)


if __name__ == "__main__":
    main()
