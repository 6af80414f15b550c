"""Draws the picture on the README's first screen from a real run: `just picture`.

It runs `antiphon demo` in this environment with a fixed seed and a journal in a temporary folder, and prints what the
command printed into a rich console that records. It knows nothing of how the demo works.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

PICTURE = Path(__file__).parent / "images" / "demo.svg"
COMMAND = ("demo", "--rounds", "1", "--seed", "7")
WIDTH = 100
"""Columns of the picture: as wide as a README shows without shrinking the letters."""
HEIGHT = 34
"""Lines at most: about one screen."""


def main() -> None:
    """Run the demo, draw what it printed."""
    printed = _run()
    lines = printed.rstrip("\n").splitlines()
    shown = lines if len(lines) <= HEIGHT else [*lines[: HEIGHT - 6], "…", *lines[-5:]]
    console = Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=io.StringIO())
    console.print(Text(f"$ antiphon {' '.join(COMMAND[:1])}", style="bold"))
    console.print(Text.from_ansi("\n".join(shown)))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(console.export_svg(title="antiphon demo", theme=MONOKAI), encoding="utf-8")
    print(f"{PICTURE}: {len(shown)} of {len(lines)} lines")


def _run() -> str:
    """Run the demo with colours, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"ANTIPHON_JOURNAL": str(Path(folder, "rooms.db")), "HOME": folder, "XDG_CONFIG_HOME": folder}
        environment = {**os.environ, **own, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "antiphon.cli", *COMMAND]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, encoding="utf-8")
    return done.stdout


if __name__ == "__main__":
    main()
