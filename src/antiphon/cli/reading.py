"""Shows events at the pace of a reader: a live screen gets a message word by word, plain lines get it after its time.

It knows neither where events come from nor who waits.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from antiphon.cli.outlets import Outlet
from antiphon.room.contracts import Record
from antiphon.room.events import Event, MessageSaid

__all__ = ["Sleep", "at_pace"]

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits some seconds, or longer where somebody paused."""

_WORDS = 4.2
"""Words a second at speed 1: about 250 a minute, as most people read."""
_LONGEST = 30.0
"""Seconds one message takes at most at speed 1: nobody reads a wall of text word by word."""
_BREATH = 0.6
"""Seconds of silence between two messages at speed 1."""
_WORD = re.compile(r"\s*```.*?```\s*|\s*^![^\n]*\s*|\s*\S+\s*|\s+", re.DOTALL | re.MULTILINE)
"""What comes at once: a word, a drawing, a command."""
_BLOCK = 5
"""Words for whose time one looks at what is no word."""


async def at_pace(shown: Outlet, event: Event, record: Record, speed: float, *, sleep: Sleep = asyncio.sleep) -> None:
    """Show an event after the time its reading takes.

    Args:
        shown: where to.
        event: what happened.
        record: the event as it is stored.
        speed: 1 = as most people read, 2 = twice as fast; 0 = at once.
        sleep: how to wait.
    """
    body = event.body
    if speed > 0 and isinstance(body, MessageSaid) and body.text.strip():
        words = _WORD.findall(body.text)
        pause = min(1 / _WORDS, _LONGEST / len(words)) / speed
        if shown.live and body.seat is not None and not body.whisper:
            for word in words:
                shown.chunk(body.seat, word)
                await sleep(pause * (_BLOCK if len(word.split()) > 1 else 1))
        else:
            await sleep(pause * len(words))
    await shown.show(event, record)
    if speed > 0 and isinstance(body, MessageSaid):
        await sleep(_BREATH / speed)
