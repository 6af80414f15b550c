"""Finds plug-ins: a name, its file, its object. The file's name is the plug-in's name.

A plug-in file ends in `PLUGIN = …`. Outsiders register theirs through entry points of the group
`antiphon.<kind>`, such as `antiphon.commands` or `antiphon.rules.who_speaks`. Nothing is imported before it is
asked for; what is kept is only where plug-ins were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import ModuleInfo, iter_modules
from typing import Any

import msgspec

from antiphon.errors import ScenarioError, UnknownName
from antiphon.room.contracts import Rule
from antiphon.room.rulebook import Named, Rulebook
from antiphon.room.scenario import Scenario, scenario_schema

__all__ = ["KINDS", "QUESTIONS", "full_schema", "names", "plugin", "plugins", "rules_of"]

KINDS = {
    "command": "antiphon.commands",
    "provider": "antiphon.providers",
    "painter": "antiphon.providers.painters",
    "reader": "antiphon.transcripts.readers",
    "writer": "antiphon.transcripts.writers",
    "who_speaks": "antiphon.rules.who_speaks",
    "how_much": "antiphon.rules.how_much",
    "what_is_heard": "antiphon.rules.what_is_heard",
    "what_counts": "antiphon.rules.what_counts",
    "when_it_ends": "antiphon.rules.when_it_ends",
}
"""Kind of plug-in -> the package whose files are the plug-ins (and the entry-point group of outsiders)."""


@cache
def _places(kind: str) -> dict[str, EntryPoint | str]:
    """Find the plug-ins of a kind: name -> an outsider's entry point, or a module of our own.

    Cached, since a process installs nothing while it runs, and a look at every distribution takes milliseconds.
    """
    package = KINDS[kind]
    files = [found.name for found in iter_modules(import_module(package).__path__) if _is_plugin(found)]
    own: dict[str, EntryPoint | str] = {name.rstrip("_"): f"{package}.{name}" for name in files}
    return own | {point.name: point for point in entry_points(group=package)}


def names(kind: str) -> list[str]:
    """List the plug-ins of a kind, sorted; folders and files whose name begins with "_" are none."""
    return sorted(_places(kind))


def _is_plugin(found: ModuleInfo) -> bool:
    """Tell a plug-in file from what plug-ins are made of: folders, and files whose name begins with "_"."""
    return not found.ispkg and not found.name.startswith("_")


def plugin(kind: str, name: str) -> Any:  # noqa: ANN401 - each kind's Protocol stands in room.contracts
    """Give one plug-in's object; raises UnknownName, naming those that exist."""
    place = _places(kind).get(name)
    if place is None:
        raise UnknownName(f"{kind} rule" if kind in QUESTIONS else kind, name, names(kind))
    return import_module(place).PLUGIN if isinstance(place, str) else place.load()


def plugins(kind: str) -> Iterator[tuple[str, Any]]:  # Any: as above
    """Give every plug-in of a kind with its name, sorted by name."""
    for name in names(kind):
        yield name, plugin(kind, name)


# ------------------------------------------------------------------------------------------ rules

QUESTIONS = ("who_speaks", "how_much", "what_is_heard", "what_counts", "when_it_ends")
"""What rules answer; the tables under `[rules]` of a scenario."""

_ONE = {"who_speaks": "round_robin", "what_is_heard": "whole"}
"""Questions that exactly one rule answers, with the rule that does where the scenario names none."""


def rules_of(scenario: Scenario) -> Rulebook:
    """Make the rules that a scenario names.

    Raises:
        ScenarioError: naming the path of what is wrong, such as `$.rules.when_it_ends.rounds.count`.
    """
    for question in scenario.rules:
        if question not in QUESTIONS:
            raise ScenarioError(_wrong(f"no question called {question!r}", QUESTIONS, f"$.rules.{question}"))
    given = {question: _answering(question, scenario.rules.get(question, {})) for question in QUESTIONS}
    return Rulebook(
        who_speaks=given["who_speaks"][0],
        how_much=given["how_much"],
        what_is_heard=given["what_is_heard"][0],
        what_counts=given["what_counts"],
        when_it_ends=given["when_it_ends"],
    )


def _answering(question: str, tables: dict[str, dict[str, Any]]) -> tuple[Named, ...]:  # Any: settings as TOML has them
    if question in _ONE:
        tables = tables or {_ONE[question]: {}}
        if len(tables) > 1:
            both = " and ".join(tables)
            msg = f"exactly one rule answers {question}, not {both} - at `$.rules.{question}`"
            raise ScenarioError(msg)
    return tuple(Named(question, name, _rule(question, name, settings)) for name, settings in tables.items())


def _rule(question: str, name: str, settings: dict[str, Any]) -> Rule:  # Any: as above
    path = f"$.rules.{question}.{name}"
    known = names(question)
    if name not in known:
        raise ScenarioError(_wrong(f"no rule called {name!r}", known, path))
    kind = plugin(question, name)
    fields: tuple[str, ...] = kind.__struct_encode_fields__  # ten times as fast as asking for whole fields
    for setting in settings:
        if setting not in fields:
            raise ScenarioError(_wrong(f"{name} has no setting {setting!r}", fields, f"{path}.{setting}"))
    try:
        rule: Rule = msgspec.convert(settings, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        msg = f"{what} - at `{path}{place.rstrip('`')}`"
        raise ScenarioError(msg) from None
    return rule


def _wrong(what: str, known: Iterable[str], path: str) -> str:
    return f"{what}; there are: {', '.join(known)} - at `{path}`"


def full_schema() -> dict[str, Any]:  # Any: JSON
    """Give the JSON Schema (draft 2020-12) of a scenario file, the settings of every rule included."""
    schema = scenario_schema()
    shared = schema["$defs"]
    questions = {question: _question_schema(question, shared) for question in QUESTIONS}
    shared["Scenario"]["properties"]["rules"] = {
        "type": "object",
        "properties": questions,
        "additionalProperties": False,
        "default": {},
    }
    return schema


def _question_schema(question: str, shared: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    rules = {}
    for name, kind in plugins(question):
        schema = msgspec.json.schema(kind)
        inner = schema.pop("$defs", {})
        own = schema["$ref"].removeprefix("#/$defs/")
        rules[name] = inner.pop(own)
        shared.update(inner)
    one = {"maxProperties": 1} if question in _ONE else {}
    return {"type": "object", "properties": rules, "additionalProperties": False, **one}
