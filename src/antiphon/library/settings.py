"""Changes single lines of a scenario by their path, as `--set limits.seats=3` does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from antiphon.errors import ScenarioError, UnknownName, UserError
from antiphon.library.plans import with_rules
from antiphon.registry import QUESTIONS, plugin, rules_of
from antiphon.room.records import well_formed
from antiphon.room.scenario import Scenario

__all__ = ["with_rounds", "with_rule", "with_settings"]

_ONE = frozenset({"who_speaks", "what_is_heard"})
"""Questions that exactly one rule answers: another rule takes its place."""


def with_rounds(scenario: Scenario, rounds: int) -> Scenario:
    """Give the scenario an end after so many rounds, whatever number it had."""
    return with_rules(scenario, "when_it_ends", "rounds", {"count": rounds})


def with_rule(scenario: Scenario, path: str) -> Scenario:
    """Give the scenario one rule more, by QUESTION.NAME; where exactly one rule answers, instead of the one it has.

    Raises:
        UserError: when the path has no dot, or nothing is called so.
    """
    question, dot, name = path.partition(".")
    if not dot:
        raise UserError(f"{path!r} names no rule; say it like who_speaks.random")
    if question not in QUESTIONS:
        raise UnknownName("question of rules", question, list(QUESTIONS))
    plugin(question, name)
    settings: dict[str, object] = dict(scenario.rules.get(question, {}).get(name, {}))
    if question in _ONE:
        rules = {key: value for key, value in scenario.rules.items() if key != question}
        scenario = msgspec.structs.replace(scenario, rules=rules)
    return with_rules(scenario, question, name, settings)


def with_settings(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """Change lines of a scenario.

    Args:
        scenario: the one to change.
        settings: "PATH=VALUE" words, such as "limits.seats=3", "seats.1.temperature=0.5" (seats count from 1) or
            "rules.when_it_ends.rounds.count=4". A value is TOML; what is no TOML is a text.

    Raises:
        UserError: when a word has no "=".
        ScenarioError: with the path of what is wrong.
    """
    if not settings:
        return scenario
    data = msgspec.json.decode(msgspec.json.encode(scenario))
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals:
            raise UserError(f"--set {setting!r} is not KEY=VALUE; say it like --set limits.seats=3")
        try:
            _put(data, path.strip().split("."), _value(value), path)
        except RecursionError:
            raise UserError("--set: a line is nested too deeply; no setting is more than some levels deep") from None
    try:
        changed = msgspec.convert(data, Scenario)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"--set: {error}") from None
    rules_of(changed)
    return changed


def _put(data: Any, keys: list[str], value: object, path: str) -> None:  # noqa: ANN401 - TOML's tables and arrays
    key, *rest = keys
    if isinstance(data, list):
        place: Any = _place(data, key, path)
    elif isinstance(data, dict):
        place = key
    else:
        raise UserError(f"--set {path}: {key!r} stands below something that is neither a table nor a list")
    if not rest:
        data[place] = value
        return
    if isinstance(data, dict):
        data.setdefault(key, {})
    _put(data[place], rest, value, path)


def _place(data: list[Any], key: str, path: str) -> int:  # Any: as above
    if not key.isdigit() or not 1 <= int(key) <= len(data):
        raise UserError(f"--set {path}: {key!r} is no number from 1 to {len(data)}")
    return int(key) - 1


def _value(text: str) -> object:
    text = str(well_formed(text))
    try:
        found: object = msgspec.toml.decode(f"value = {text}".encode())["value"]
    except msgspec.DecodeError:
        return text
    return found
