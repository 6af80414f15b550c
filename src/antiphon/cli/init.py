"""`antiphon init`: writes a scenario file, as it is shipped or from the answers to five questions.

The questions are asked at a terminal, where none was answered by an option; what a room may cost is shown before the
file is written. Nobody is called.
"""

from __future__ import annotations

import math
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from antiphon.assembly import scenario_names
from antiphon.cli.forecasting import words
from antiphon.errors import AntiphonError, UserError
from antiphon.library.drafting import Answers, drafted
from antiphon.library.laboratory import Laboratory
from antiphon.library.plans import forecast, limited
from antiphon.library.shipped import scenario_text
from antiphon.room.models import Card
from antiphon.room.scenario import Scenario, SeatPlan, parse_scenario
from antiphon.transcripts.safe import for_terminal, write_new

__all__ = ["verb"]

_START = "dyad"
"""What a room starts from unless another is named: the fewest seats, and an agreed way to stop."""

_MESSAGES = 60
"""Messages offered as a ceiling: what a room with a paid model has unless it says otherwise."""


@click.command("init")
@click.argument("file", default="room.toml", type=click.Path(path_type=Path))
@click.option("--from", "start", metavar="SCENARIO", help=f"Which one to start from.  [default: {_START}]")
@click.option("--seat", "models", multiple=True, metavar="MODEL", help="Who sits, in speaking order.")
@click.option("--told", metavar="TEXT", help="What every seat is told.")
@click.option("--messages", type=click.IntRange(min=1), metavar="N", help="At most N messages.")
@click.option("--money", type=click.FloatRange(min=0, min_open=True), metavar="X", help="At most X US dollars.")
@click.option("--ask/--no-ask", default=None, help="Ask five questions, or none. [default: at a terminal]")
def verb(
    *,
    file: Path,
    start: str | None,
    models: tuple[str, ...],
    told: str | None,
    messages: int | None,
    money: float | None,
    ask: bool | None,
) -> None:
    """Write a scenario file to start from.

    FILE is room.toml unless named; an existing file is never overwritten. At a terminal, and
    without other options, it asks five questions, and shows what the models cost.

    \b
    antiphon init
    antiphon init talk.toml --from interview --seat ollama:llama3.2 --seat echo
    """  # noqa: D301 - \b keeps the lines below it as they are
    if file.exists() or file.is_symlink():
        raise UserError(f"{file} exists already; name another file or remove it first")
    given = Answers(start=start or _START, models=models, told=told or "", messages=messages, money=money)
    plain = start is None and given == Answers(start=_START)
    if ask if ask is not None else plain and sys.stdin.isatty():
        given = _asked(given)
    text = _priced(given, file) if given != Answers(start=given.start) else scenario_text(given.start)
    try:
        write_new(file, text)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"{file}: change it as you like, then: antiphon run {shlex.quote(str(file))}")


# ------------------------------------------------------------------------------------------ five questions


def _asked(given: Answers) -> Answers:
    """Ask what the options did not say; an empty answer keeps what is offered."""
    names = scenario_names()
    widest = max(map(len, names))
    for name, title in names.items():
        click.echo(f"  {name:<{widest}}  {title}")
    start = click.prompt("1 of 5. Which room do you start from?", default=given.start, value_proc=_one_of(list(names)))
    shipped = parse_scenario(scenario_text(start), source=start)
    laboratory = Laboratory("memory:")
    here = ", ".join(seat.model for seat in shipped.seats)
    click.echo("\nModels are named as `antiphon models` lists them, or as ENDPOINT:MODEL; a comma between two.")
    models = click.prompt(
        f"2 of 5. Who sits? (empty: {here})", default="", show_default=False, value_proc=_models(laboratory)
    )
    for model in dict.fromkeys(models):
        click.echo(f"  {for_terminal(model)}: {_price(laboratory.card(_plan(model)))}")
    told = click.prompt("\n3 of 5. What are they told? (empty: as the room has it)", default="", show_default=False)
    cards = [laboratory.card(_plan(model)) for model in models]
    offered = given.messages or (_MESSAGES if any(card.cost != "free" for card in cards) else 0)
    most = click.prompt(
        "\n4 of 5. After how many messages does it pause? (0: only by its rules)",
        default=offered,
        type=click.IntRange(min=0),
    )
    money = click.prompt(
        "\n5 of 5. After how many US dollars? (0: no such limit)", default="0", value_proc=_dollars(cards)
    )
    return Answers(start=start, models=models, told=told, messages=most or None, money=money or None)


def _one_of(names: list[str]) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if typed.strip() not in names:
            raise click.UsageError(f"no room called {typed.strip()!r}; there are: {', '.join(names)}")
        return typed.strip()

    return read


def _models(laboratory: Laboratory) -> Callable[[str], tuple[str, ...]]:
    """Read models between commas; one that nobody would know whom to ask for is told, and asked for again."""

    def read(typed: str) -> tuple[str, ...]:
        models = tuple(part.strip() for part in typed.split(",") if part.strip())
        try:
            for model in models:
                laboratory.card(_plan(model))
        except AntiphonError as error:
            raise click.UsageError(for_terminal(str(error))) from None
        return models

    return read


def _dollars(cards: list[Card]) -> Callable[[str], float]:
    """Read a limit of money; one over a model without a price is told now, and not after all was answered."""
    unknown = ", ".join(card.name for card in cards if card.cost != "free" and card.price is None)

    def read(typed: str) -> float:
        try:
            dollars = float(typed)
        except ValueError:
            dollars = -1.0
        if not 0 <= dollars < math.inf:
            raise click.UsageError("say it as a number of US dollars, such as 0.50")
        if dollars and unknown:
            raise click.UsageError(
                f"nobody knows what {for_terminal(unknown)} costs: put its price into models.toml, or say 0"
            )
        return dollars

    return read


def _plan(model: str) -> SeatPlan:
    return SeatPlan(model=model)


def _price(card: Card) -> str:
    """Say what a model costs, as far as that is known."""
    if card.cost == "free":
        return "free"
    if card.price is None:
        return "price unknown, and an unknown price is not zero"
    return f"${card.price.input:g} in, ${card.price.output:g} out, a million tokens"


# ------------------------------------------------------------------------------------------ writing


def _priced(given: Answers, file: Path) -> bytes:
    """Draft the scenario, and show what a room of it may spend before anything is written."""
    text = drafted(msgspec.structs.replace(given, name=file.stem))
    laboratory = Laboratory("memory:")
    plan = laboratory.scenario(parse_scenario(text, source=str(file)))
    others = laboratory.others(plan)
    plan = limited(plan, [*(laboratory.card(seat) for seat in plan.seats), *others])
    expected = forecast(plan, laboratory.card, others=others)
    click.echo()
    for line in words(expected, plan.ceilings) if expected is not None else [_free(plan)]:
        click.echo(line)
    return text


def _free(plan: Scenario) -> str:
    most = f"pauses after {plan.ceilings.messages:,} messages" if plan.ceilings.messages else "ends by its rules"
    return f"Nobody in this room costs anything; it {most}."
