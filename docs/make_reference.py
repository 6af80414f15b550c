"""Writes what is generated into these pages (`just docs`): help texts, events, commands, rules, scenarios, policies.

A generated part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; everything else on a page is
hand-written and left alone. What is written comes from help texts, docstrings, fields and shipped files, so that the
reference says what the code says. It knows no page and no room.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from inspect import getdoc
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
from msgspec import NODEFAULT, Struct, inspect

from antiphon.cli import antiphon
from antiphon.monitor.policy import POLICIES, Policy, load
from antiphon.registry import QUESTIONS, plugins
from antiphon.room.contracts import Command
from antiphon.room.events import AnyBody, Body, Event, Fault, Price, Reserved, RoomOpened, Usage, ViewFact, type_of
from antiphon.room.rulebook import RuleSettings
from antiphon.room.scenario import Ceilings, Guest, Limits, Pictures, Scenario, SeatPlan, Thing, parse_scenario
from antiphon.room.state import fold

DOCS = Path(__file__).parent
WIDTH = 98
"""Columns of a help text on a wide terminal: click's 100, less its margin of two."""

TABLES: dict[str, type[Struct]] = {
    "": Scenario,
    "[[seats]]": SeatPlan,
    "[[guests]]": Guest,
    "[[things]]": Thing,
    "[ceilings]": Ceilings,
    "[limits]": Limits,
    "[pictures]": Pictures,
}
"""The tables of a scenario file, as they are headed there, with what each is checked against."""


def parts() -> dict[str, str]:
    """Give every generated part by name: "help VERB" for each verb, "rules QUESTION", "events" and so on."""
    return {
        **_helps(),
        "events": "\n\n".join(_event(body) for body in get_args(AnyBody)),
        "event values": "\n\n".join(_described(kind, f"### `{kind.__name__}`") for kind in _VALUES),
        "commands": "\n\n".join(_command(name, command) for name, command in plugins("command")),
        **{f"rules {question}": _rules(question) for question in QUESTIONS},
        "scenario": "\n\n".join(_described(kind, f"### `{head}`" if head else "") for head, kind in TABLES.items()),
        "scenarios": _shipped(),
        "policies": _policies(),
    }


# ------------------------------------------------------------------------------------------ help


def _helps() -> dict[str, str]:
    top = _context(antiphon, "antiphon")
    found = {"help": _block(antiphon.get_help(top))}
    for name in antiphon.list_commands(top):
        verb = antiphon.get_command(top, name)
        if verb is None:
            msg = f"the command line lists {name!r} and does not have it"
            raise LookupError(msg)
        found[f"help {name}"] = _block(verb.get_help(_context(verb, name, top)))
    return found


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    settings: dict[str, Any] = {**command.context_settings, "terminal_width": WIDTH}  # Any: click's own
    return click.Context(command, parent, name, **settings)


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


# --------------------------------------------------------------------------------- Structs as tables

_VALUES: tuple[type[Struct], ...] = (Usage, Price, Reserved, ViewFact, Fault)
"""What stands inside bodies of events."""


def _event(body: type[Body]) -> str:
    return _described(body, f"### `{type_of(body)}`")


def _described(kind: type[Struct], heading: str, without: Iterable[str] = ()) -> str:
    """Describe a Struct: its docstring, and a table of its fields."""
    says, meanings = _told(getdoc(kind) or "")
    rows = [row for row in _rows(kind, meanings) if row[0] not in without]
    if not rows:
        return "\n\n".join(part for part in (heading, says) if part)
    columns = ["field", "is", "unless given"] + (["means"] if any(row[3] for row in rows) else [])
    table = [columns, ["---"] * len(columns), *([f"`{name}`", *rest][: len(columns)] for name, *rest in rows)]
    return "\n\n".join(part for part in (heading, says, "\n".join(f"| {' | '.join(row)} |" for row in table)) if part)


def _told(doc: str) -> tuple[str, dict[str, str]]:
    """Part a docstring into what it says, and what it says of each attribute."""
    says, _, listed = doc.partition("\n\nAttributes:\n")
    meanings = {}
    for entry in re.split(r"\n {4}(?=\S)", "\n" + listed)[1:]:
        named, _, text = " ".join(entry.split()).partition(": ")
        meanings.update(dict.fromkeys(named.split(", "), text))
    return re.sub(r"(?<!\n)\n(?!\n)", " ", says), meanings


