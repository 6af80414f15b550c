from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.errors import ScenarioError, UnknownName
from antiphon.registry import KINDS, QUESTIONS, full_schema, names, plugin, plugins, rules_of
from antiphon.room.scenario import parse_scenario
from antiphon.testing.events import scenario

RULES = {
    "who_speaks": ["mention", "random", "round_robin"],
    "how_much": ["tokens_per_turn", "turns_per_seat"],
    "what_is_heard": ["last_messages", "last_tokens", "whole"],
    "what_counts": ["anything", "forbidden"],
    "when_it_ends": [
        "cost",
        "deadline",
        "first_marker",
        "left",
        "messages",
        "mutual_marker",
        "rounds",
        "tokens",
        "wall_time",
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_plugin_can_be_loaded_by_its_name_and_names_are_sorted(kind: str) -> None:
    known = names(kind)
    assert known == sorted(known)
    assert [name for name, _ in plugins(kind)] == known
    assert all(plugin(kind, name) is not None for name in known)


@pytest.mark.parametrize("question", QUESTIONS)
def test_these_rules_exist(question: str) -> None:
    assert set(RULES[question]) <= set(names(question))


def test_an_unknown_plugin_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="no who_speaks rule called 'nobody'; there are: bidding, ghost, mention"):
        plugin("who_speaks", "nobody")


def test_a_scenario_without_rules_has_seats_speak_in_turns_and_hear_everything() -> None:
    rules = rules_of(scenario())
    assert [named.key for named in rules] == ["who_speaks.round_robin", "what_is_heard.whole"]


def test_rules_keep_the_order_of_the_scenario() -> None:
    text = 'name = "x"\nseats = [{ model = "echo" }]\n[rules.when_it_ends]\nrounds = { count = 2 }\nleft = {}\n'
    assert [named.name for named in rules_of(parse_scenario(text)).when_it_ends] == ["rounds", "left"]


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"when": {}}, r"no question called 'when'; there are: who_speaks, .* - at `\$\.rules\.when`"),
        (
            {"when_it_ends": {"round": {}}},
            r"no rule called 'round'; there are: cost, .* - at `\$\.rules\.when_it_ends",
        ),
        (
            {"when_it_ends": {"rounds": {"count": 0}}},
            r"`int` >= 1 - at `\$\.rules\.when_it_ends\.rounds\.count`",
        ),
        ({"when_it_ends": {"rounds": {}}}, r"required field `count` - at `\$\.rules\.when_it_ends\.rounds`"),
        (
            {"when_it_ends": {"rounds": {"cuont": 1}}},
            r"no setting 'cuont'; there are: told, count - at `\$\.rules",
        ),
        (
            {"when_it_ends": {"left": {"told": "all"}}},
            r"enum value 'all' - at `\$\.rules\.when_it_ends\.left\.told`",
        ),
        ({"what_counts": {"forbidden": {"patterns": ["x", 2]}}}, r"`\$\.rules\.what_counts\.forbidden\.patterns\[1\]`"),
        ({"when_it_ends": {"wall_time": {"seconds": float("inf")}}}, r"`\$\.rules\.when_it_ends\.wall_time\.seconds`"),
        ({"when_it_ends": {"deadline": {"at": "2027-01-15T08:00:30"}}}, r"`\$\.rules\.when_it_ends\.deadline\.at`"),
        ({"who_speaks": {"random": {}, "mention": {}}}, r"exactly one rule answers who_speaks, not random and mention"),
        (
            {"what_is_heard": {"whole": {}, "last_tokens": {"tokens": 9}}},
            r"exactly one .* at `\$\.rules\.what_is_heard`",
        ),
    ],
)
def test_a_rule_that_is_wrong_is_named_with_its_path(rules: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        rules_of(scenario(rules=rules))


def test_the_full_schema_holds_the_settings_of_every_rule() -> None:
    schema = full_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    questions = schema["$defs"]["Scenario"]["properties"]["rules"]
    assert questions["additionalProperties"] is False
    assert list(questions["properties"]) == list(QUESTIONS)
    for question, table in questions["properties"].items():
        assert sorted(table["properties"]) == names(question)
        assert table["additionalProperties"] is False
        assert table.get("maxProperties") == (1 if question in {"who_speaks", "what_is_heard"} else None)
        for name, settings in table["properties"].items():
            kind = plugin(question, name)
            assert list(settings["properties"]) == list(kind.__struct_fields__)
            assert settings["additionalProperties"] is False
            assert settings["description"]


def test_every_reference_in_the_full_schema_leads_somewhere() -> None:
    schema = full_schema()
    for reference in references(json.loads(json.dumps(schema))):
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [one for inner in node for one in references(inner)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [one for inner in node.values() for one in references(inner)]
