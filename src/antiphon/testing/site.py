"""A server of the browser view on loopback, in the process of its test: real HTTP, real streams, its laboratory beside.

It knows no test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import msgspec
import uvicorn

from antiphon.library.laboratory import Laboratory
from antiphon.room.contracts import Journal
from antiphon.web.app import application
from antiphon.web.desk import Desk
from antiphon.web.guard import Door
from antiphon.web.keys import Keys
from antiphon.web.people import People
from antiphon.web.rates import Rate
from antiphon.web.serving import bind

__all__ = ["Site", "site"]

_SOON = 20.0
"""Seconds a test waits for something that happens in milliseconds."""


class Site:
    """Is a running server.

    Attributes:
        desk: its inside, with the laboratory.
        keys: its token and links.
        client: sends the token; its paths begin with "/".
    """

    def __init__(self, desk: Desk, keys: Keys, client: httpx2.AsyncClient) -> None:
        """Hold a server that runs."""
        self.desk, self.keys, self.client = desk, keys, client

    async def get(self, path: str, **query: Any) -> Any:  # noqa: ANN401 - JSON
        """Look at something; raises on a refusal."""
        return self._read(await self.client.get(f"/api/v1{path}", params=query))

    async def post(self, path: str, **body: Any) -> Any:  # noqa: ANN401 - JSON
        """Do something; raises on a refusal."""
        return self._read(await self.client.post(f"/api/v1{path}", json=body))

    @staticmethod
    def _read(response: httpx2.Response) -> Any:  # noqa: ANN401 - JSON
        if response.is_error:
            raise AssertionError(f"{response.status_code}: {response.text}")
        return response.json()

    async def begin(self, **how: Any) -> str:  # Any: JSON
        """Begin a room and give its id."""
        return str((await self.post("/rooms", **({"scenario": "dyad"} | how)))["room"])

    async def rests(self, room: str) -> str:
        """Wait until nobody runs a room any more, and give its phase."""
        return str((await self.until(room, lambda state: state["line"]["owner"] is None))["phase"])

    async def until(self, room: str, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:  # Any: JSON
        """Wait until a room's state is as wanted, and give it."""
        async with asyncio.timeout(_SOON):
            while True:
                state: dict[str, Any] = await self.get(f"/rooms/{room}")
                if good(state):
                    return state
                await asyncio.sleep(0.01)

    async def waiting(self, **how: Any) -> str:  # Any: JSON
        """Begin a room in which a seat waits for a person, so that nothing happens meanwhile; gives its id."""
        room = await self.begin(**({"seats": ["human", "listener"]} | how))
        await self.until(room, lambda state: any(seat["waits"] for seat in state["seats"]))
        return room

    async def paused(self, **how: Any) -> str:  # Any: JSON
        """Begin a room and pause it in its first turns; gives its id."""
        room = await self.waiting(**how)
        await self.post(f"/rooms/{room}/pause", now=True)
        await self.rests(room)
        return room

    @asynccontextmanager
    async def stream(self, last: str = "", **query: Any) -> AsyncIterator[Frames]:  # Any: texts, or lists of them
        """Open a live stream, as a browser that comes back with `last` does."""
        headers = {"last-event-id": last} if last else {}
        async with self.client.stream("GET", "/api/v1/live", params=query, headers=headers) as response:
            yield Frames(response)


class Frames:
    """Reads server-sent events one after the other.

    Attributes:
        last: the position of the last frame that had one.
    """

    def __init__(self, response: httpx2.Response) -> None:
        """Read a response's body."""
        self.status, self.last = response.status_code, ""
        self._lines = response.aiter_lines()

    async def next(self, kind: str = "") -> dict[str, Any]:  # Any: JSON
        """Give the next frame, or the next of a kind, with its kind under "kind"."""
        found: dict[str, str] = {}
        async with asyncio.timeout(_SOON):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name in {"id", "event", "data"}:
                    found[name] = value
                elif line == "" and "data" in found:
                    self.last = found.get("id", self.last)
                    if kind in {"", found["event"]}:
                        return {"kind": found["event"], **json.loads(found["data"])}
                    found = {}
        raise EOFError("the stream ended")

    async def seqs(self, until: int) -> list[int]:
        """Give the sequence numbers of the events that come, in order, up to `until`."""
        found: list[int] = []
        while not found or found[-1] < until:
            found += [event["seq"] for event in (await self.next("events"))["events"]]
        return found


@asynccontextmanager
async def site(
    journal: str | Journal = "memory:",
    *,
    latency: tuple[float, float] | None = None,
    furnished: bool = False,
    writes: Rate | None = None,
    **door: Any,  # Any: the door's fields
) -> AsyncIterator[Site]:
    """Run a server on a free port of loopback; builtin voices wait `latency` seconds (least, most).

    An empty journal stays empty unless it is to be `furnished`; `writes` bounds changes otherwise than usual.
    """
    bound = bind("127.0.0.1", 0)
    people, keys = People(), Keys()
    token = keys.token()
    port = bound.getsockname()[1]
    async with Laboratory(journal, latency=latency, ask=people.ask) as laboratory:
        desk = Desk(laboratory, msgspec.structs.replace(Door(**door), port=port), people, keys)
        config = uvicorn.Config(
            application(desk, furnished=furnished, writes=writes),
            lifespan="on",
            log_level="warning",
            access_log=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        headers = {"authorization": f"Bearer {token}"}
        try:
            async with httpx2.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=_SOON
            ) as client:
                yield Site(desk, keys, client)
        finally:
            desk.live.close()
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await serving
