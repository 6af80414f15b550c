"""Makes routes of typed functions: what a verb takes and gives is read from its annotations, here and in the document.

A handler is `async def verb(desk, [path parameters], [query: Struct], [body: Struct], [who: str]) -> Struct`. Its
docstring is its description. Nothing is said twice, so that the OpenAPI document cannot drift from what is served.
It knows no verb.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.web.problems import Refused

__all__ = ["BODY_BYTES", "Bytes", "Done", "Operation", "RoomId", "Seq", "Uploaded", "delete", "get", "post", "put"]

BODY_BYTES = 1_000_000
"""Bytes of a JSON body: the longest text a person pastes into a room is far below."""

Seq = Annotated[int, Meta(ge=1, le=2**53 - 1, description="A sequence number; JavaScript holds it exactly.")]
RoomId = Annotated[str, Meta(min_length=1, max_length=200, description="A room's id.")]

Handler: TypeAlias = Callable[..., Awaitable[Any]]  # Any: a Struct of its own, read from its annotations


class Bytes(Struct, frozen=True):
    """Is an answer that is no JSON: its bytes, their type, and headers."""

    data: bytes
    media: str
    headers: dict[str, str] = {}


class Done(Struct, frozen=True, kw_only=True):
    """Says that something was done, or was handed to the process that runs the room."""

    room: str
    handed_over: bool = False


class Uploaded(Struct, frozen=True):
    """Is a body that is read piece by piece; the handler says how much of it may come."""

    request: Request


class Operation(Struct, frozen=True):
    """Is one verb of the API: where it stands, how it is called, and the types of what goes in and out.

    Attributes:
        method: GET, POST, PUT or DELETE.
        path: below /api/v1, with {names} of path parameters.
        section: the heading it stands under in the document.
        handler: the typed function.
        status: of its answer.
        media: types of an answer that is no JSON.
    """

    method: str
    path: str
    section: str
    handler: Handler
    status: int = 200
    media: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the verb."""
        return self.handler.__name__

    @property
    def types(self) -> dict[str, Any]:  # Any: annotations
        """Give the handler's annotations by parameter, `return` included."""
        return get_type_hints(self.handler, include_extras=True)

    @property
    def parameters(self) -> list[str]:
        """Name the path's parameters, in order."""
        return re.findall(r"{(\w+)}", self.path)

    def route(self) -> Route:
        """Make the route that reads a request, calls the handler and writes its answer."""
        types, names = self.types, self.parameters
        query, body = types.get("query"), types.get("body")

        async def serve(request: Request) -> Response:
            given: dict[str, Any] = {  # Any: as the handler's annotations say
                name: msgspec.convert(request.path_params[name], types[name], strict=False) for name in names
            }
            if query is not None:
                given["query"] = _query(request, query)
            elif request.query_params:
                raise Refused(400, f"this takes no parameters, not {next(iter(request.query_params))[:40]!r}")
            if body is Uploaded:
                given["body"] = Uploaded(request)
            elif body is not None:
                given["body"] = await _body(request, body)
            if "session" in types:
                given["session"] = request.cookies.get(request.app.state.desk.door.cookie, "")
            if "who" in types:
                given["who"] = request.scope.get("antiphon.who", "")
            return self._answer(await self.handler(request.app.state.desk, **given))

        return Route(self.path, serve, methods=[self.method], name=self.name)

    def _answer(self, made: Any) -> Response:  # noqa: ANN401 - as the handler's annotation says
        if isinstance(made, Bytes):
            return Response(made.data, self.status, made.headers, made.media)
        return Response(msgspec.json.encode(made), self.status, media_type="application/json")


def _verb(method: str) -> Callable[..., Callable[[Handler], Operation]]:
    def at(
        path: str, section: str, *, status: int = 200, media: tuple[str, ...] = ()
    ) -> Callable[[Handler], Operation]:
        return lambda handler: Operation(method, path, section, handler, status, media)

    return at


get = _verb("GET")
post = _verb("POST")
put = _verb("PUT")
delete = _verb("DELETE")


def many(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    """Tell whether a parameter may be given several times."""
    return get_origin(get_args(kind)[0] if get_origin(kind) is Annotated else kind) is tuple


def _query(request: Request, shape: type[Struct]) -> Struct:
    """Read the query into its Struct; a list is given by repeating its name."""
    hints = get_type_hints(shape, include_extras=True)
    given: dict[str, Any] = {  # Any: texts, or lists of them
        name: request.query_params.getlist(name) if name in hints and many(hints[name]) else value
        for name, value in request.query_params.items()
    }
    return msgspec.convert(given, shape, strict=False)


async def _body(request: Request, shape: type[Struct]) -> Struct:
    """Read a JSON body of bounded size into its Struct."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "send application/json")
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > BODY_BYTES:
            raise Refused(413, f"a body has at most {BODY_BYTES:,} bytes")
    try:
        return msgspec.json.decode(bytes(data), type=shape)
    except RecursionError:
        raise Refused(400, "this is nested too deeply") from None
