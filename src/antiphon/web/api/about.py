"""What the page asks about the server itself."""

from __future__ import annotations

from msgspec import Struct

from antiphon import __version__
from antiphon.web.calls import get, post
from antiphon.web.desk import Desk
from antiphon.web.keys import LINK_SECONDS

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


class Leaving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says whether every browser is signed out, or only the one that asks."""

    everywhere: bool = False


class Left(Struct, frozen=True, kw_only=True):
    """Says how many browsers were signed out."""

    browsers: int


class Link(Struct, frozen=True, kw_only=True):
    """Is the address that lets one more browser in, once, within `seconds`."""

    link: str
    seconds: int


@post("/sign-out", "About")
async def sign_out(desk: Desk, session: str, body: Leaving) -> Left:
    """Sign this browser out, or all of them; they need another link to come back."""
    return Left(browsers=desk.keys.leave_all() if body.everywhere else desk.keys.leave(session))


@post("/links", "About", status=201)
async def make_link(desk: Desk) -> Link:
    """Make a link that lets one more browser in, once: another one of yours, or this one after it signed out."""
    return Link(link=f"/enter?key={desk.keys.link()}", seconds=int(LINK_SECONDS))


OPERATIONS = (show_server, sign_out, make_link)
