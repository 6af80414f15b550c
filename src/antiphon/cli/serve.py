"""`antiphon serve`: shows the rooms in a browser, and lets a person take part."""

from __future__ import annotations

import asyncio
import webbrowser
from typing import TYPE_CHECKING

import click

from antiphon.cli.options import LATENCY, journal

if TYPE_CHECKING:
    from antiphon.web.serving import Serving

__all__ = ["verb"]

PORT = 8642
"""Where the page is found unless told otherwise: no service registered with IANA uses it."""


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 = any free one.")
@click.option("--address", default="127.0.0.1", show_default=True, help="What to bind to; others need the token.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A host name to answer to, behind a proxy say.")
@click.option("--open/--no-open", "opens", default=True, help="Open a browser.")
@click.option("--locked", is_flag=True, help="Need the token for looking, too, on this machine.")
@click.option("--read-only", is_flag=True, help="Only show; nothing can be changed.")
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="Have builtin voices wait, for rehearsals.")
@journal
def verb(  # noqa: PLR0913 - one parameter an option
    *,
    port: int,
    address: str,
    names: tuple[str, ...],
    opens: bool,
    locked: bool,
    read_only: bool,
    latency: tuple[float, float] | None,
    journal: str | None,
) -> None:
    """Show the rooms in a browser, and take part in them.

    The link that is printed lets one browser in, once; that browser is then remembered. Programs send the token, which
    ANTIPHON_TOKEN sets. Rooms that are begun on the page run in this process, and ctrl-c pauses them.
    """
    from antiphon.web.guard import Door
    from antiphon.web.serving import Serving

    door = Door(
        address=address,
        port=port,
        names=tuple(name.casefold() for name in names),
        locked=locked,
        read_only=read_only,
    )
    _run(Serving(journal=journal, door=door, latency=latency), opens=opens)


def _run(how: Serving, *, opens: bool) -> None:
    from antiphon.web.serving import serve, warn

    def tell(link: str, token: str) -> None:
        click.echo(f"Antiphon is at {link}\n  (the link works once, for ten minutes; ctrl-c stops the server)")
        click.echo(f"  programs send the token {token}", err=True)
        if warning := warn(how.door):
            click.echo(f"  {warning}", err=True)
        if opens:
            webbrowser.open(link)

    try:
        asyncio.run(serve(how, tell))
    except KeyboardInterrupt:
        click.echo("stopped; the rooms that ran here are paused", err=True)
