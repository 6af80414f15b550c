"""Runs one Chromium and a server a test, so that pages are tried as a person has them.

Set ANTIPHON_CHROMIUM to an executable; without it these tests are skipped.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.testing.chromium import Chromium, Tab, chromium
from antiphon.testing.site import Site, site

EXECUTABLE = os.environ.get("ANTIPHON_CHROMIUM", "")

CANARY = "window.harmed = []; window.alert = (...told) => window.harmed.push(told)"
"""Runs before every page: what a hostile text would call is counted instead."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.service)
            if not EXECUTABLE:
                item.add_marker(pytest.mark.skip(reason="ANTIPHON_CHROMIUM names no Chromium"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chromium]:
    async with chromium(EXECUTABLE, tmp_path_factory.mktemp("chromium")) as running:
        yield running


class Person:
    """Looks at a server with tabs of one browser.

    Attributes:
        web: the server.
    """

    def __init__(self, browser: Chromium, web: Site) -> None:
        self.web, self._browser = web, browser
        self.base = f"http://127.0.0.1:{web.desk.door.port}"
        self.tabs: list[Tab] = []

    async def open(self, path: str = "/", *, width: int = 1280, height: int = 860, dark: bool = False) -> Tab:
        """Let a tab in and show it an address."""
        link = f"{self.base}/enter?key={self.web.keys.link()}"
        tab = await self._browser.open(link, width=width, height=height, dark=dark, before=CANARY)
        self.tabs.append(tab)
        if path != "/":
            await tab.go(self.base + path)
        await tab.until("!document.body.innerText.includes('Loading …')")
        return tab

    def blameless(self) -> None:
        """Say that no page failed or asked anybody but this server for anything."""
        for tab in self.tabs:
            assert tab.errors() == []
            assert [url for url in tab.requests() if not url.startswith((self.base, "data:", "about:"))] == []


@pytest.fixture
async def person(browser: Chromium) -> AsyncIterator[Person]:
    async with site(latency=(0.05, 0.1)) as web:
        someone = Person(browser, web)
        yield someone
        someone.blameless()
        for tab in someone.tabs:
            await tab.close()
