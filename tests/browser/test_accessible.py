"""Nothing on the page keeps somebody out: axe-core finds nothing serious on any view, light or dark, wide or narrow.

Set ANTIPHON_AXE to its `axe.min.js` (npm: `axe-core`); without it these tests are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from antiphon.testing.chromium import Tab
from antiphon.testing.visitor import Visitor

AXE = os.environ.get("ANTIPHON_AXE", "")

pytestmark = pytest.mark.skipif(not AXE, reason="ANTIPHON_AXE names no axe.min.js")

RUN = """(async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
})()"""


async def serious(tab: Tab) -> list[str]:
    if await tab.run("typeof axe") == "undefined":
        await tab.run(Path(AXE).read_text(encoding="utf-8") + "; 0")  # noqa: ASYNC240 - once a page
    found: list[str] = await tab.run(RUN)
    return found


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
async def test_the_wall_and_a_room_keep_nobody_out(person: Visitor, width: int, *, dark: bool) -> None:
    room = await person.ended(scenario="backrooms", seed=110, rounds=2)
    again = await person.web.post(f"/rooms/{room}/messages/{(await person.said(room))[2]}/again", count=1)
    await person.web.post(f"/rooms/{room}/marks", seq=(await person.said(room))[2], text="a note")
    tab = await person.open("/", width=width, dark=dark)
    await tab.until("document.querySelector('.rows a')")
    assert await serious(tab) == []
    await tab.go(f"{person.base}/rooms/{room}")
    await tab.until("document.querySelector('.versions')")
    for name in ("time", "measures", "notes", "forks", "seats"):
        await tab.click(f"#tab-{name}")
        await tab.until(f"document.querySelector('.panel').getAttribute('aria-labelledby') === 'tab-{name}'")
        assert await serious(tab) == []
    await tab.go(f"{person.base}/rooms/{room}/compare/{again['rooms'][0]}")
    await tab.until("document.querySelector('.pair .first')")
    assert await serious(tab) == []


async def test_every_dialog_of_a_room_keeps_nobody_out(person: Visitor) -> None:
    tab = await person.open(f"/rooms/{await person.ended()}")
    await tab.until("document.querySelector('.block > .message')")
    await tab.press("k")
    for key in ("?", "/", "F", "e", "m"):
        await tab.press(key)
        await tab.until("document.querySelector('dialog[open] h2')")
        assert await serious(tab) == []
        await tab.press("Escape")
        await tab.until("!document.querySelector('dialog')")


async def test_the_form_that_begins_a_room_and_a_seats_inside_keep_nobody_out(person: Visitor) -> None:
    room = await person.web.paused()
    tab = await person.open("/")
    await tab.press("n")
    await tab.shows("Nobody in it costs anything")
    assert await serious(tab) == []
    await tab.go(f"{person.base}/rooms/{room}")
    await tab.click(".seat", "Listener")
    await tab.until("document.querySelector('dialog[open] h2')")
    assert await serious(tab) == []


async def test_a_picture_without_words_would_be_found(person: Visitor) -> None:
    tab = await person.open("/")
    await tab.run("document.querySelector('main').append(new Image()); 0")
    assert [one.partition(":")[0] for one in await serious(tab)] == ["image-alt"]
