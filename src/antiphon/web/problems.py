"""Tells what went wrong as problem+json (RFC 9457), from the errors that are raised on purpose.

No problem holds an utterance or a secret, for no error does. It knows no route.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from antiphon.errors import (
    AntiphonError,
    JournalError,
    NotAllowed,
    ProviderFailure,
    RoomOwned,
    TranscriptError,
    UnknownName,
    UserError,
)

__all__ = ["MEDIA", "STATUSES", "Problem", "Refused", "answer", "on_error", "on_http", "on_refused"]

MEDIA = "application/problem+json"

STATUSES = {
    400: "What was asked cannot be read",
    401: "A token is needed",
    403: "Not allowed here",
    404: "Not found",
    405: "No such verb here",
    409: "The room does not allow this now",
    413: "Too large",
    415: "Another kind of content is needed",
    421: "This name is not served here",
    422: "This cannot be done as asked",
    429: "Too much at once",
    502: "A provider failed",
    503: "The journal cannot be used",
}
"""Every status a refusal may have, with its title; the OpenAPI document lists them for each verb."""


class Problem(Struct, frozen=True, kw_only=True):
    """Says what was refused and why, in words for a person."""

    title: str
    status: int
    detail: str


class Refused(Exception):
    """Refuses a request before it reaches the library."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        """Take the status (one of `STATUSES`), the reason, and headers with "_" for "-"."""
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def answer(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Make the response of a refusal."""
    problem = Problem(title=STATUSES.get(status, "Refused"), status=status, detail=detail)
    return Response(msgspec.json.encode(problem), status, headers, MEDIA)


def on_refused(_: Request, error: Exception) -> Response:
    """Answer our own refusals, and what msgspec could not read."""
    if isinstance(error, Refused):
        return answer(error.status, error.detail, error.headers)
    return answer(400, str(error))


def on_http(_: Request, error: Exception) -> Response:
    """Answer what the router refuses: unknown addresses and methods."""
    if isinstance(error, HTTPException):
        return answer(error.status_code, str(error.detail), dict(error.headers or {}))
    raise error


def on_error(_: Request, error: Exception) -> Response:
    """Answer an error of the library."""
    if not isinstance(error, AntiphonError):
        raise error
    return answer(_status(error), str(error))


def _status(error: AntiphonError) -> int:
    match error:
        case UnknownName(kind="room"):
            return 404
        case RoomOwned() | NotAllowed():
            return 409
        case TranscriptError() | UserError():
            return 422
        case ProviderFailure():
            return 502
        case JournalError() | _:
            return 503
