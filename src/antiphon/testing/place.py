"""A laboratory and an endpoint for it to ask: whole rooms over HTTP in one process, with faults by the dozen.

Models are named "here:anything"; "painted" takes pictures, "base" is a base model. It knows no test.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.events import AnyBody, Event
from antiphon.room.records import decode
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.history import history
from antiphon.testing.endpoint import Endpoint
from antiphon.wire.retries import Retries

__all__ = ["ANSWER", "MESSAGES", "Place", "bodies", "cut_after", "place"]

ANSWER = "A plain answer of a few words."
"""What the endpoint answers unless it is told otherwise."""

MESSAGES = 8
"""The ceiling of messages of a room that names none."""

_SHELF = """
[[endpoints]]
name = "here"
base_url = "{url}"
key = "{key}"

[[models]]
id = "painted"
endpoint = "here"
takes = ["parts", "images"]

[[models]]
id = "base"
endpoint = "here"
base = true
"""


class Place:
    """Is a laboratory and the endpoint its rooms ask."""

    def __init__(self, laboratory: Laboratory, endpoint: Endpoint) -> None:
        """Take both, as they run."""
        self.laboratory, self.endpoint = laboratory, endpoint

    async def begin(self, *models: str, streamed: bool = False, **plan: Any) -> Session:  # Any: a scenario's fields
        """Open a room of models, or of `seats`; a scenario's other fields and ceilings by name."""
        ceilings = {name: plan.pop(name) for name in ("messages", "tokens", "money") if name in plan}
        seats = plan.pop("seats", tuple(SeatPlan(model=model) for model in models))
        scenario = Scenario(name="over-http", seats=seats, **plan)
        session = await self.laboratory.begin(scenario, seed=7, **{"messages": MESSAGES, **ceilings})
        return self.listening(session, streamed=streamed)

    @staticmethod
    def listening(session: Session, *, streamed: bool) -> Session:
        """Have replies streamed, or not."""
        session.conductor.chunks = (lambda _seat, _text: None) if streamed else None
        return session

    async def events(self, session: Session) -> list[Event]:
        """Give a room's events, once its chain holds and its views were made again from them."""
        [checked] = await verify_rooms(self.laboratory, [session.id], views=True)
        assert checked.broken is None, checked.broken  # noqa: S101 - a check, for tests
        return [decode(record) for record in await history(self.laboratory.journal, session.id)]

    def asked(self) -> list[Any]:  # Any: JSON
        """Give the bodies of all requests for words, oldest first."""
        return [seen.json() for seen in self.endpoint.seen if seen.path.endswith("/completions")]


@asynccontextmanager
async def place(folder: Path, *, key: str = "", journal: str = "memory:", **env: str) -> AsyncIterator[Place]:
    """Run an endpoint, and a laboratory that knows it and hardly waits between attempts.

    Args:
        folder: gets a `models.toml`.
        key: the environment variable that the endpoint's key is looked up in.
        journal: where rooms are kept.
        env: the environment.
    """
    async with Endpoint(answer=lambda _: ANSWER) as endpoint:
        (folder / "models.toml").write_text(_SHELF.format(url=endpoint.url, key=key), encoding="utf-8")
        async with Laboratory(journal, env={"ANTIPHON_CONFIG": str(folder), **env}) as laboratory:
            laboratory.company.wire().retries = Retries(first=0.001)
            yield Place(laboratory, endpoint)


def bodies(events: Sequence[Event], kind: type[AnyBody]) -> list[Any]:  # Any: of that type; a test knows its fields
    """Give the bodies of one type, oldest first."""
    return [event.body for event in events if isinstance(event.body, kind)]


def cut_after(session: Session, pieces: int, how: Callable[[], Awaitable[None]]) -> list[str]:
    """Have `how` done once so many pieces of speech were heard; gives the list they are gathered in."""
    heard: list[str] = []
    doing: list[asyncio.Future[None]] = []

    def hear(_: str, text: str) -> None:
        heard.append(text)
        if len(heard) == pieces:
            doing.append(asyncio.ensure_future(how()))

    session.conductor.chunks = hear
    return heard
