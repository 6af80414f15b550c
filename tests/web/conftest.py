"""What the tests of the browser view share: a server on loopback, with a journal in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from antiphon.testing.site import Site, site


@pytest.fixture
async def web() -> AsyncIterator[Site]:
    async with site() as running:
        yield running
