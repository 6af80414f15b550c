"""Aligned columns and whole lines on any console. It knows no room."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from unicodedata import combining, east_asian_width

from antiphon.cli.lines import plain
from antiphon.cli.outlets import on_terminal
from antiphon.cli.telling import Line

__all__ = ["columns", "print_lines", "width"]

_GAP = "  "


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines in colour where a person looks on, without a control code elsewhere."""
    if not on_terminal():
        sys.stdout.writelines(plain(line).rstrip() + "\n" for line in lines)
        return
    from antiphon.cli.live import console, laid_out

    on = console()
    for line in lines:
        for part in laid_out(line, on):
            on.print(part)


def columns(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), spare: Sequence[int] = ()
) -> list[Line]:
    """Align rows under their heads; columns that are empty in every row are left out.

    Args:
        heads: one word a column.
        rows: one text a column each.
        right: columns (from 0) that are flush right.
        spare: columns that are left out, one by one, where a terminal is too narrow for all.
    """
    kept = [n for n in range(len(heads)) if any(row[n] for row in rows)]
    widths = {n: max(width(heads[n]), *(width(row[n]) for row in rows)) for n in kept}
    for n in spare:
        if on_terminal() and sum(widths[m] + len(_GAP) for m in kept) - len(_GAP) > _room() and n in kept:
            kept.remove(n)

    def cell(row: Sequence[str], n: int) -> str:
        pad = " " * (widths[n] - width(row[n]))
        return pad + row[n] if n in right else row[n] + pad

    def joined(row: Sequence[str]) -> str:
        return _GAP.join(cell(row, n) for n in kept).rstrip()

    return [Line(((joined(heads), "quiet"),), row=True), *(Line(((joined(row), ""),), row=True) for row in rows)]


def _room() -> int:
    return shutil.get_terminal_size().columns


def width(text: str) -> int:
    """Count the columns a text takes on a terminal."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)
