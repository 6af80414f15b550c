"""Measures the page in a real Chromium: a room of 10,000 messages, and a wall of 5,000 rooms.

    ANTIPHON_CHROMIUM=/usr/bin/chromium python bench/page.py [--messages 10000] [--rooms 5000] [--runs 5]

Printed are milliseconds from the address to the first message (or row) as an element, the longest task while it is
scrolled through a hundred screens, elements, and the tab's JavaScript heap. Medians of the runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from pathlib import Path

from antiphon.testing.chromium import chromium
from antiphon.testing.site import Site, site
from antiphon.testing.visitor import Visitor

WATCH = """
  window.tasks = [0];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({type: "longtask"});
  new MutationObserver(() => { if (document.querySelector("%s")) window.seen ??= performance.now(); })
    .observe(document, {childList: true, subtree: true});
"""

SCROLL = """(async () => {
  const pane = document.querySelector(".pane"), by = pane.scrollTop > 0 ? -700 : 700;
  for (let step = 0; step < 100; step += 1) {
    pane.scrollTop += by;
    await new Promise((done) => requestAnimationFrame(done));
  }
})()"""

Figures = tuple[float, float, float, float]


async def main(messages: int, rooms: int, runs: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with site() as web, chromium(os.environ["ANTIPHON_CHROMIUM"], Path(folder)) as browser:
            visitor = Visitor(browser, web)
            room = await _long_room(web, messages)
            seen = [await _look(visitor, f"/rooms/{room}", ".message") for _ in range(runs)]
            _tell(f"a room of {messages:,} messages", seen)
            for _ in range(rooms - 1):
                await (await web.desk.laboratory.begin(web.desk.laboratory.scenario("solo"))).release()
            _tell(f"a wall of {rooms:,} rooms", [await _look(visitor, "/", ".rows > li") for _ in range(runs)])


async def _long_room(web: Site, messages: int) -> str:
    lines = [f"AI-{n % 2 + 1} (Voice)\nMessage {n}: *what* was said. {'word ' * (n % 40)}\n\n" for n in range(messages)]
    made = await web.client.post("/api/v1/import?name=long.txt", content="".join(lines).encode(), timeout=120)
    return str(made.json()["rooms"][0]["room"])


async def _look(visitor: Visitor, path: str, first: str) -> Figures:
    tab = await visitor.open("/")
    await tab.do("Page.addScriptToEvaluateOnNewDocument", source=WATCH % first)
    await tab.go(visitor.base + path)
    seen = await tab.until("window.seen")
    await asyncio.sleep(1)
    await tab.run("window.tasks.length = 1")
    await tab.run(SCROLL)
    await asyncio.sleep(0.5)
    longest = await tab.run("Math.max(...window.tasks)")
    elements = await tab.run(f"document.querySelectorAll('{first}').length")
    heap = (await tab.do("Runtime.getHeapUsage"))["usedSize"] / 1e6
    await tab.close()
    return seen, longest, elements, heap


def _tell(what: str, seen: list[Figures]) -> None:
    first, longest, elements, heap = (statistics.median(column) for column in zip(*seen, strict=True))
    tasks = f"longest task over 50 ms {longest:.0f} ms"
    print(f"{what}: first {first:.0f} ms, {tasks}, {elements:.0f} elements, heap {heap:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rooms", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(main(given.messages, given.rooms, given.runs))
