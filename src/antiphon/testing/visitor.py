"""A person before the page: lets tabs of a real browser in, and afterwards says whether they were blameless.

It knows no test.
"""

from __future__ import annotations

from antiphon.testing.chromium import Chromium, Tab
from antiphon.testing.site import Site

__all__ = ["Visitor"]

CANARY = "window.harmed = []; window.alert = (...told) => window.harmed.push(told)"
"""Runs before every page: what a hostile text would call is counted instead."""


class Visitor:
    """Looks at a server with tabs of one browser.

    Attributes:
        web: the server.
        base: its address.
        tabs: those that were opened.
        gone: rooms that this visit deletes; what is asked of them while they go is not found, and no fault.
    """

    def __init__(self, browser: Chromium, web: Site) -> None:
        """Have a browser and a server's links."""
        self.web, self._browser = web, browser
        self.base = f"http://127.0.0.1:{web.desk.door.port}"
        self.tabs: list[Tab] = []
        self.gone: list[str] = []

    async def open(
        self, path: str = "/", *, width: int = 1280, height: int = 860, dark: bool = False, let_in: bool = True
    ) -> Tab:
        """Open a tab at an address; pixels, whether its system asks for dark pages, and whether it has the link."""
        first = f"{self.base}/enter?key={self.web.keys.link()}" if let_in else self.base
        tab = await self._browser.open(first, width=width, height=height, dark=dark, before=CANARY)
        self.tabs.append(tab)
        if path != "/":
            await tab.go(self.base + path)
        await tab.until("document.querySelector('main h1')")
        return tab

    async def said(self, room: str) -> list[int]:
        """Give the sequence numbers of a room's messages, as the server has them."""
        told = await self.web.get(f"/rooms/{room}/events", type="message.said", limit=500)
        return [event["seq"] for event in told["events"]]

    async def ended(self, **how: object) -> str:
        """Begin a short room, wait for its end, and give its id."""
        room = await self.web.begin(**({"rounds": 3, "seed": 7} | how))
        await self.web.rests(room)
        return room

    def blameless(self) -> None:
        """Say that no page failed, nor asked anybody but this server for anything.

        Raises:
            AssertionError: with what went wrong.
        """
        for tab in self.tabs:
            far = [url for url in tab.requests() if not url.startswith((self.base, "data:", "about:"))]
            errors = [error for error in tab.errors() if not self._of_what_is_gone(error)]
            if far or errors:
                raise AssertionError(f"asked for {far}, failed with {errors}")

    def _of_what_is_gone(self, error: str) -> bool:
        """Tell whether something of a deleted room was asked for while it went."""
        return "404" in error and any(f"/rooms/{room}/" in error for room in self.gone)
