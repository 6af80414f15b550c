"""`antiphon fork`: begins a new room with another room's past."""

from __future__ import annotations

from typing import Any

import click
from msgspec import Struct

from antiphon.cli.conducting import Begin, Manner, conduct, kept_in
from antiphon.cli.forecasting import agree
from antiphon.cli.options import LATENCY, again, ceilings, kept_journal, no_tint, pairs, policy, room_argument
from antiphon.cli.working import working
from antiphon.errors import UserError
from antiphon.library.branching import Branch, branch
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import outlook
from antiphon.library.plans import Spending
from antiphon.library.session import Session

__all__ = ["verb"]


@click.command("fork")
@room_argument
@click.option("--at", type=click.IntRange(min=1), metavar="SEQ", help="After which event. [default: the last turn]")
@click.option("--seat", "seats", multiple=True, metavar="AI-2=MODEL", help="Have another model speak for a seat.")
@click.option("--prompt", "prompts", multiple=True, metavar='AI-1="…"', help="Replace a seat's system text.")
@click.option("--temperature", "temperatures", multiple=True, metavar="AI-1=0.3", help="Set a seat's temperature.")
@click.option("--rule", "rules", multiple=True, metavar="who_speaks.random", help="Put a rule in force.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a line of the scenario.")
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="End after N rounds.")
@ceilings
@policy
@click.option("--same-chance", is_flag=True, help="Draw the same numbers as the other room.")
@click.option("--run/--no-run", "runs", default=True, help="Run it now, or only keep it.")
@click.option("--latency", type=LATENCY, metavar="50-300ms", help="Have builtin voices wait, for rehearsals.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line, once it is stored.")
@click.option("--yes", is_flag=True, help="Do not ask before the first paid call.")
@no_tint
@kept_journal
def verb(
    *,
    room: str,
    runs: bool,
    latency: tuple[float, float] | None,
    as_json: bool,
    tint: bool,
    yes: bool,
    journal: str | None,
    **changes: Any,  # Any: each as its option says; `_Changes` names them
) -> None:
    """Begin a new room with another room's past.

    The past is kept once, in the other room. Whatever is not changed here stays as it was.

    \b
    antiphon fork last --at 40 --seat AI-2=listener
    antiphon fork last --prompt AI-1="Be brief." --temperature AI-1=0.3
    antiphon fork last --rule who_speaks.random --rounds 6
    """  # noqa: D301 - \b keeps the lines below it as they are
    wanted = _Changes(**changes)

    async def begin(laboratory: Laboratory) -> tuple[Session, int]:
        name = await laboratory.name(room)
        if runs:
            agree(*await outlook(laboratory, name, at=wanted.at, seats=wanted.seats, **wanted.spending), yes=yes)
        return await _fork(laboratory, name, wanted)

    if runs:
        raise click.exceptions.Exit(conduct(begin, Manner(as_json, journal, latency, tint)))
    made, where = working(lambda laboratory: _keep(laboratory, begin), journal)
    click.echo(f"{made} begins after {where}; kept in {kept_in(journal)}")
    click.echo(f"  run it   {again('resume', made, journal)}", err=True)


class _Changes(Struct, frozen=True, kw_only=True):
    """Is what the fork shall have otherwise than its parent."""

    at: int | None
    seats: tuple[str, ...]
    prompts: tuple[str, ...]
    temperatures: tuple[str, ...]
    rules: tuple[str, ...]
    settings: tuple[str, ...]
    rounds: int | None
    same_chance: bool
    policy: str | None
    messages: int | None
    tokens: int | None
    money: float | None

    @property
    def spending(self) -> Spending:
        return {"messages": self.messages, "tokens": self.tokens, "money": self.money}

    def branch(self) -> Branch:
        """Give them as the library takes them."""
        return Branch(
            at=self.at,
            seats=self.seats,
            prompts=pairs(self.prompts, "--prompt", 'AI-1="Be brief."'),
            temperatures=_numbers(pairs(self.temperatures, "--temperature", "AI-1=0.3")),
            rules=self.rules,
            settings=self.settings,
            rounds=self.rounds,
            same_chance=self.same_chance,
            policy=self.policy,
            spending=self.spending,
        )


async def _fork(laboratory: Laboratory, parent: str, wanted: _Changes) -> tuple[Session, int]:
    session = await branch(laboratory, parent, wanted.branch())
    where = session.forked_at or 0
    if wanted.at is not None and where != wanted.at:
        told = f"{wanted.at} lies inside a turn; forked after {where}, where the turn before it was settled"
        click.echo(told, err=True)
    return session, where


async def _keep(laboratory: Laboratory, begin: Begin) -> tuple[str, int]:
    """Make the fork, and leave it paused for another time."""
    session, where = await begin(laboratory)
    await session.pause()
    await session.release()
    return session.id, where


def _numbers(texts: dict[str, str]) -> dict[str, float]:
    found = {}
    for seat, text in texts.items():
        try:
            found[seat] = float(text)
        except ValueError:
            raise UserError(f"--temperature {seat}={text}: a temperature is a number from 0 to 2") from None
    return found
