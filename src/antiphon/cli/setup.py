"""`antiphon setup`: keeps one endpoint and one key, after one free call that tests them.

A key comes in through a prompt that does not show it, a pipe, or an environment variable; never as a word of the
command, which other users of the machine can read.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import sys

import click

from antiphon.assembly import known_models
from antiphon.errors import ProviderFailure, UserError
from antiphon.library.equipping import equip, planned
from antiphon.room.outcomes import counted
from antiphon.transcripts.safe import for_terminal
from antiphon.wire.cards import Endpoint
from antiphon.wire.probe import check_key, list_models

__all__ = ["verb"]

_LONGEST = 4_096
"""Characters of a key that are read: more is a file that was piped by mistake."""

_LISTED = 4
"""Models that are named as examples."""


@click.command("setup")
@click.argument("endpoint", required=False)
@click.option("--url", default="", metavar="URL", help="Its address, ending in /v1; for one not known yet.")
@click.option("--key-stdin", "piped", is_flag=True, help="Read the key from standard input.")
@click.option("--key-env", "variable", metavar="NAME", help="Take the key from this environment variable.")
@click.option("--no-key", "keyless", is_flag=True, help="It takes no key.")
@click.option("--cost", type=click.Choice(["free", "paid", "unknown"]), help="What its models cost.")
@click.option("--keyring", "ring", is_flag=True, help="Keep the key in the system's keyring.")
@click.option("--untested", is_flag=True, help="Make no call; keep it as it is.")
def verb(  # noqa: PLR0913 - one parameter an option
    *,
    endpoint: str | None,
    url: str,
    piped: bool,
    variable: str | None,
    keyless: bool,
    cost: str | None,
    ring: bool,
    untested: bool,
) -> None:
    """Keep an endpoint and its key, and test them with one free call.

    ENDPOINT is a name known here (`antiphon models`), or a new one with --url. The call asks
    for the list of models. What is kept lies in setup.toml in the configuration folder, which
    only you may read; never inside a repository. An environment variable goes before it.

    \b
    antiphon setup openrouter
    antiphon setup workshop --url http://127.0.0.1:9000/v1 --no-key
    pass show openai | antiphon setup openai --key-stdin
    """  # noqa: D301 - \b keeps the lines below it as they are
    if sum([piped, variable is not None, keyless]) > 1:
        raise UserError("a key comes from one place: --key-stdin, --key-env, or --no-key for none")
    name = endpoint or _asked_name()
    if not url and name.casefold() not in known_models().endpoints and sys.stdin.isatty():
        url = click.prompt(f"Address of {for_terminal(name)}, ending in /v1").strip()
    place = asyncio.run(planned(name, url, cost or "", keyless=keyless))
    key = "" if not place.key else _piped() if piped else _found(variable) if variable else _asked_key(place)
    if not key and place.key:
        place = asyncio.run(planned(name, url, cost or "", keyless=True))
    asyncio.run(check_key(place.base_url, key))
    models = None if untested else _tested(place, key)
    where = equip(place, key, ring=ring)
    _tell(place, key, models, where)


def _asked_name() -> str:
    if not sys.stdin.isatty():
        raise UserError("say which endpoint: antiphon setup openrouter")
    known = known_models().endpoints
    click.echo("Endpoints known here: " + ", ".join(known))
    name: str = click.prompt("Which one, or a new name")
    return name.strip()


def _piped() -> str:
    """Read a key from a pipe; nobody sees it, and the line's end does not belong to it."""
    return _whole(sys.stdin.read(_LONGEST + 1), "standard input")


def _found(variable: str) -> str:
    return _whole(os.environ.get(variable, ""), f"the environment variable {variable}")


def _whole(text: str, where: str) -> str:
    """Give a key without the space around it, or refuse what cannot be one."""
    key = text.strip()
    if not key:
        raise UserError(f"{where} holds no key")
    if len(text) > _LONGEST or any(sign.isspace() for sign in key):
        raise UserError(f"{where} holds more than one key; a key has no spaces and one line")
    return key


def _asked_key(place: Endpoint) -> str:
    """Ask for a key without showing it; an empty one means that none is needed."""
    if not sys.stdin.isatty():
        raise UserError("nobody is at the keyboard to give a key; add --key-stdin, --key-env NAME or --no-key")
    key: str = click.prompt(
        f"Key for {place.base_url} (not shown; empty for none)", hide_input=True, default="", show_default=False
    )
    return _whole(key, "what was typed") if key.strip() else ""


def _tested(place: Endpoint, key: str) -> list[str]:
    """Make the one free call; where it fails, nothing is kept."""
    try:
        return asyncio.run(list_models(place.base_url, key))
    except ProviderFailure as error:
        click.echo(f"{place.base_url}: {error}. Nothing was kept; --untested keeps it all the same.", err=True)
        raise click.exceptions.Exit(1) from None


def _tell(place: Endpoint, key: str, models: list[str] | None, where: str) -> None:
    if models is None:
        click.echo(f"{place.name}: not tested")
    else:
        click.echo(f"{place.name} answers at {place.base_url} with {counted(len(models), 'model')}")
    click.echo(f"kept in {where}" + (f", the key as {place.key}" if key else ", without a key"))
    if place.cost != "free":
        click.echo("its models may cost money: a room shows what it may spend, and asks, before the first call")
    named = (models or ["MODEL"])[:2]
    seats = [f"--seat {shlex.quote(f'{place.name}:{model}')}" for model in (named[0], named[-1])]  # a stranger's words
    click.echo("\n  see its models     antiphon models")
    click.echo(f"  seat two of them   antiphon run dyad {for_terminal(' '.join(seats))}")
