"""Makes the two screenshots of the README, the wall and a room, as a browser shows them: `just screens`.

It needs Chromium, named by ANTIPHON_CHROMIUM; everything that speaks in it is a builtin voice or a showcase room.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from antiphon.testing.chromium import Tab, chromium
from antiphon.testing.site import Site, site
from antiphon.testing.visitor import Visitor

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1180, 760
"""Pixels; a README is read at this width or below."""

ROOMS = (("backrooms", 110, 4), ("dyad", 7, 3), ("ascii-gallery", 3, 2))
"""Scenario, seed and rounds of the rooms that stand on the wall beside the showcase rooms."""


async def main() -> None:
    """Run a server and a browser, and take both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with site(furnished=True) as web, chromium(os.environ["ANTIPHON_CHROMIUM"], Path(folder)) as browser:
            rooms = [await _room(web, *how) for how in ROOMS]
            await web.waiting(scenario="interview", seats=["human", "listener"])
            visitor = Visitor(browser, web)
            await _forked(visitor, rooms[0])
            wall = await visitor.open(width=WIDTH, height=HEIGHT)
            await wall.until(f"document.querySelectorAll('.rows > li').length >= {len(rooms)}")
            await _keep(wall, "wall.png")
            room = await visitor.open(f"/rooms/{rooms[0]}", width=WIDTH, height=HEIGHT, dark=True)
            await room.until("document.querySelector('.versions')")
            await room.run("document.querySelector('.versions').scrollIntoView({block: 'center'})")
            await _keep(room, "room.png")
            visitor.blameless()


async def _room(web: Site, scenario: str, seed: int, rounds: int) -> str:
    room = await web.begin(scenario=scenario, seed=seed, rounds=rounds)
    await web.rests(room)
    return room


async def _forked(visitor: Visitor, room: str) -> None:
    """Have a message said again, so that its versions are seen, and write a note beside it."""
    seq = (await visitor.said(room))[5]
    await visitor.web.post(f"/rooms/{room}/messages/{seq}/again", count=1)
    await visitor.web.post(
        f"/rooms/{room}/marks", seq=seq, text="Here the tone turns; compare it with the other version."
    )


async def _keep(tab: Tab, name: str) -> None:
    await asyncio.sleep(1)  # pictures are drawn, scrolls are still
    (IMAGES / name).write_bytes(await tab.picture())


if __name__ == "__main__":
    asyncio.run(main())
