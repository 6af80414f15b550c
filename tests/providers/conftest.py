"""What the provider tests share: a fake endpoint, a wire that never really waits, and views made from plain lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeAlias

import msgspec
import pytest

from antiphon.room.contracts import Means
from antiphon.room.models import Card, Models
from antiphon.room.state import Seat
from antiphon.room.view import Part, SeatView, View, escape
from antiphon.testing.endpoint import Endpoint
from antiphon.wire.client import Wire

MakeSeat: TypeAlias = Callable[..., Seat]
MakeView: TypeAlias = Callable[..., View]
MakeMeans: TypeAlias = Callable[..., Means]

NOW = 1_800_000_000_000
KEY = "canary-4fe1b09d7a62-key"


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async with Endpoint() as running:
        yield running


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async def no_wait(_: float) -> None:
        await asyncio.sleep(0)

    made = Wire(sleep=no_wait)
    yield made
    await made.close()


@pytest.fixture
def make_seat() -> MakeSeat:
    def make(model: str = "tiny", **fields: Any) -> Seat:
        plain: dict[str, Any] = {"number": 1, "label": "AI-1", "display": model, "provider": "openai", "system": ""}
        plain |= {"id": "AI-1", "model": model, "temperature": None, "rights": (), "joined": 1, "by": "scenario"}
        return Seat(**(plain | fields))

    return make


@pytest.fixture
def make_view() -> MakeView:
    """Make a view from (who, text) pairs; "me" is the seat itself, "room" the room, anything else a label."""

    def make(seat: Seat, lines: Sequence[tuple[str, str]] = (("AI-2", "Hello."),), **fields: Any) -> View:
        heard = SeatView(seat=seat.id, rich="parts" in seat.takes, sees="images" in seat.takes, parts=[], late=[])
        for number, (who, text) in enumerate(lines):
            heard.hear(_part(seat, number + 1, who, text))
        others = tuple(dict.fromkeys(who for who, _ in lines if who not in ("me", "room", "picture")))
        view = View("room-1", seat, seat.system, heard.parts, others, "chat", heard)
        return msgspec.structs.replace(view, **fields)

    return make


def _part(seat: Seat, seq: int, who: str, text: str) -> Part:
    if who == "me":
        return Part(seq, seat.id, "said", "", escape(text))
    if who == "room":
        return Part(seq, "room", "notice", "", escape(text))
    if who == "picture":
        return Part(seq, "room", "picture", "", escape("a picture"), (text,))
    return Part(seq, who, "said", who, escape(text))


@pytest.fixture
def make_means(wire: Wire) -> MakeMeans:
    def make(*cards: Card, keys: dict[str, str] | None = None, **fields: Any) -> Means:
        found = keys or {}
        plain: dict[str, Any] = {"key": lambda name, _: found.get(name), "wire": wire, "now": lambda: NOW}
        return Means(**(plain | {"models": Models({card.id: card for card in cards})} | fields))

    return make
