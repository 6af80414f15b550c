"""`antiphon run`: opens a room and runs it in front of a person."""

from __future__ import annotations

import click

from antiphon.cli.conducting import Manner, conduct
from antiphon.cli.forecasting import agree
from antiphon.cli.options import LATENCY, ceilings, journal, no_tint
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import Spending, forecast, limited
from antiphon.library.policies import BY_DEFAULT
from antiphon.library.session import Session
from antiphon.library.settings import with_rounds, with_settings

__all__ = ["verb"]


@click.command("run")
@click.argument("scenario")
@click.option(
    "--seat", "seats", multiple=True, metavar="MODEL|AI-2=MODEL", help="Who sits: in order, or one seat by its number."
)
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="End after N rounds.")
@ceilings
@click.option("--seed", type=int, help="Of everything that is drawn; the same seed, the same chances.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a line of the scenario.")
@click.option(
    "--policy",
    metavar="P",
    help="Of the monitor: careful, thrifty, revive, observe, none, or a file. [default: the scenario's, else careful]",
)
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="Have builtin voices wait, for rehearsals.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line, once it is stored.")
@click.option("--yes", is_flag=True, help="Do not ask before the first paid call.")
@no_tint
@journal
def verb(  # noqa: PLR0913 - one parameter an option
    *,
    scenario: str,
    seats: tuple[str, ...],
    rounds: int | None,
    seed: int | None,
    settings: tuple[str, ...],
    policy: str | None,
    latency: tuple[float, float] | None,
    as_json: bool,
    tint: bool,
    yes: bool,
    journal: str | None,
    **spending: float | None,
) -> None:
    """Open a room and run it.

    SCENARIO is a name (ascii-gallery, backrooms, debate, dyad, group-chat, interview, last-words,
    museum-of-objects, solo), or the path of a TOML file.

    \b
    antiphon run dyad
    antiphon run dyad --seat ollama:llama3.2 --seat echo
    antiphon run backrooms --seat AI-2=listener --rounds 4
    antiphon run my-room.toml --set limits.seats=3
    """  # noqa: D301 - \b keeps the lines below it as they are
    limits: Spending = spending  # type: ignore[assignment]  # click made them from the options of these names

    async def begin(laboratory: Laboratory) -> tuple[Session, int]:
        plan = with_settings(laboratory.scenario(scenario, seats), settings)
        if rounds is not None:
            plan = with_rounds(plan, rounds)
        watched = policy or plan.policy or BY_DEFAULT
        others = [*laboratory.others(plan), *laboratory.judges(watched)]
        plan = limited(plan, [*(laboratory.card(seat) for seat in plan.seats), *others], **limits)
        agree(forecast(plan, laboratory.card, others=others), plan.ceilings, yes=yes)
        return await laboratory.begin(plan, seed=seed, policy=watched), 0

    raise click.exceptions.Exit(conduct(begin, Manner(as_json, journal, latency, tint)))
