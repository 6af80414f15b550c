"""Knows who was let in: a token for programs, a link that works once for a browser, and a session for its cookie.

Each is 256 bits of chance. Only SHA-256 digests are kept, and comparing takes the same time whatever is wrong, so that
neither a copy of the file nor a stop watch lets anybody in. It knows no request.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

__all__ = ["Keys"]

LINK_SECONDS = 600.0
"""How long the one-time link works: long enough to walk to another room, too short to be found in a history later."""

SESSION_SECONDS = 30 * 86_400.0
"""How long a browser is remembered: a month without another link."""

SESSIONS = 32
"""Browsers remembered at a time; the oldest is forgotten first."""


class _Session(Struct):
    digest: str
    until: float


class Keys:
    """Holds the token, the link and the sessions of one server."""

    def __init__(self, kept: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Make a token; read the sessions that an earlier run of this server kept.

        Args:
            kept: the file of sessions, readable by its owner alone; None = they live as long as this process.
            now: gives seconds since 1970.
        """
        self._kept, self._now = kept, now
        self._token = ""
        self._links: dict[str, float] = {}
        self._sessions = self._read()

    # ------------------------------------------------------------------------------ giving

    def token(self) -> str:
        """Make the token for programs; it replaces the one before."""
        made = secrets.token_urlsafe(32)
        self._token = _digest(made)
        return made

    def use_token(self, token: str) -> None:
        """Take a token that the person chose."""
        self._token = _digest(token)

    def link(self) -> str:
        """Make the secret part of a link that lets one browser in, once."""
        made = secrets.token_urlsafe(32)
        self._links = {digest: until for digest, until in self._links.items() if until > self._now()}
        self._links[_digest(made)] = self._now() + LINK_SECONDS
        return made

    # ------------------------------------------------------------------------------ taking

    def enter(self, link: str) -> str | None:
        """Use a link up; gives a session for the browser's cookie, or None when the link is no longer good."""
        found = _find(_digest(link), self._links)
        until = self._links.pop(found) if found is not None else 0.0
        if until < self._now():
            return None
        made = secrets.token_urlsafe(32)
        self._sessions = [*self._sessions, _Session(_digest(made), self._now() + SESSION_SECONDS)][-SESSIONS:]
        self._write()
        return made

    def leave(self, session: str) -> int:
        """Forget a browser; gives how many were forgotten, 0 or 1."""
        digest = _digest(session)
        return self._keep([known for known in self._sessions if not hmac.compare_digest(known.digest, digest)])

    def leave_all(self) -> int:
        """Forget every browser, and links that were not used; gives how many browsers were forgotten."""
        self._links.clear()
        return self._keep([])

    def _keep(self, sessions: list[_Session]) -> int:
        forgotten = len(self._sessions) - len(sessions)
        self._sessions = sessions
        self._write()
        return forgotten

    def knows_token(self, token: str) -> bool:
        """Tell whether a token is the server's."""
        return bool(self._token) and hmac.compare_digest(_digest(token), self._token)

    def knows_session(self, session: str) -> bool:
        """Tell whether a cookie's session is one that was given and is still good."""
        known = {one.digest: one.until for one in self._sessions}
        found = _find(_digest(session), known)
        return found is not None and known[found] > self._now()

    # ------------------------------------------------------------------------------ keeping

    def _read(self) -> list[_Session]:
        if self._kept is None or not self._kept.is_file():
            return []
        try:
            found = msgspec.json.decode(self._kept.read_bytes(), type=list[_Session])
        except (OSError, msgspec.MsgspecError):
            return []  # every browser needs another link, and that is all
        return [session for session in found if session.until > self._now()]

    def _write(self) -> None:
        if self._kept is None:
            return
        self._kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._kept.with_name(f"{self._kept.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(self._sessions))
        fresh.replace(self._kept)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def _find(digest: str, known: dict[str, float]) -> str | None:
    """Find a digest by comparing it with every one there is, in constant time each."""
    found = None
    for other in known:
        if hmac.compare_digest(digest, other):
            found = other
    return found
