"""`antiphon swarm`: many rooms under one budget, and orders to those that run. It knows no worker."""

from __future__ import annotations

import asyncio
import csv
import os
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from antiphon.assembly import data_folder
from antiphon.cli.forecasting import agree, words
from antiphon.cli.options import LATENCY, assessor, words_argument
from antiphon.cli.swarming import lead
from antiphon.errors import UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import forecast, limited
from antiphon.library.policies import policy_of
from antiphon.library.settings import with_rounds, with_settings
from antiphon.room.scenario import Scenario
from antiphon.swarm.leading import Swarm, send, swarms
from antiphon.swarm.plan import Plan, varied
from antiphon.swarm.pool import Manner
from antiphon.swarm.worker import Order

__all__ = ["verb"]

_MESSAGE_BYTES = 3_000
"""Bytes of a journal that a message of 800 bytes takes with its turn's other events, measured."""


class _Swarm(click.Group):
    """Takes a first word that is no order for the scenario: `antiphon swarm dyad` is `antiphon swarm run dyad`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the order, else run."""
        if args and args[0] not in self.commands:
            args = ["run", *args]
        return super().resolve_command(ctx, args)


@click.group("swarm", cls=_Swarm)
def verb() -> None:
    """Run many rooms under one budget.

    \b
    antiphon swarm dyad --rooms 200              one worker a core
    antiphon swarm dyad --rooms 200 --money 5    the same again goes on
    antiphon swarm dyad --rooms 42000 --dry-run  what it would come to
    antiphon swarm pause dyad                    from another terminal
    """  # noqa: D301 - \b keeps the lines below it as they are


def _place() -> Path:
    return data_folder() / "swarms"


def _folder(name: str) -> Path:
    if not name or name != Path(name).name or name.startswith("."):
        raise UserError(f"{name!r} is no name of a swarm: letters, digits and dashes, such as night-walk")
    return _place() / name


@verb.command("run")
@click.argument("scenarios", metavar="SCENARIO…", nargs=-1, required=True)
@click.option("--rooms", type=click.IntRange(min=1), metavar="N", help="How many. [default: one a scenario]")
@click.option("--name", metavar="NAME", help="Of the swarm. [default: the scenario's]")
@click.option("--table", type=click.Path(path_type=Path), metavar="CSV", help="A scenario a row; columns are paths.")
@click.option("--seat", "seats", multiple=True, metavar="MODEL|AI-2=MODEL", help="Who sits, in every room.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a line of every scenario.")
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="End each room after N rounds.")
@click.option("--seed", type=int, default=0, show_default=True, help="The first room's; the others' follow from it.")
@click.option("--tokens", type=click.IntRange(min=1), metavar="N", help="At most N tokens in all, in and out.")
@click.option("--money", type=click.FloatRange(min=0, min_open=True), metavar="X", help="At most X US dollars in all.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Processes. [default: one a core]")
@click.option("--in-flight", type=click.IntRange(min=1), default=128, show_default=True, help="Rooms that run at once.")
@click.option("--turns-each", type=click.IntRange(min=1), metavar="N", help="Turns a room runs before another may.")
@click.option("--patience", type=float, default=60.0, show_default=True, help="Seconds a room waits for its place.")
@click.option("--spread", type=click.FloatRange(min=0), default=0.0, help="Seconds over which rooms begin, by chance.")
@click.option("--policy", default="careful", show_default=True, metavar="P", help="The monitor's, or none.")
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="Have builtin voices wait, for rehearsals.")
@click.option("--dry-run", is_flag=True, help="Say what it would come to, and run nothing.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON a second, and the report.")
@click.option("--yes", is_flag=True, help="Do not ask before the first paid call.")
def run(*, dry_run: bool, as_json: bool, yes: bool, **given: Any) -> None:  # Any: `_Asked` names and types them
    """Run many rooms of one or more scenarios; said again, it goes on where it stopped."""
    swarm = _swarm(_Asked(**given))
    _foretell(swarm, dry_run=dry_run, yes=yes)
    if not dry_run:
        raise click.exceptions.Exit(lead(swarm, as_json=as_json))


class _Asked(Struct, frozen=True, kw_only=True):
    """Holds the options of `run` that say what the swarm is; each has its help above."""

    scenarios: tuple[str, ...]
    rooms: int | None
    name: str | None
    table: Path | None
    seats: tuple[str, ...]
    settings: tuple[str, ...]
    rounds: int | None
    seed: int
    tokens: int | None
    money: float | None
    workers: int | None
    in_flight: int
    turns_each: int | None
    patience: float
    spread: float
    policy: str
    latency: tuple[float, float] | None


def _swarm(asked: _Asked) -> Swarm:
    made = _scenarios(asked.scenarios, asked.table, asked.seats, asked.settings, asked.rounds)
    rooms = asked.rooms or len(made)
    plan = Plan(name=asked.name or made[0].name, scenarios=made, rooms=rooms, seed=asked.seed, spread=asked.spread)
    manner = Manner(
        in_flight=asked.in_flight,
        turns_each=asked.turns_each,
        patience=asked.patience,
        policy=None if asked.policy == "none" else policy_of(asked.policy),
    )
    return Swarm(
        folder=_folder(plan.name),
        plan=plan,
        manner=manner,
        workers=asked.workers or min(os.cpu_count() or 1, plan.rooms),
        tokens=asked.tokens,
        money=asked.money,
        latency=asked.latency,
    )


