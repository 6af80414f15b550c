"""The options that verbs share, and how their values are read. It knows no verb."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from antiphon.errors import UserError

__all__ = [
    "LATENCY",
    "again",
    "assessor",
    "ceilings",
    "journal",
    "kept_journal",
    "no_tint",
    "pairs",
    "person",
    "policy",
    "room_argument",
    "words_argument",
]

_NAME = 40
"""Characters of a person's name that are kept."""

F = TypeVar("F", bound=Callable[..., Any])  # Any: a verb of any signature

_LONGEST = 600.0
"""Seconds a voice may be made to wait: longer is a slip of the finger."""


def journal(verb: F) -> F:
    """Give a verb `--journal`; its parameter `journal` is the verb's, else the one given before the verb."""
    return _journal(_chosen)(verb)


def kept_journal(verb: F) -> F:
    """Give a verb that opens no room the same `--journal`; a file named there must exist, so that no slip makes one."""

    def choose(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
        where = _chosen(ctx, _, value)
        if where is not None and ":" not in where and not Path(where).expanduser().exists():
            raise UserError(f"there is no journal {where}; the first room that runs there makes one")
        return where

    return _journal(choose)(verb)


def _chosen(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
    return value if value is not None else ctx.find_root().obj


def _journal(choose: Callable[..., str | None]) -> Callable[[F], F]:
    return click.option("--journal", metavar="PATH|URL", callback=choose, help="Where rooms are kept.")


def room_argument(verb: F) -> F:
    """Give a verb the argument `room`: an id, a unique beginning or end of one, or "last"."""
    return click.argument("room", metavar="ROOM")(verb)


def words_argument(verb: F) -> F:
    """Give a verb the argument `text`: the rest of the line, or standard input for "-"."""

    def read(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
        text = (sys.stdin.read().rstrip("\n"),) if value == ("-",) else value
        if not " ".join(text).strip():
            raise UserError("there is nothing to say; give a text, or - for standard input")
        return text

    return click.argument("text", nargs=-1, required=True, callback=read)(verb)


def person(verb: F) -> F:
    """Give a verb `--as`; its parameter `name` is who speaks."""
    return _who("--as", "Who speaks.")(verb)


def assessor(verb: F) -> F:
    """Give a verb `--by`; its parameter `name` is who judges."""
    return _who("--by", "Who says so.")(verb)


def _who(option: str, help_: str) -> Callable[[F], F]:
    def clean(_: click.Context, __: click.Parameter, value: str) -> str:
        name = " ".join(value.split())[:_NAME]
        if not name or not name.isprintable():
            raise UserError(f"{option} is a name of letters, such as {option} Ada")
        return name

    return click.option(option, "name", default="you", show_default=True, callback=clean, help=help_)


def policy(verb: F) -> F:
    """Give a verb that takes a room up `--policy`."""
    told = "Have the monitor go by another policy: careful, thrifty, revive, observe, none, or a file."
    return click.option("--policy", metavar="P", help=told)(verb)


def no_tint(verb: F) -> F:
    """Give a verb `--no-tint`; its parameter `tint` is False where it was given."""
    told = "Leave out how surprising each word is."
    return click.option("--no-tint", "tint", flag_value=False, default=True, help=told)(verb)


def ceilings(verb: F) -> F:
    """Give a verb `--messages`, `--tokens` and `--money`."""
    for option in (
        click.option("--money", type=click.FloatRange(min=0, min_open=True), metavar="X", help="At most X US dollars."),
        click.option("--tokens", type=click.IntRange(min=1), metavar="N", help="At most N tokens, in and out."),
        click.option("--messages", type=click.IntRange(min=1), metavar="N", help="At most N messages."),
    ):
        verb = option(verb)
    return verb


class _Latency(click.ParamType[tuple[float, float]]):
    """Reads "50-300ms", "0.2s" or "1-2s" as (least, most) seconds."""

    name = "latency"
    _form = re.compile(r"(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?\s*(ms|s)")

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        found = self._form.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no latency; say it like 50-300ms, 200ms or 1-2s", param, ctx)
        scale = 0.001 if found[3] == "ms" else 1.0
        least = float(found[1]) * scale
        most = least if found[2] is None else float(found[2]) * scale
        if not least <= most <= _LONGEST:
            self.fail(f"{value!r}: the first number is the least, and {_LONGEST:g} s the most", param, ctx)
        return least, most


LATENCY = _Latency()


def pairs(values: tuple[str, ...], option: str, example: str) -> dict[str, str]:
    """Read "KEY=VALUE" words; a repeated key keeps its last value.

    Raises:
        UserError: naming the option and showing what would be right.
    """
    found: dict[str, str] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        if not equals or not key.strip():
            raise UserError(f"{option} {value!r} is not KEY=VALUE; say it like {option} {example}")
        found[key.strip()] = rest
    return found


def again(verb: str, room: str, journal: str | None, *more: str) -> str:
    """Write a command that a person can paste: the same journal, quoted for a shell where it must be."""
    where = ["--journal", journal] if journal else []
    return shlex.join(["antiphon", verb, room, *more, *where])
