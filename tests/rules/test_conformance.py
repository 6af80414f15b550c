"""What every rule keeps to, whoever wrote it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from antiphon.errors import ScenarioError
from antiphon.registry import QUESTIONS, plugins, rules_of
from antiphon.room.asking import Ask
from antiphon.room.contracts import Allowance, Heard, Moment, Rule, Verdict
from antiphon.room.state import State
from antiphon.testing.events import MOVES, Script, play, scenario

SETTINGS: dict[str, dict[str, Any]] = {
    "tokens_per_turn": {"tokens": 321},
    "turns_per_seat": {"turns": 4},
    "last_messages": {"count": 5},
    "last_tokens": {"tokens": 40},
    "forbidden": {"patterns": ["well"]},
    "rounds": {"count": 12},
    "messages": {"count": 17},
    "tokens": {"count": 43},
    "cost": {"money": 0.25},
    "wall_time": {"seconds": 19},
    "deadline": {"at": "2027-01-15T08:00:30Z"},
    "mutual_marker": {"rounds": 3},
    "round_robin": {"order": ["AI-2", "AI-1"]},
    "bidding": {"seconds": 7, "last": 5},
    "ghost": {"threshold": 0.35},
    "moderator": {"seat": "AI-2", "seconds": 9},
    "hidden_quota": {"tokens": 77},
    "dwindling": {"base": 123, "least": 9},
    "overwritten": {"tokens": 64},
    "burned": {"n": 3},
}
RULES = [
    pytest.param(question, name, kind, id=f"{question}.{name}")
    for question in QUESTIONS
    for name, kind in plugins(question)
]
ANSWERS: dict[str, tuple[type, ...]] = {
    "who_speaks": (str, Ask, type(None)),
    "how_much": (Allowance,),
    "what_is_heard": (Heard,),
    "what_counts": (Verdict,),
    "when_it_ends": (str, type(None)),
}

moves = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(0, 40), st.sampled_from(["Well.", "", "AI-1, you?", "x " * 30])),
    max_size=25,
)
each_rule = pytest.mark.parametrize(("question", "name", "kind"), RULES)


def made(kind: type[Any], name: str, **more: Any) -> Rule:
    rule: Rule = msgspec.convert({**SETTINGS.get(name, {}), **more}, kind)
    return rule


def remembered(rule: Rule, script: Script) -> Any:
    memory = rule.start()
    for event in script.events:
        memory = rule.step(memory, event)
    return memory


@each_rule
def test_a_rule_is_a_frozen_struct_that_says_what_it_does(question: str, name: str, kind: type[Any]) -> None:
    assert issubclass(kind, Struct), question
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.forbid_unknown_fields
    assert (kind.__doc__ or "").strip().endswith(".")
    assert isinstance(made(kind, name), Rule)


@each_rule
def test_an_unknown_setting_is_refused_with_its_path(question: str, name: str, kind: type[Any]) -> None:
    plan = scenario(rules={question: {name: {**SETTINGS.get(name, {}), "quotta": 1}}})
    with pytest.raises(ScenarioError) as caught:
        rules_of(plan)
    assert f"`$.rules.{question}.{name}.quotta`" in str(caught.value)
    assert ", ".join(kind.__struct_fields__) in str(caught.value)


@each_rule
def test_a_seat_is_told_nothing_or_that_there_is_a_rule_or_how_it_is_set(
    question: str, name: str, kind: type[Any]
) -> None:
    promises = [made(kind, name, told=told).promise("AI-1") for told in ("nothing", "that_it_exists", "the_value")]
    assert promises[0] is None, question
    for sentence in promises[1:]:
        assert sentence
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    for value in SETTINGS.get(name, {}).values():
        for one in value if isinstance(value, list) else [value]:
            assert str(one).removesuffix("Z") in (promises[2] or "")
            assert str(one) not in (promises[1] or "")


@each_rule
@settings(max_examples=20)
@given(moves=moves)
def test_a_rule_answers_the_same_twice_and_its_memory_survives_being_stored(
    question: str, name: str, kind: type[Any], moves: list[tuple[str, int, str]]
) -> None:
    script = play(Script(3), moves)
    rule = made(kind, name)
    memory, moment = remembered(rule, script), Moment(script.now, "AI-1", "Well, well.")
    stored = msgspec.json.decode(msgspec.json.encode(memory))
    packed = msgspec.msgpack.decode(msgspec.msgpack.encode(memory))
    assert stored == packed == memory
    first = rule.answer(script.state, memory, moment)
    assert isinstance(first, ANSWERS[question])
    assert rule.answer(script.state, memory, moment) == first
    assert rule.answer(script.state, stored, moment) == first
    assert memory == packed, "answering changes nothing"
    assert remembered(rule, script) == memory


@each_rule
@settings(max_examples=20)
@given(moves=moves, cut=st.integers(0, 100))
def test_a_memory_stored_half_way_and_stepped_on_is_the_memory_of_all(
    question: str, name: str, kind: type[Any], moves: list[tuple[str, int, str]], cut: int
) -> None:
    script = play(Script(2), moves)
    rule = made(kind, name)
    memory = rule.start()
    for number, event in enumerate(script.events):
        if number == cut % len(script.events):
            memory = msgspec.json.decode(msgspec.json.encode(memory))
        memory = rule.step(memory, event)
    assert memory == remembered(rule, script), question


@each_rule
def test_a_rule_can_be_asked_in_a_room_that_has_not_begun(question: str, name: str, kind: type[Any]) -> None:
    rule = made(kind, name)
    answer = rule.answer(State(room="empty"), rule.start(), Moment(0, "AI-1"))
    assert isinstance(answer, ANSWERS[question])