def _scenarios(
    names: tuple[str, ...], table: Path | None, seats: tuple[str, ...], settings: tuple[str, ...], rounds: int | None
) -> tuple[Scenario, ...]:
    """Find the scenarios by name, file or folder, and change them as asked."""
    files = [
        str(file) for name in names for file in (sorted(Path(name).glob("*.toml")) if Path(name).is_dir() else [name])
    ]
    if not files:
        raise UserError(f"no scenario lies in {', '.join(names)}; a folder of scenarios holds TOML files")
    laboratory = Laboratory("memory:")
    found = [with_settings(laboratory.scenario(file, seats), settings) for file in files]
    if rounds is not None:
        found = [with_rounds(scenario, rounds) for scenario in found]
    if table is not None:
        try:
            with table.open(encoding="utf-8", newline="") as lines:
                rows = list(csv.DictReader(lines))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise UserError(f"{table} cannot be read as a table: {error}") from None
        found = [one for scenario in found for one in varied(scenario, rows)]
    return tuple(found)


def _foretell(swarm: Swarm, *, dry_run: bool, yes: bool) -> None:
    """Say what the swarm may come to; a paid one is agreed to before its first call."""
    laboratory = Laboratory("memory:")
    plan = swarm.plan
    first = plan.scenarios[0]
    cards = [laboratory.card(seat) for scenario in plan.scenarios for seat in scenario.seats]
    whole = limited(first, [*cards, *laboratory.others(first)], tokens=swarm.tokens, money=swarm.money)
    expected = forecast(whole, laboratory.card, others=laboratory.others(first))
    if dry_run:
        messages = whole.ceilings.messages
        click.echo(f"{plan.rooms:,} rooms of {len(plan.scenarios)} scenarios, {swarm.workers} workers, {swarm.folder}")
        click.echo(f"  at most {swarm.manner.in_flight:,} calls in flight")
        if messages is not None:
            size = messages * plan.rooms * _MESSAGE_BYTES / 1e6
            click.echo(f"  at most {messages * plan.rooms:,} messages, about {size:,.0f} MB on the disk")
        if expected is None:
            click.echo("  nobody here costs anything")
        else:
            for line in words(expected, whole.ceilings):
                click.echo(f"  each room: {line.strip()}")
        for what, limit in (("tokens", swarm.tokens), ("US dollars", swarm.money)):
            click.echo(f"  at most {limit:,} {what} in all" if limit is not None else f"  no limit on {what} in all")
    elif expected is not None:
        click.echo(f"{plan.rooms:,} rooms; for each of them:", err=True)
        agree(expected, whole.ceilings, yes=yes)


@verb.command("list")
def list_() -> None:
    """Name the swarms that are kept."""
    found = swarms(_place())
    for name in found:
        click.echo(name)
    if not found:
        click.echo("no swarm yet; antiphon swarm dyad --rooms 20", err=True)


def _send(name: str, order: Order) -> None:
    asyncio.run(send(_folder(name), name, order))
    click.echo(f"{order.verb}: handed to the swarm {name}")


@verb.command("pause")
@click.argument("swarm", metavar="NAME")
@assessor
def pause(*, swarm: str, name: str) -> None:
    """Begin no further turn anywhere until told to resume; calls in flight finish."""
    _send(swarm, Order(verb="pause", by=f"person:{name}"))


@verb.command("resume")
@click.argument("swarm", metavar="NAME")
@assessor
def resume(*, swarm: str, name: str) -> None:
    """Go on after a pause."""
    _send(swarm, Order(verb="resume", by=f"person:{name}"))


@verb.command("drain")
@click.argument("swarm", metavar="NAME")
@click.option("--now", is_flag=True, help="Cut the calls in flight too.")
@assessor
def drain(*, swarm: str, now: bool, name: str) -> None:
    """Let the calls in flight finish, then leave; run again, the swarm goes on."""
    _send(swarm, Order(verb="stop" if now else "drain", by=f"person:{name}"))


@verb.command("tell")
@click.argument("swarm", metavar="NAME")
@words_argument
@assessor
def tell(*, swarm: str, text: tuple[str, ...], name: str) -> None:
    """Say something in every room that is open now."""
    _send(swarm, Order(verb="tell", text=" ".join(text), by=f"person:{name}"))


@verb.command("budget")
@click.argument("swarm", metavar="NAME")
@click.option("--tokens", type=click.IntRange(min=0), default=0, metavar="N", help="So many tokens more.")
@click.option("--money", type=click.FloatRange(min=0), default=0.0, metavar="X", help="So many US dollars more.")
@assessor
def budget(*, swarm: str, tokens: int, money: float, name: str) -> None:
    """Raise the budget of a swarm that has one; rooms that paused for it go on when it is run again."""
    if not tokens and not money:
        raise UserError("say by how much: --tokens 100000, --money 2.50")
    _send(swarm, Order(verb="budget", tokens=tokens, money=money, by=f"person:{name}"))