def _rows(kind: type[Struct], meanings: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Give name, kind, default and meaning of each field."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)  # noqa: S101 - it was given a Struct
    for field in info.fields:
        default = field.default if field.default_factory is NODEFAULT else field.default_factory()
        means = meanings.get(field.name, "").replace("|", "\\|")
        yield field.encode_name, _kind(field.type), _default(default), means


def _default(value: object) -> str:
    if value is NODEFAULT:
        return "must be given"
    if value is None or value in ("", (), {}) or isinstance(value, Struct):
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"


_WORDS: dict[type[inspect.Type], str] = {
    inspect.AnyType: "anything",
    inspect.BoolType: "true or false",
    inspect.DateTimeType: "a moment",
    inspect.DictType: "a table",
    inspect.StrType: "text",
}


def _kind(kind: inspect.Type) -> str:
    """Say in words what a field takes."""
    match kind:
        case inspect.IntType() | inspect.FloatType():
            return _number(kind)
        case inspect.LiteralType(values=values):
            return ", ".join(f"`{msgspec.json.encode(value).decode()}`" for value in values)
        case inspect.UnionType(types=types):
            return " or ".join(_kind(one) for one in types if not isinstance(one, inspect.NoneType))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return f"a list: {_kind(item)}"
        case inspect.StructType(cls=cls):
            return f"`{cls.__name__}`"
        case inspect.Metadata(type=inner):
            return _kind(inner)
        case _:
            return _WORDS[type(kind)]


def _number(kind: inspect.IntType | inspect.FloatType) -> str:
    word = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    if kind.ge is not None and kind.le is not None:
        return f"{word} from {kind.ge:g} to {kind.le:g}"
    if kind.ge is not None:
        return f"{word}, {kind.ge:g} or more"
    return f"{word} above {kind.gt:g}" if kind.gt is not None else word


# ----------------------------------------------------------------------- commands, rules, scenarios, policies


def _command(name: str, command: Command) -> str:
    says, _ = _told(getdoc(type(command)) or "")
    opened = RoomOpened(scenario=Scenario(name="plain", seats=(SeatPlan(model="echo"),)), seed=1, engine="")
    state = fold("plain", [Event("plain", 1, "2026-11-21T09:30:00.000Z", "runner", opened)])
    also = f" Also understood: {', '.join(f'`!{alias}`' for alias in command.aliases)}." if command.aliases else ""
    return f"## `!{name}`\n\n{says}{also} A seat is told:\n\n> {command.promise((name,), state)}"


def _rules(question: str) -> str:
    return "\n\n".join(_rule(name, kind) for name, kind in plugins(question))


def _rule(name: str, kind: type[RuleSettings]) -> str:
    return f"{_described(kind, f'### `{name}`', without=['told'])}\n\nTold that it exists, a seat reads: “{kind.hint}”"


def _shipped() -> str:
    rows = ["| scenario | what it is | seats | ends by |", "| --- | --- | --- | --- |"]
    shipped = sorted(files("antiphon").joinpath("scenarios").iterdir(), key=lambda path: path.name)
    for plan in (parse_scenario(path.read_text(encoding="utf-8")) for path in shipped):
        ends = ", ".join(f"`{rule}`" for rule in plan.rules.get("when_it_ends", {})) or "no rule"
        rows.append(f"| `{plan.name}` | {plan.about} | {len(plan.seats)} | {ends} |")
    return "\n".join(rows)


def _policies() -> str:
    told = []
    for name in POLICIES:
        policy: Policy = load(name)
        text = files("antiphon.monitor").joinpath("policies", f"{name}.toml").read_text(encoding="utf-8")
        told.append(f"## `{name}`\n\n{policy.says} Its hash is `{policy.digest()}`.\n\n{_shown(text)}")
    return "\n\n".join(told)


def _shown(text: str) -> str:
    return f"````text\n{text.strip()}\n````"


# ----------------------------------------------------------------------------------------- pages


def filled(page: str, generated: dict[str, str]) -> str:
    """Put each generated part between its marks; raises KeyError for a mark whose part nobody makes."""
    mark = re.compile(r"<!-- begin ([^>]+?) -->\n.*?<!-- end \1 -->", re.DOTALL)
    return mark.sub(lambda at: f"<!-- begin {at[1]} -->\n{generated[at[1]]}\n<!-- end {at[1]} -->", page)


def marks(page: str) -> list[str]:
    """List the parts a page has marks for."""
    return re.findall(r"<!-- begin ([^>]+?) -->", page)


def main() -> None:
    """Rewrite the pages that have marks."""
    generated = parts()
    for path in sorted(DOCS.rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = filled(before, generated)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{path.relative_to(DOCS)}: written anew", file=sys.stderr)


if __name__ == "__main__":
    main()
