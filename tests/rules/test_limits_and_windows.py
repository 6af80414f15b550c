"""hidden_quota, dwindling, overwritten and alone as pure rules."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.measures.tokens import count, pieces
from antiphon.registry import rules_of
from antiphon.room.contracts import Allowance, Heard
from antiphon.room.events import RuleNoted
from antiphon.room.rulebook import Rulebook
from antiphon.room.view import Part, SeatView, escape
from antiphon.runner.sliding import overwritten
from antiphon.testing.events import Script, scenario

TEN = "one two three four five six seven eight nine ten"


def book(question: str, **rules: Any) -> Rulebook:
    return rules_of(scenario(rules={question: rules}))


def allowed(rules: Rulebook, script: Script, seat: str = "AI-1") -> Allowance:
    memories = rules.start()
    for event in script.events:
        rules.step(memories, event)
    return rules.allowance(script.state, memories, script.now, seat)


def test_a_hidden_quota_is_each_seats_own_or_the_rooms() -> None:
    script = Script(2)
    script.turn("AI-1", TEN)
    script.say("AI-1", "psst", to=("AI-2",), whisper=True)
    script.person(TEN)
    own = book("how_much", hidden_quota={"tokens": 25})
    assert [allowed(own, script, seat).tokens for seat in ("AI-1", "AI-2")] == [15, 25]
    shared = book("how_much", hidden_quota={"tokens": 25, "scope": "room"})
    assert [allowed(shared, script, seat).tokens for seat in ("AI-1", "AI-2")] == [15, 15]


def test_a_fork_goes_on_with_what_is_left_of_a_quota_and_begins_anew_with_none() -> None:
    script, rules = Script(2), book("how_much", hidden_quota={"tokens": 15})
    script.turn("AI-1", TEN)
    script.turn("AI-2", f"{TEN} {TEN}")
    script.fork()
    assert [allowed(rules, script, seat).tokens for seat in ("AI-1", "AI-2")] == [5, 15]


def test_the_rule_that_is_cut_by_is_the_one_that_binds() -> None:
    script = Script(2)
    rules = book("how_much", hidden_quota={"tokens": 30}, tokens_per_turn={"tokens": 12})
    assert allowed(rules, script) == Allowance(tokens=12)
    script.turn("AI-1", f"{TEN} {TEN}")
    assert allowed(rules, script) == Allowance(tokens=10, cut="hidden_quota")


def test_dwindling_follows_what_is_alive_and_counts_what_came_since() -> None:
    rules, script = book("how_much", dwindling={"base": 100, "least": 7, "seats": ["AI-1"]}), Script(2)
    assert allowed(rules, script).tokens == 100
    script.add(RuleNoted(rule="what_is_heard", data={"seat": "AI-1", "unheard_before": 3, "alive": 30, "of": 90}))
    assert allowed(rules, script).tokens == 33
    script.turn("AI-2", TEN)
    assert allowed(rules, script).tokens == 40
    assert allowed(rules, script, "AI-2") == Allowance()
    script.add(RuleNoted(rule="what_is_heard", data={"seat": "AI-1", "unheard_before": 3, "alive": 1, "of": 900}))
    assert allowed(rules, script).tokens == 7


def test_overwritten_and_alone_hold_for_whom_they_name_and_tell_only_them() -> None:
    for name, settled, heard in (
        ("overwritten", {"tokens": 9, "system": True}, Heard(tokens=9, system=True)),
        ("alone", {}, Heard(alone=True)),
    ):
        rules = book("what_is_heard", **{name: {**settled, "seats": ["AI-2"], "told": "the_value"}})
        script = Script(2)
        assert rules.heard(script.state, {}, 0, "AI-1") == Heard()
        assert rules.heard(script.state, {}, 0, "AI-2") == heard
        assert rules.promises("AI-1") == []
        assert len(rules.promises("AI-2")) == 1


texts = st.lists(st.text(max_size=40), min_size=1, max_size=8)


@given(texts=texts, size=st.integers(1, 60), system=st.text(max_size=30), whole=st.booleans())
@settings(max_examples=80)
def test_what_is_left_is_exactly_the_newest_tokens(texts: list[str], size: int, system: str, *, whole: bool) -> None:
    system = system.encode("utf-8", "replace").decode()
    parts = [Part(n, "AI-1", "said", "A", escape(text)) for n, text in enumerate(texts, 1)]
    view = SeatView("AI-2", rich=False, parts=parts, late=[])
    slid = overwritten(view, system, size, system_too=whole)
    if slid is None:
        assert sum(count(part.text) for part in parts) + (count(system) if whole else 0) <= size
        return
    gone = slid["overwritten"]
    view.overwrite(gone["parts"], gone["characters"], gone["system"])
    before = ([*pieces(system)] if whole else []) + [piece for part in parts for piece in pieces(part.text)]
    kept = [part.text for part in view.heard()]
    left = "".join([system[gone["system"] :] if whole else "", *kept])
    assert left == "".join(before[len(before) - min(size, len(before)) :])
    assert slid["alive"] == min(size, len(before))
    assert slid["of"] == len(before)
    assert overwritten(view, system, size, system_too=whole) is None, "nothing new pushes nothing out"
    if gone["characters"]:
        assert view.heard()[0].label == ""
