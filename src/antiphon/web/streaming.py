"""Serves the live stream of one browser tab as server-sent events.

It takes the position from `Last-Event-ID`, where a browser comes back, else from `after`. It knows no room.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from antiphon.web.listening import Listener
from antiphon.web.live import Live
from antiphon.web.problems import Refused, answer

__all__ = ["Stream"]

MOST_ROOMS = 32
"""Rooms one tab may follow event by event; the wall shows the others."""

_BEGIN = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")],
}


class Stream:
    """Is the stream's ASGI application."""

    def __init__(self, live: Live) -> None:
        """Serve what `live` pushes."""
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one tab until it leaves or the server stops."""
        request = Request(scope, receive)
        try:
            listener = _listener(request)
        except Refused as refused:
            await answer(refused.status, refused.detail)(scope, receive, send)
            return
        await send(dict(_BEGIN))
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n", "more_body": True})
        leaving = asyncio.create_task(_leaving(receive, listener))
        try:
            await self._live.join(listener, _position(request))
            while data := await listener.next():
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:
            return  # the tab left while it was written to
        finally:
            self._live.leave(listener)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)


async def _leaving(receive: Receive, listener: Listener) -> None:
    """End the stream when the tab is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.close()


def _listener(request: Request) -> Listener:
    rooms = request.query_params.getlist("rooms")
    wall = request.query_params.get("wall", "false")
    if len(rooms) > MOST_ROOMS:
        raise Refused(400, f"one stream follows at most {MOST_ROOMS} rooms, not {len(rooms)}")
    if wall not in {"true", "false"}:
        raise Refused(400, f"wall is true or false, not {wall[:20]!r}")
    return Listener(rooms, wall=wall == "true")


def _position(request: Request) -> str | None:
    return request.headers.get("last-event-id") or request.query_params.get("after") or None
