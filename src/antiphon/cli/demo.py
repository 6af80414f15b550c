"""`antiphon demo`: a tour in four acts for a first look; one plain room of offline voices for programs."""

from __future__ import annotations

import os

import click

from antiphon.cli.conducting import Manner, conduct
from antiphon.cli.options import LATENCY, journal, no_tint
from antiphon.cli.tour.tour import tour
from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.policies import BY_DEFAULT
from antiphon.library.session import Session
from antiphon.library.settings import with_rounds
from antiphon.library.showcases import SHOWCASES

__all__ = ["verb"]

_ROUNDS = 3
"""Rounds of the plain room: enough to see commands, a picture and an answer."""


@click.command("demo")
@click.option("--act", type=click.IntRange(1, 4), help="Only one act: 1 a room, 2 an ending, 3 a kill, 4 a fork.")
@click.option("--room", type=click.Choice(SHOWCASES), help="A whole showcase room instead.")
@click.option("--fast", is_flag=True, help="Without waiting for a reader.")
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="A plain room of five voices, N rounds.")
@click.option("--seed", type=int, help="A plain room: the same seed, the same chances.")
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="A plain room: how long its voices wait.")
@click.option("--json", "as_json", is_flag=True, help="A plain room: one JSON event a line, once it is stored.")
@no_tint
@journal
def verb(  # noqa: PLR0913 - one parameter an option
    *,
    act: int | None,
    room: str | None,
    fast: bool,
    rounds: int | None,
    seed: int | None,
    latency: tuple[float, float] | None,
    as_json: bool,
    tint: bool,
    journal: str | None,
) -> None:
    """Take a tour of 90 seconds: a room, its end, a kill, a fork.

    Space pauses, q leaves. Nothing is downloaded, no key is read, nobody is called: what speaks are small programs,
    and words of ours that are played back; each act says which. The rooms are kept in your journal.

    \b
    antiphon demo                     the tour
    antiphon demo --act 3             one act of it
    antiphon demo --room applause     a whole room, written to be read
    antiphon demo --json --rounds 2   a plain room of five voices, for programs
    """  # noqa: D301 - \b keeps the lines below it as they are
    if rounds or seed is not None or latency or as_json:
        if act or room:
            raise UserError(
                "--act and --room belong to the tour; --rounds, --seed, --latency and --json to a plain room"
            )
        raise click.exceptions.Exit(_plain(rounds or _ROUNDS, seed, Manner(as_json, journal, latency, tint)))
    if (journal or os.environ.get("ANTIPHON_JOURNAL")) in {"memory:", ":memory:"}:
        raise UserError("the tour kills a process and takes its room up again: it needs a journal in a file")
    raise click.exceptions.Exit(tour(journal, act=act, room=room, fast=fast, tint=tint))


def _plain(rounds: int, seed: int | None, manner: Manner) -> int:
    async def begin(laboratory: Laboratory) -> tuple[Session, int]:
        plan = with_rounds(laboratory.scenario("backrooms"), rounds)
        return await laboratory.begin(plan, seed=seed, labels={"demo": "yes"}, policy=BY_DEFAULT), 0

    return conduct(begin, manner)
