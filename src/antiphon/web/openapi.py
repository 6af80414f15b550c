"""Writes the OpenAPI document from the handlers' own types: what is documented is what is read and written.

It knows verbs only as operations.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, TypeAlias, get_type_hints

import msgspec
from msgspec import Struct

from antiphon import __version__
from antiphon.web.calls import Bytes, Operation, Uploaded
from antiphon.web.problems import MEDIA, STATUSES, Problem

__all__ = ["document"]

Json: TypeAlias = dict[str, Any]  # Any: JSON

_REF = "#/components/schemas/{name}"

_ABOUT = """\
Everything the command line does with rooms, as JSON. Reading needs no token on loopback unless the server is locked;
whatever changes something needs `Authorization: Bearer TOKEN`, or the cookie of a browser that was let in. Every
refusal is a problem (RFC 9457)."""

_LIVE = """\
Server-sent events, one stream a tab: `events` {events: [Told]} with the journal's position as its id; `rooms`
{rooms: [RoomLine]} for `wall`; `chunk` {room, seat, at, text} while a seat of a room that runs here speaks; `waits`
{room, seat} when one waits for a person; `gone` {room} when one was deleted; `resync` {why} when the state must be
looked at again. A browser that comes back gives the position it had, and misses nothing."""


def document(operations: Sequence[Operation]) -> Json:
    """Write the document of some operations and the live stream."""
    types = {name: kind for operation in operations for name, kind in _types(operation)}
    names = sorted(types)
    schemas, components = msgspec.json.schema_components([*(types[name] for name in names), Problem], ref_template=_REF)
    known = dict(zip(names, schemas, strict=False))
    paths: dict[str, Json] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, known, components)
    paths["/live"] = {"get": _live()}
    used = _used(paths, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Antiphon", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{}, {"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.section for operation in operations)],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in components.items() if name in used},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"problem": {"description": "A refusal.", "content": {MEDIA: {"schema": _ref("Problem")}}}},
        },
    }


def _types(operation: Operation) -> list[tuple[str, Any]]:  # Any: annotations
    """Give every annotation of an operation that needs a schema, under a name of its own."""
    return [
        (f"{operation.name}.{name}", kind)
        for name, kind in operation.types.items()
        if name not in {"desk", "session", "who"} and kind not in (Bytes, Uploaded)
    ]


def _operation(operation: Operation, known: Json, components: Json) -> Json:
    types = operation.types
    told = inspect.getdoc(operation.handler) or ""
    made: Json = {
        "operationId": operation.name,
        "tags": [operation.section],
        "summary": told.splitlines()[0],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": known[f"{operation.name}.{name}"]}
            for name in operation.parameters
        ],
        "responses": {str(operation.status): _response(operation, known)} | _problems(),
    }
    if (rest := told.partition("\n\n")[2]) != "":
        made["description"] = rest
    if (query := types.get("query")) is not None:
        made["parameters"] += _parameters(query, components)
    if (body := types.get("body")) is Uploaded:
        made["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    elif body is not None:
        schema = known[f"{operation.name}.body"]
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if operation.method != "GET":
        made["security"] = [{"token": []}]
    return made


def _response(operation: Operation, known: Json) -> Json:
    if operation.media:
        content: Json = {media: {"schema": {"type": "string", "format": "binary"}} for media in operation.media}
    else:
        content = {"application/json": {"schema": known[f"{operation.name}.return"]}}
    return {"description": "Done.", "content": content}


def _problems() -> Json:
    return {str(status): {"$ref": "#/components/responses/problem"} for status in STATUSES}


def _parameters(query: type[Struct], components: Json) -> list[Json]:
    """Give a query's fields as parameters."""
    hints = get_type_hints(query, include_extras=True)
    schema = components[query.__name__]
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema["properties"][name]}
        for name in hints
    ]


def _live() -> Json:
    rooms = {"name": "rooms", "in": "query", "schema": {"type": "array", "items": {"type": "string"}, "maxItems": 32}}
    wall = {"name": "wall", "in": "query", "schema": {"type": "boolean", "default": False}}
    after = {"name": "after", "in": "query", "schema": {"type": "string"}}
    content = {"text/event-stream": {"schema": {"type": "string"}}}
    return {
        "operationId": "live",
        "tags": ["Live"],
        "summary": "Follow rooms as they happen.",
        "description": _LIVE,
        "parameters": [rooms, wall, after],
        "responses": {"200": {"description": "A stream without end.", "content": content}} | _problems(),
    }


def _ref(name: str) -> Json:
    return {"$ref": _REF.format(name=name)}


def _used(tree: Any, components: Json) -> set[str]:  # noqa: ANN401 - JSON
    """Name the components that a document needs: a query's Struct became parameters."""
    found, waiting = {"Problem"}, [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list | tuple):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            name = str(each.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in components and name not in found:
                found.add(name)
                waiting.append(components[name])
    return found
