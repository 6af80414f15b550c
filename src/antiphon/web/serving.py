"""Runs the server: binds the address, tells its link, serves until a signal, and pauses the rooms that run here.

It knows no command line; what is told to a person goes through a function.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn
from msgspec import Struct

from antiphon.assembly import data_folder
from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.web.app import application
from antiphon.web.desk import Desk
from antiphon.web.guard import Door, is_loopback
from antiphon.web.keys import Keys
from antiphon.web.people import People

__all__ = ["TOKEN", "Serving", "bind", "serve", "warn"]

TOKEN = "ANTIPHON_TOKEN"  # noqa: S105 - the name of an environment variable
"""The environment variable with a token that the person chose; without it one is made at each start."""

LEAST_TOKEN = 20
"""Characters of a chosen token: about 100 bits of chance where each is drawn."""

_BACKLOG = 512
"""Connections that may wait to be accepted: a burst of tabs that come back after sleep."""

_LINGER = 15
"""Seconds that open requests may take when the server stops; rooms have their own patience."""


class Serving(Struct, frozen=True, kw_only=True):
    """Says how a server is started.

    Attributes:
        journal: where rooms are kept; None = the user's own.
        door: address, port (0 = any free one), names, and what is let in.
        latency: seconds (least, most) that builtin voices wait, for rehearsals.
    """

    journal: str | None = None
    door: Door = Door()
    latency: tuple[float, float] | None = None


class _Server(uvicorn.Server):
    """Ends the streams when a signal comes, since they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop, self._loop = stop, asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal."""
        self._loop.call_soon_threadsafe(self._stop)
        super().handle_exit(sig, frame)


async def serve(how: Serving, tell: Callable[[str, str], None]) -> None:
    """Serve until a signal comes; `tell` is given the link that lets one browser in, and the token.

    Raises:
        UserError: when the address cannot be bound, or a chosen token is short.
    """
    bound = bind(how.door.address, how.door.port)
    people = People()
    async with Laboratory(how.journal, latency=how.latency, ask=people.ask) as laboratory:
        await laboratory.journal.end()  # a journal that cannot be used is told before anything is served
        port = bound.getsockname()[1]
        door = Door(
            address=how.door.address,
            port=port,
            names=how.door.names,
            locked=how.door.locked,
            read_only=how.door.read_only,
        )
        keys = Keys(_kept(how.journal))
        token = _token(keys)
        desk = Desk(laboratory, door, people, keys)
        config = uvicorn.Config(
            application(desk),
            lifespan="on",
            log_level="warning",
            access_log=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=_LINGER,
            server_header=False,
            date_header=False,
        )
        tell(f"http://{_shown(door)}:{port}/enter?key={keys.link()}", token)
        await _Server(config, desk.live.close).serve(sockets=[bound])


def bind(address: str, port: int) -> socket.socket:
    """Bind a TCP socket; port 0 means any free one.

    Raises:
        UserError: when the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # with its protocol named, or asyncio would not turn Nagle's delay off: 40 ms an answer
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
        bound.listen(_BACKLOG)
    except (OSError, UnicodeError) as error:
        bound.close()
        raise UserError(f"{address} port {port} cannot be used: {error}") from None
    return bound


def _kept(journal: str | None) -> Path | None:
    """Tell where browsers that were let in are remembered; nowhere for a journal in memory."""
    return None if journal in {"memory:", ":memory:"} else data_folder() / "browsers.json"


def _token(keys: Keys) -> str:
    chosen = os.environ.get(TOKEN, "")
    if not chosen:
        return keys.token()
    if len(chosen) < LEAST_TOKEN:
        raise UserError(f"the token in {TOKEN} has {len(chosen)} characters; {LEAST_TOKEN} are the least")
    keys.use_token(chosen)
    return chosen


def _shown(door: Door) -> str:
    """Write the address as a browser takes it."""
    if door.names:
        return door.names[0]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(door.address, door.address)  # noqa: S104 - read, not bound
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def warn(door: Door) -> str:
    """Say what a person should know of an address that others reach; "" on loopback."""
    if is_loopback(door.address):
        return ""
    return "others can reach this address; they need the token, which travels unencrypted: put TLS in front of it"
