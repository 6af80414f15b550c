"""`antiphon demo`: one room of five offline voices, for a first look."""

from __future__ import annotations

import click

from antiphon.cli.conducting import Manner, conduct
from antiphon.cli.options import LATENCY, journal
from antiphon.cli.outlets import on_terminal
from antiphon.library.laboratory import Laboratory
from antiphon.library.policies import BY_DEFAULT
from antiphon.library.session import Session
from antiphon.library.settings import with_rounds

__all__ = ["verb"]

_ROUNDS = 3
"""Rounds of five voices: enough to see commands, a picture and an answer; at `_PACE` about 20 seconds."""
_PACE = (0.15, 0.7)
"""Seconds a voice waits before it speaks when somebody looks on; between words it is a twentieth of that."""


@click.command("demo")
@click.option("--rounds", type=click.IntRange(min=1), default=_ROUNDS, show_default=True, metavar="N", help="How many.")
@click.option("--seed", type=int, help="Of everything that is drawn; the same seed, the same chances.")
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="How long the voices wait.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line, once it is stored.")
@journal
def verb(
    *, rounds: int, seed: int | None, latency: tuple[float, float] | None, as_json: bool, journal: str | None
) -> None:
    """Watch a room of five offline voices; ends by itself.

    They are small programs, not models, and say so: nothing is downloaded, no key is read, nobody is called.
    """
    if latency is None and not as_json and on_terminal():
        latency = _PACE

    async def begin(laboratory: Laboratory) -> tuple[Session, int]:
        plan = with_rounds(laboratory.scenario("backrooms"), rounds)
        return await laboratory.begin(plan, seed=seed, labels={"demo": "yes"}, policy=BY_DEFAULT), 0

    raise click.exceptions.Exit(conduct(begin, Manner(as_json, journal, latency)))
