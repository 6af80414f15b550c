"""Drafts a scenario from a shipped one and a few answers: who sits, what they are told, what may be spent.

The shipped text is kept, comments and all, with single lines changed, so that what is written stays a file to read and
go on from. It asks nobody and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from antiphon.library.checking import checked
from antiphon.library.shipped import scenario_text
from antiphon.room.records import well_formed
from antiphon.room.scenario import parse_scenario

__all__ = ["Answers", "drafted"]

_TABLE = re.compile(r"^\[", re.MULTILINE)
_MODEL = re.compile(r"^model = .*$", re.MULTILINE)
_SYSTEM = re.compile(r'^system = """.*?"""$', re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"^name = .*$", re.MULTILINE)
_NAMEABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


class Answers(Struct, frozen=True, kw_only=True):
    """Is what a person wants of a new scenario; what is empty stays as the shipped one has it.

    Attributes:
        start: the shipped scenario to start from.
        models: who sits, in speaking order, as `antiphon models` names them.
        told: the system text that every seat reads.
        messages: messages after which the room pauses.
        money: US dollars after which it pauses.
        name: what it is called.
    """

    start: str
    models: Sequence[str] = ()
    told: str = ""
    messages: int | None = None
    money: float | None = None
    name: str = ""


def drafted(answers: Answers) -> bytes:
    """Write the scenario.

    Raises:
        UnknownName: when nothing shipped is called `start`.
        ScenarioError: when the answers do not make a room, such as more models than seats fit.
    """
    text = scenario_text(answers.start).decode()
    if answers.told.strip():
        text = _SYSTEM.sub(lambda _: f"system = {_value(answers.told.strip())}", text, count=1)
    if _NAMEABLE.fullmatch(answers.name):
        text = _NAME.sub(lambda _: f"name = {_value(answers.name)}", text, count=1)
    head, tables = _cut(text)
    seats = [table for table in tables if table.startswith("[[seats]]")]
    if answers.models:
        seats = [
            _seated(seats[min(n, len(seats) - 1)], model, n < len(seats)) for n, model in enumerate(answers.models)
        ]
    others = [table for table in tables if not table.startswith("[[seats]]")]
    before = [table for table in others if not table.startswith("[rules")]
    text = "".join([head, *before, _ceilings(answers), *seats, *(table for table in others if table not in before)])
    checked(parse_scenario(text, source="the new scenario"), "the new scenario")
    return text.encode()


def _cut(text: str) -> tuple[str, list[str]]:
    """Cut a text into what stands before its first table, and its tables; no other line of ours begins with "["."""
    places = [found.start() for found in _TABLE.finditer(text)]
    ends = [*places[1:], len(text)]
    return text[: places[0]], [text[start:end].rstrip() + "\n\n" for start, end in zip(places, ends, strict=True)]


def _seated(table: str, model: str, own: bool) -> str:  # noqa: FBT001 - private, and said where it is called
    """Put a model into a seat; a seat beyond those that were there has nothing but its model."""
    line = f"model = {_value(model)}"
    return _MODEL.sub(lambda _: line, table, count=1) if own else f"[[seats]]\n{line}\n\n"


def _ceilings(answers: Answers) -> str:
    lines = [
        f"{name} = {value:g}\n" if isinstance(value, float) else f"{name} = {value}\n"
        for name, value in (("messages", answers.messages), ("money", answers.money))
        if value is not None
    ]
    return "".join(["[ceilings]\n", *lines, "\n"]) if lines else ""


def _value(text: str) -> str:
    """Write a text as a TOML string: JSON's form, but for the one sign that JSON allows and TOML does not."""
    return msgspec.json.encode(well_formed(text)).decode().replace("\x7f", "\\u007f")
