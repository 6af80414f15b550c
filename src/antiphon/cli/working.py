"""Runs the asynchronous part of a verb with a laboratory that is closed afterwards. It prints nothing."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from antiphon.library.laboratory import Laboratory

__all__ = ["working"]

T = TypeVar("T")


def working(work: Callable[[Laboratory], Awaitable[T]], journal: str | None, **settings: Any) -> T:
    """Open a laboratory, do `work` in it, close it; `settings` are the laboratory's own.

    Raises:
        KeyboardInterrupt: when a signal asked the program to stop; everything was closed before.
    """

    async def do() -> T:
        _close_on_signals()
        async with Laboratory(journal, **settings) as laboratory:
            return await work(laboratory)

    try:
        return asyncio.run(do())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _close_on_signals() -> None:
    """Have `kill` and a closed window end the work as ctrl-c does, so that a terminal is given back as it was."""
    task = asyncio.current_task()
    if task is not None and sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
