"""burned, empty_reply and signed as pure rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import ScenarioError
from antiphon.registry import rules_of
from antiphon.room.contracts import Verdict
from antiphon.room.events import CommandRan, RuleNoted, SeatChanged
from antiphon.room.rulebook import Rulebook
from antiphon.testing.events import Script, scenario


def book(question: str, name: str, **given: Any) -> Rulebook:
    return rules_of(scenario(rules={question: {name: given}}))


def memories_of(rules: Rulebook, script: Script) -> dict[str, Any]:
    memories = rules.start()
    for event in script.events:
        rules.step(memories, event)
    return memories


def judge(rules: Rulebook, script: Script, text: str, raw: str = "") -> Verdict:
    return rules.verdict(script.state, memories_of(rules, script), script.now, "AI-1", text, raw=raw)


@given(text=st.text(min_size=1, max_size=200), n=st.integers(1, 6))
@settings(max_examples=60)
def test_whatever_was_said_whole_is_burned_unless_there_was_nothing_in_it(text: str, n: int) -> None:
    script, rules = Script(2), book("what_counts", "burned", n=n)
    script.turn("AI-2", text)
    assert judge(rules, script, text).ok is (not text.split())


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("the quick brown fox", False),
        ("THE QUICK, brown: fox!", False),
        ("quick brown fox jumps", False),
        ("the quick brown dog", True),
        ("the quick", True),
        ("Well well", False),
        ("Well", True),
        ("…!", False),
        ("one two three four and one two three four", False),
        ("", True),
    ],
)
def test_runs_of_four_words_are_burned_and_a_shorter_message_is_one_run(text: str, ok: bool) -> None:  # noqa: FBT001 - a column of the table
    script, rules = Script(2), book("what_counts", "burned")
    script.turn("AI-2", "The quick brown fox jumps")
    script.turn("AI-1", "Well, well.")
    script.person("…!")
    script.say("AI-2", "the quick brown dog", to=("AI-1",), whisper=True)
    assert judge(rules, script, text).ok is ok


def test_a_few_repetitions_may_be_allowed_and_the_first_is_named() -> None:
    script, rules = Script(2), book("what_counts", "burned", n=2, allowed=1)
    said = script.turn("AI-2", "a b c")
    assert judge(rules, script, "a b d").ok
    verdict = judge(rules, script, "b c a b")
    assert (verdict.ok, verdict.data) == (False, {"words": "b c", "first_at": said.seq, "times": 2})


def test_a_fork_begins_with_clean_words_or_with_its_lineage() -> None:
    for scope, ok in (("room", True), ("lineage", False)):
        script, rules = Script(2), book("what_counts", "burned", scope=scope)
        script.turn("AI-2", "what was said once")
        script.fork()
        assert judge(rules, script, "what was said once").ok is ok


def test_the_scope_of_all_rooms_is_refused_until_there_is_an_index() -> None:
    with pytest.raises(ScenarioError, match=r"index over all rooms.*\$\.rules\.what_counts\.burned"):
        book("what_counts", "burned", scope="journal")


def test_who_owes_a_turn_is_passed_over_once_and_only_once() -> None:
    script, rules = Script(3), book("what_counts", "burned")
    script.turn("AI-1", "x")
    script.add(RuleNoted(rule="burned", data={"seat": "AI-1", "penalty": "next_turn"}), "runner")
    order: list[str] = []
    for _ in range(8):
        seat = rules.speaker(script.state, memories_of(rules, script), script.now)
        assert isinstance(seat, str)
        script.turn(seat, f"{len(order)}")
        order.append(seat)
    assert order == ["AI-2", "AI-3", "AI-2", "AI-3", "AI-1", "AI-2", "AI-3", "AI-1"]


def test_penalties_never_end_a_room() -> None:
    script, rules = Script(2), book("what_counts", "burned")
    for seat in ("AI-1", "AI-2"):
        script.add(RuleNoted(rule="burned", data={"seat": seat, "penalty": "next_turn"}), "runner")
    memories = memories_of(rules, script)
    assert rules.speaker(script.state, memories, script.now) == "AI-1"
    assert rules.ending(script.state, memories, script.now) is None
    assert rules.allowance(script.state, memories, script.now, "AI-1").tokens is None


@pytest.mark.parametrize("nothing", ["", " ", "\n\u200b\ufeff\t", "\u00a0"])
def test_the_first_empty_message_is_heard_and_the_next_is_not(nothing: str) -> None:
    script, rules = Script(2), book("what_counts", "empty_reply")
    first = judge(rules, script, nothing)
    assert (first.ok, first.penalty, first.noted, first.data) == (False, "flag", "empty_reply", {"first": True})
    where = script.turn("AI-2", nothing).seq
    again = judge(rules, script, nothing)
    assert (again.penalty, again.data) == ("withhold", {"first": False, "first_at": where, "poor": True})


def test_a_message_of_commands_alone_and_a_dot_are_no_empty_messages() -> None:
    script, rules = Script(2), book("what_counts", "empty_reply")
    assert judge(rules, script, "", raw="!temperature 1.2").ok
    assert judge(rules, script, ".").ok


def sign(script: Script, seat: str, text: str) -> None:
    script.add(CommandRan(message=1, seat=seat, name="sign", args={"text": text}, outcome="done"), seat)


def test_a_room_is_signed_when_every_speaker_signed_the_same() -> None:
    script, rules = Script(3), book("when_it_ends", "signed")

    def ending() -> str | None:
        return rules.ending(script.state, {}, script.now)

    sign(script, "AI-1", "It is done.")
    sign(script, "AI-2", "it  is DONE.")
    assert ending() is None
    sign(script, "AI-3", "Not yet.")
    assert ending() is None
    script.add(SeatChanged(seat="AI-3", what="muted", before=False, after=True), "AI-3")
    assert ending() == "signed"
    script.fork()
    assert ending() is None
