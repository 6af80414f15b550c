"""`antiphon resume`: takes a room up again where it stopped."""

from __future__ import annotations

import click

from antiphon.cli.conducting import Manner, conduct
from antiphon.cli.forecasting import agree
from antiphon.cli.options import LATENCY, ceilings, kept_journal, no_tint, policy, room_argument
from antiphon.errors import NotAllowed
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import outlook
from antiphon.library.plans import Spending
from antiphon.library.session import Session

__all__ = ["verb"]


@click.command("resume")
@room_argument
@click.option(
    "--seat",
    "seats",
    multiple=True,
    metavar="AI-1=MODEL|MODEL",
    help="Have another model speak for a seat; for imported seats also in order.",
)
@ceilings
@policy
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="Have builtin voices wait, for rehearsals.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line, once it is stored.")
@click.option("--yes", is_flag=True, help="Do not ask before the first paid call.")
@no_tint
@kept_journal
def verb(  # noqa: PLR0913 - one parameter an option
    *,
    room: str,
    seats: tuple[str, ...],
    policy: str | None,
    latency: tuple[float, float] | None,
    as_json: bool,
    tint: bool,
    yes: bool,
    journal: str | None,
    **spending: float | None,
) -> None:
    """Take a room up again where it stopped.

    After ctrl-c, a crash or a reboot: it goes on at the last turn that was finished. A room that was imported needs
    somebody to speak for its seats; a room that paused at a ceiling needs a higher one.

    \b
    antiphon resume last
    antiphon resume dyad-20261121-0a1b2c3d --seat AI-1=echo --seat AI-2=listener
    antiphon resume last --messages 120
    """  # noqa: D301 - \b keeps the lines below it as they are
    limits: Spending = spending  # type: ignore[assignment]  # click made them from the options of these names

    async def begin(laboratory: Laboratory) -> tuple[Session, int]:
        name = await laboratory.name(room)
        row = await laboratory.journal.room(name)
        if row is not None and row.phase not in {"ended", "expired"} and not row.owner_alive:
            agree(*await outlook(laboratory, name, seats=seats, **limits), yes=yes)
        session = await laboratory.resume(name, seats=seats, policy=policy, **limits)
        if row is None:
            raise NotAllowed(f"room {name} went away while it was taken up")
        return session, row.head_seq

    raise click.exceptions.Exit(conduct(begin, Manner(as_json, journal, latency, tint)))
