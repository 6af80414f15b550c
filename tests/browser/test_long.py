"""A long room stays quick: its end is there at once, and scrolling never stutters."""

from __future__ import annotations

import asyncio

from antiphon.testing.visitor import Visitor

MESSAGES = 10_000
PAINTED = 1_000
"""Milliseconds until the first message of so long a room is there."""

TASK = 50
"""Milliseconds of one task while scrolling, above which a person sees it stutter."""

FORGIVEN = 4
"""Times as long as it should take that is still no failure: the machine may be busy with other tests."""

MOST = 400
"""Messages that may be elements at one time."""

WATCH = """
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({type: "longtask"});
  new MutationObserver(() => { if (document.querySelector(".message")) window.seen ??= performance.now(); })
    .observe(document, {childList: true, subtree: true});
"""

SCROLL = """(async () => {
  const pane = document.querySelector(".scroll");
  for (let step = 0; step < 60; step += 1) {
    pane.scrollTop -= 700;
    await new Promise((done) => requestAnimationFrame(done));
  }
})()"""


async def test_ten_thousand_messages_are_there_at_once_and_scroll_smoothly(person: Visitor) -> None:
    lines = [
        f"AI-{n % 2 + 1} (Voice)\nMessage {n}: *what* was said, `why`, and so on. {'word ' * (n % 40)}\n\n"
        for n in range(MESSAGES)
    ]
    made = await person.web.client.post("/api/v1/import?name=long.txt", content="".join(lines).encode(), timeout=60)
    room = made.json()["rooms"][0]["room"]
    tab = await person.open("/")
    await tab.do("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
    await tab.go(f"{person.base}/rooms/{room}")
    assert await tab.until("window.seen") < FORGIVEN * PAINTED
    await asyncio.sleep(0.5)
    await tab.run("window.tasks.length = 0")
    await tab.run(SCROLL)
    assert max(await tab.run("[0, ...window.tasks]")) < FORGIVEN * TASK
    assert await tab.run("document.querySelectorAll('.message').length") < MOST
