"""Runs one Chromium and a server a test, so that pages are tried as a person has them.

Set ANTIPHON_CHROMIUM to an executable; without it these tests are skipped.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.testing.chromium import Chromium, chromium
from antiphon.testing.site import site
from antiphon.testing.visitor import Visitor

EXECUTABLE = os.environ.get("ANTIPHON_CHROMIUM", "")


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


@pytest.fixture
async def person(browser: Chromium) -> AsyncIterator[Visitor]:
    async with site(latency=(0.05, 0.1)) as web:
        someone = Visitor(browser, web)
        yield someone
        someone.blameless()
        for tab in someone.tabs:
            await tab.close()
