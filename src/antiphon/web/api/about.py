"""What the page asks about the server itself."""

from __future__ import annotations

from msgspec import Struct

from antiphon import __version__
from antiphon.web.calls import get
from antiphon.web.desk import Desk

__all__ = ["OPERATIONS"]


class Server(Struct, frozen=True, kw_only=True):
    """Says what runs here, and whether whoever asks may change anything."""

    version: str
    read_only: bool
    let_in: bool
    rooms_here: tuple[str, ...]


@get("/server", "About")
async def show_server(desk: Desk, who: str) -> Server:
    """Tell the version, what runs here, and what whoever asks may do."""
    return Server(
        version=__version__,
        read_only=desk.door.read_only,
        let_in=bool(who),
        rooms_here=tuple(sorted(desk.hosting.sessions)),
    )


OPERATIONS = (show_server,)
