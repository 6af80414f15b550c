"""Stands before every request: which name was asked for, who asks, from which page, and whether they may.

Reading on loopback is open to whoever may use this machine's loopback, unless the server is locked; whatever writes
needs the token or a browser's session, and so does everything on any other address. It knows no verb; a method tells
it what writes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from msgspec import Struct
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from antiphon.web.keys import Keys
from antiphon.web.problems import Refused, answer
from antiphon.web.rates import Rate

__all__ = ["Door", "Guard", "is_loopback"]

_API = "/api/"
"""What stands below is data; everything else is the page's own files, which hold nothing."""

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types antiphon"
)
"""Only our own files, nothing inline; one function of the page, by its name, may make HTML of a text."""

_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Data is never a page, should somebody open it as one."""

_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_BURST, _EACH_SECOND = 120, 5.0
"""Writes of one client at once, and a second in the long run: more than a person does, less than harm takes."""

_SLIPS, _SLIPS_EACH_SECOND = 20, 0.1
"""Wrong tokens at once, and a second in the long run; 256 bits are not guessed, but a log should not fill either."""


class Door(Struct, frozen=True, kw_only=True):
    """Says where a server is reached and what it lets in.

    Attributes:
        address: what it is bound to.
        port: and where.
        names: further host names it answers to.
        locked: whether looking needs a token on loopback, too.
        read_only: whether nothing may be changed by anybody.
    """

    address: str = "127.0.0.1"
    port: int = 0
    names: tuple[str, ...] = ()
    locked: bool = False
    read_only: bool = False

    @property
    def cookie(self) -> str:
        """Name the cookie; browsers share cookies between the ports of a host."""
        return f"antiphon-{self.port}"

    @property
    def open(self) -> bool:
        """Tell whether looking needs no token."""
        return is_loopback(self.address) and not self.locked

    def answers_to(self, host: str) -> bool:
        """Tell whether a Host header names this server; a rebound DNS name never does."""
        name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
        if port and port != str(self.port):
            return False
        name = name.strip("[]").casefold()
        if name in self.names:
            return True
        if is_loopback(self.address):
            return name in {"localhost", "127.0.0.1", "::1", self.address}
        return _is_literal(name)


def is_loopback(address: str) -> bool:
    """Tell whether an address is reached from this machine alone."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_literal(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Wraps the application: refuses what may not be, and puts the safe headers on every answer."""

    def __init__(self, app: ASGIApp, door: Door, keys: Keys, writes: Rate | None = None) -> None:
        """Guard `app`; `writes` bounds changes by each client (None: as a person needs)."""
        self._app, self._door, self._keys = app, door, keys
        self._writes = writes or Rate(_BURST, _EACH_SECOND)
        self._slips = Rate(_SLIPS, _SLIPS_EACH_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        data = scope["path"].startswith(_API)
        sending = _safely(send, data=data)
        try:
            scope["antiphon.who"] = self._let_in(scope, data=data)
        except Refused as refused:
            await answer(refused.status, refused.detail, refused.headers)(scope, receive, sending)
            return
        await self._app(scope, receive, sending)

    def _let_in(self, scope: Scope, *, data: bool) -> str:
        """Tell who asks ("token", "session" or ""), or refuse."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._door.answers_to(headers.get("host", "")):
            raise Refused(421, f"this server answers to {self._door.address} at its port, and to --name NAME")
        if not data:
            return ""
        looks = scope["method"] in _LOOKS
        self._check_origin(scope, headers)
        who = self._who(scope, headers)
        if looks:
            if not who and not self._door.open:
                raise _unknown()
            return who
        if self._door.read_only:
            raise Refused(403, "this server only shows; it was started with --read-only")
        if not who:
            raise _unknown()
        if who == "session" and "origin" not in headers:
            raise Refused(403, "a browser's request must say from which page it comes")
        if wait := self._writes.take(_client(scope)):
            raise Refused(429, f"too many changes at once; try again in {wait:.0f} s", retry_after=f"{wait:.0f}")
        return who

    def _check_origin(self, scope: Scope, headers: Mapping[str, str]) -> None:
        """Refuse what another site's page asks: cross-site posts, pictures, frames."""
        origin = headers.get("origin")
        if origin is not None and origin.casefold() != f"{scope['scheme']}://{headers['host']}".casefold():
            raise Refused(403, "another site's page asked for this")
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise Refused(403, "another site's page asked for this")

    def _who(self, scope: Scope, headers: Mapping[str, str]) -> str:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind:
            if kind.casefold() == "bearer" and self._keys.knows_token(token.strip()):
                return "token"
            if wait := self._slips.take(_client(scope)):
                raise Refused(429, "too many wrong tokens", retry_after=f"{wait:.0f}")
            raise Refused(401, "this is not the server's token", www_authenticate="Bearer")
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._door.cookie)
        except CookieError:
            cookie = None
        return "session" if cookie is not None and self._keys.knows_session(cookie.value) else ""


def _unknown() -> Refused:
    how = "open the link that `antiphon serve` printed, or send its token: Authorization: Bearer TOKEN"
    return Refused(401, how, www_authenticate="Bearer")


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _safely(send: Send, *, data: bool) -> Send:
    """Put the safe headers on an answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = _DATA_POLICY if data else _PAGE_POLICY
            given = {name for name, _ in message["headers"]}
            own = {**_HEADERS, "content-security-policy": policy}
            if data:
                own["cache-control"] = "no-store"
            more = [(name.encode(), value.encode()) for name, value in own.items() if name.encode() not in given]
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return sending
