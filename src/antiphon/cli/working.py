"""Runs the asynchronous part of a verb with a laboratory that is closed afterwards. It prints nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from antiphon.library.laboratory import Laboratory

__all__ = ["working"]

T = TypeVar("T")


def working(work: Callable[[Laboratory], Awaitable[T]], journal: str | None, **settings: Any) -> T:
    """Open a laboratory, do `work` in it, close it; `settings` are the laboratory's own."""

    async def do() -> T:
        async with Laboratory(journal, **settings) as laboratory:
            return await work(laboratory)

    return asyncio.run(do())
