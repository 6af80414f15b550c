"""Draws the picture on the README's first screen from a real run: `just picture`.

It runs the room of `antiphon demo` in memory, with a fixed seed, and shows its events through the very outlet that
draws them on a terminal, into a console that records. It knows nothing of what the room will say.
"""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from antiphon import Laboratory
from antiphon.cli.live import LiveOutlet, laid_out
from antiphon.cli.status import Status, status
from antiphon.cli.telling import Line
from antiphon.library.settings import with_rounds
from antiphon.room.records import decode
from antiphon.runner.history import history

PICTURE = Path(__file__).parent / "images" / "demo.svg"
SEED = 110
"""A first round in which seats do something besides talking."""
WIDTH = 96
"""Columns of the picture: as wide as a README shows without shrinking the letters."""

FONTS = re.compile(r" *@font-face \{.*?\}\n", re.DOTALL)
"""Letters that rich would have the reader's browser fetch; a picture of ours fetches nothing."""


def main() -> None:
    """Run the room, draw what the terminal would show, and the status line below it."""
    console = Console(
        record=True,
        width=WIDTH,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        soft_wrap=True,
        file=io.StringIO(),
    )
    console.print(Text("$ antiphon demo", style="bold"))
    asyncio.run(_watch(console))
    PICTURE.parent.mkdir(exist_ok=True)
    drawn = console.export_svg(title="antiphon demo", theme=MONOKAI)
    PICTURE.write_text(FONTS.sub("", drawn), encoding="utf-8")
    print(f"{PICTURE.name}: drawn from the demo's room with seed {SEED}")


async def _watch(console: Console) -> None:
    """Run one round and show each event as it is acknowledged."""
    room = "backrooms-demo"
    outlet, known = LiveOutlet(room, on=console), Status()
    async with Laboratory("memory:") as laboratory:
        plan = with_rounds(laboratory.scenario("backrooms"), 1)
        session = await laboratory.begin(plan, seed=SEED, name=room)
        opening = [(decode(record), record) for record in await history(laboratory.journal, room)]
        for event, record in opening:
            await outlet.show(event, record)
        async for event, record in session.stream():
            if event.seq > len(opening):
                await outlet.show(event, record)
                known.hear(outlet.state, event)
    console.print()
    for text in laid_out(Line(tuple(status(outlet.state, known, 0.0, WIDTH - 1))), console):
        console.print(text)


if __name__ == "__main__":
    main()
