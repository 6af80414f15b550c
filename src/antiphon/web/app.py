"""Puts the application together: the verbs, the stream, the document, the page's own files, and the guard before all.

It opens no socket.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.errors import AntiphonError
from antiphon.web.api import about, branching, doing, keeping, rooms, starting
from antiphon.web.calls import Operation
from antiphon.web.desk import Desk
from antiphon.web.furnishing import furnish
from antiphon.web.guard import Guard
from antiphon.web.keys import SESSION_SECONDS
from antiphon.web.openapi import document
from antiphon.web.problems import Refused, answer, on_error, on_http, on_refused
from antiphon.web.rates import Rate
from antiphon.web.streaming import Stream

__all__ = ["OPERATIONS", "application"]

OPERATIONS: tuple[Operation, ...] = (
    *rooms.OPERATIONS,
    *doing.OPERATIONS,
    *starting.OPERATIONS,
    *branching.OPERATIONS,
    *keeping.OPERATIONS,
    *about.OPERATIONS,
)
"""Every verb of the API."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Kinds of files the page is made of; anything else in the folder is not served."""


def application(desk: Desk, *, furnished: bool = True, writes: Rate | None = None) -> Guard:
    """Make the application of one desk; entering its lifespan enters the desk, and furnishes an empty journal."""
    app = Starlette(
        routes=[
            Mount("/api/v1", routes=[*(operation.route() for operation in OPERATIONS), *_own(desk)]),
            Route("/enter", _entrance(desk)),
            Route("/", _file),
            Route("/{name:path}", _file),
        ],
        exception_handlers={
            AntiphonError: on_error,
            HTTPException: on_http,
            Refused: on_refused,
            msgspec.MsgspecError: on_refused,
        },
        lifespan=_lifespan(desk, furnished=furnished),
    )
    app.router.redirect_slashes = False
    app.state.desk = desk
    return Guard(_streaming_first(app, Stream(desk.live)), desk.door, desk.keys, writes)


def _streaming_first(app: ASGIApp, stream: Stream) -> ASGIApp:
    """Lead to the stream without the router: what stands around an answer is paid for at each of its frames."""

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        to_stream = scope["type"] == "http" and scope["path"] == "/api/v1/live" and scope["method"] == "GET"
        await (stream if to_stream else app)(scope, receive, send)

    return lead


def _lifespan(desk: Desk, *, furnished: bool) -> Callable[[Any], AbstractAsyncContextManager[None]]:  # Any: Starlette's
    @asynccontextmanager
    async def live(_: Any) -> AsyncIterator[None]:  # noqa: ANN401 - as above
        async with desk:
            if furnished:
                await furnish(desk)
            yield

    return live


def _own(desk: Desk) -> list[Route]:
    """Give the routes that are no operations: the stream, and the document of the others."""
    text = msgspec.json.encode(document(OPERATIONS))

    async def openapi(_: Request) -> Response:
        return Response(text, media_type="application/json")

    return [Route("/live", Stream(desk.live), methods=["GET"]), Route("/openapi.json", openapi)]


def _entrance(desk: Desk) -> Callable[[Request], Any]:  # Any: a coroutine of a Response
    """Let a browser in that brings a link which was never used: it gets a cookie and goes to the page."""

    async def enter(request: Request) -> Response:
        session = desk.keys.enter(request.query_params.get("key", ""))
        if session is None:
            return answer(401, "this link was used already, or is too old; `antiphon serve` prints a new one")
        response = RedirectResponse("/", 303)
        response.set_cookie(
            desk.door.cookie, session, max_age=int(SESSION_SECONDS), path="/", httponly=True, samesite="strict"
        )
        return response

    return enter


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Read the page's own files once, by name: what is asked for is looked up and never opened."""
    folder = files("antiphon.web").joinpath("static")
    found = {}
    for entry in folder.iterdir():
        suffix = "." + entry.name.rpartition(".")[2]
        if entry.is_file() and suffix in _TYPES:
            found[entry.name] = (entry.read_bytes(), _TYPES[suffix])
    return found


async def _file(request: Request) -> Response:
    """Serve one of the page's own files; every address of a room is the page itself, which reads it."""
    name = request.path_params.get("name", "index.html")
    if name.startswith("rooms/"):
        name = "index.html"
    if name not in _files():
        return answer(404, "there is no such page")
    data, kind = _files()[name]
    return Response(data, headers={"cache-control": "no-cache"}, media_type=kind)
