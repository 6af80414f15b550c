"""Shows what a paid room may cost before its first call, and asks. It calls nobody."""

from __future__ import annotations

import sys

import click

from antiphon.errors import UserError
from antiphon.library.plans import Forecast
from antiphon.room.scenario import Ceilings
from antiphon.transcripts.safe import for_terminal

__all__ = ["agree", "words"]


def words(expected: Forecast, ceilings: Ceilings) -> list[str]:
    """Word a forecast: messages, history with and without a cache, price, ceilings."""
    lines = [
        f"This room asks models that cost money or may: {', '.join(map(for_terminal, expected.models))}.",
        f"  at most {expected.messages:,} messages, and the history grows with each:",
        f"  input   {expected.input:>12,} tokens where nothing is cached, {expected.cached:,} where all of it is",
        f"  output  {expected.output:>12,} tokens",
    ]
    if expected.dollars is None:
        lines.append("  price unknown: an unknown price is not zero")
    else:
        plain, warm = expected.dollars
        lines.append(f"  about {_dollars(plain)} without a cache, {_dollars(warm)} with one")
    limits = [
        f"{ceilings.messages:,} messages" if ceilings.messages else "",
        f"{ceilings.tokens:,} tokens" if ceilings.tokens else "",
        f"${ceilings.money:g}" if ceilings.money else "",
    ]
    lines.append(f"  it pauses at {' or '.join(text for text in limits if text)}, whichever comes first")
    return lines


def _dollars(amount: float) -> str:
    """Write an amount of money; what is less than a cent is not said to be nothing."""
    return "less than $0.01" if 0 < amount < 0.01 else f"${amount:,.2f}"  # noqa: PLR2004 - a cent


def agree(expected: Forecast | None, ceilings: Ceilings, *, yes: bool) -> None:
    """Have a person agree to a forecast; nothing is asked when no seat costs anything.

    Raises:
        UserError: when nobody can be asked and `--yes` was not given.
        click.Abort: when the person says no.
    """
    if expected is None:
        return
    for line in words(expected, ceilings):
        click.echo(line, err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError(
            "this room may cost money and nobody is at the keyboard to agree; add --yes, or lower --messages"
        )
    click.confirm("Begin?", abort=True, err=True)
