"""Draws the moving picture on the README's first screen from a real run of the tour: `just picture`.

It runs `antiphon demo` on a pseudo-terminal of 80 columns and 24 rows, at reading pace, and keeps what the screen shows
over time. The picture is one SVG: a strip of frames that a style sheet moves past a window. It needs no script and
fetches nothing. It knows nothing of what the tour will show.
"""

from __future__ import annotations

import fcntl
import html
import os
import pty
import re
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from rich.terminal_theme import MONOKAI
from rich.text import Text

PICTURE = Path(__file__).parent / "images" / "demo.svg"
COLUMNS, ROWS = 80, 24
EVERY = 0.6
"""Seconds between two frames: enough to see it move, few enough for a picture of a hundred kilobytes."""
REST = 6.0
"""Seconds the last frame stays before the picture begins anew."""
WIDE, HIGH, EDGE = 8.4, 18, 14
"""Pixels of a letter, of a row, and around all of them."""
STILL = 0.37
"""Where in the recording the one frame lies that is shown to those who want no motion: seats, and a refusal."""

Row = tuple[tuple[str, str], ...]
"""(letter, codes in force) of each column."""
Frame = tuple[float, tuple[Row, ...]]
"""Seconds since the beginning, and what the screen shows."""


def main() -> None:
    """Record the tour, draw it."""
    frames, seconds = _thinned(list(_screens(_recorded())))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(_drawn(frames, seconds + REST), encoding="utf-8")
    size = PICTURE.stat().st_size
    print(f"{PICTURE.name}: {len(frames)} frames of a run of {seconds:.0f} seconds, {size:,} bytes")


def _recorded() -> Iterator[tuple[float, str]]:
    """Run the tour in a home of its own; give what it writes, with the seconds since it began."""
    with tempfile.TemporaryDirectory() as home:
        pid, handle = pty.fork()
        if pid == 0:  # the child
            chosen = {name: value for name, value in os.environ.items() if not name.startswith(("ANTIPHON_", "XDG_"))}
            os.chdir(home)
            os.execve(  # noqa: S606 - our own program
                sys.executable,
                [sys.executable, "-m", "antiphon.cli", "demo"],
                {**chosen, "HOME": home, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)},
            )
        fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        began = time.monotonic()
        yield 0.0, "\x1b[1m$ antiphon demo\x1b[0m\r\n"
        while data := _read(handle):
            yield time.monotonic() - began, data.decode("utf-8", "replace")
        os.waitpid(pid, 0)


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # Linux: the other side is closed
        return b""


def _screens(written: Iterator[tuple[float, str]]) -> Iterator[Frame]:
    """Follow what is written as a terminal would, as far as our own screens go."""
    rows: list[list[tuple[str, str]]] = [[]]
    line = column = 0
    codes = ""
    for seconds, text in written:
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
            if part == "\r":
                column = 0
            elif part == "\n":
                line += 1
                rows += [[] for _ in range(line + 1 - len(rows))]
            elif part.endswith("A") and part.startswith("\x1b"):
                line -= int(part[2:-1] or 1)
            elif part == "\x1b[2K":
                rows[line] = []
            elif part.endswith("m") and part.startswith("\x1b"):
                codes = "" if part == "\x1b[0m" else codes + part
            elif not part.startswith("\x1b"):
                rows[line] += [(" ", "")] * (column - len(rows[line]))
                rows[line][column : column + len(part)] = [(sign, codes) for sign in part]
                column += len(part)
        yield seconds, tuple(tuple(row) for row in rows[-ROWS:])


def _thinned(screens: Sequence[Frame]) -> tuple[list[Frame], float]:
    """Keep a frame every now and then, and the last one."""
    kept = [screens[0]]
    for before, after in pairwise(screens):
        if after[0] - kept[-1][0] >= EVERY and before[1] != kept[-1][1]:
            kept.append((max(before[0], kept[-1][0] + EVERY), before[1]))
    return [*kept, screens[-1]], screens[-1][0]


def _drawn(frames: Sequence[Frame], seconds: float) -> str:
    """Draw the strip; each different row is drawn once and used wherever it stands."""
    known: dict[Row, int] = {}
    places: list[str] = []
    for number, (_, rows) in enumerate(frames):
        uses = [
            f'<use href="#r{known.setdefault(row, len(known))}" y="{place * HIGH}"/>'
            for place, row in enumerate(rows)
            if any(sign.strip() for sign, _ in row)
        ]
        places.append(f'<g transform="translate({number * _width():.0f})">{"".join(uses)}</g>')
    steps = [
        f"{100 * at / seconds:.3f}%{{transform:translateX(-{number * _width():.0f}px)}}"
        for number, (at, _) in enumerate(frames)
    ]
    still = f"animation:none;transform:translateX(-{int(len(frames) * STILL) * _width():.0f}px)"
    width, height = _width(), ROWS * HIGH + 2 * EDGE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">',
        "<title>antiphon demo: a room, its end, a kill, a fork</title>",
        "<style>text{font:14px ui-monospace,Menlo,Consolas,monospace;white-space:pre;fill:#d9d9d9}",
        f"#strip{{animation:run {seconds:.1f}s step-end infinite}}@keyframes run{{{''.join(steps)}}}",
        f"@media (prefers-reduced-motion:reduce){{#strip{{{still}}}}}</style>",
        f'<rect width="100%" height="100%" rx="8" fill="#16181d"/><defs>{_rows(known)}</defs>',
        f'<svg x="{EDGE}" y="{EDGE}" width="{width - 2 * EDGE:.0f}" height="{ROWS * HIGH}"><g id="strip">',
        *places,
        "</g></svg></svg>",
    ]
    return "\n".join(lines) + "\n"


def _width() -> float:
    return COLUMNS * WIDE + 2 * EDGE


def _rows(known: dict[Row, int]) -> str:
    return "\n".join(f'<text id="r{number}" y="14">{_spans(row)}</text>' for row, number in known.items())


def _spans(row: Row) -> str:
    """Write a row's letters, each run of one style at its own place, so that no font can shift them."""
    runs: list[tuple[int, str, str]] = []
    for column, (sign, codes) in enumerate(row):
        if runs and runs[-1][2] == codes:
            runs[-1] = (runs[-1][0], runs[-1][1] + sign, codes)
        else:
            runs.append((column, sign, codes))
    return "".join(
        f'<tspan x="{column * WIDE:.1f}" textLength="{len(text) * WIDE:.1f}"{_style(codes)}>{html.escape(text)}</tspan>'
        for column, text, codes in runs
        if text.strip()
    )


def _style(codes: str) -> str:
    """Give the attributes of a terminal's codes; rich reads them."""
    if not codes:
        return ""
    shown = Text.from_ansi(f"{codes}x").get_style_at_offset(_CONSOLE, 0)
    given = ' font-weight="bold"' if shown.bold else ""
    given += ' opacity=".6"' if shown.dim else ""
    if shown.color is not None and not shown.color.is_default:
        given += f' fill="{shown.color.get_truecolor(MONOKAI).hex}"'
    return given


if __name__ == "__main__":
    from rich.console import Console

    _CONSOLE = Console()
    main()
