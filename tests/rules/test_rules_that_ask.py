"""bidding, moderator and ghost as pure rules: what they ask, whom they choose, what they remember."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from antiphon.errors import ScenarioError
from antiphon.registry import rules_of
from antiphon.room.asking import NOT_SEATED, Ask
from antiphon.room.events import RuleNoted, SeatChanged, SeatLeft, TurnEnded, TurnRequested, ViewFact
from antiphon.room.rulebook import Rulebook
from antiphon.rules.who_speaks.ghost import Ghost
from antiphon.testing.events import Script, scenario


def book(name: str, **settings: Any) -> Rulebook:
    return rules_of(scenario(rules={"who_speaks": {name: settings}}))


def next_seat(rules: Rulebook, script: Script) -> str | Ask | None:
    memories = rules.start()
    for event in script.events:
        rules.step(memories, event)
    return rules.speaker(script.state, memories, script.now)


def request(script: Script, seat: str, purpose: Any) -> None:
    turn = script.state.turn + 1
    view = ViewFact(bytes=0, digest="")
    script.add(
        TurnRequested(turn=turn, seat=seat, heard=script.state.seq, model="echo", purpose=purpose, view=view), "runner"
    )


def answer(script: Script, rule: str, seat: str, value: object) -> None:
    request(script, seat, "bid" if rule == "bidding" else "moderate")
    script.settle(script.state.turn)
    script.add(RuleNoted(rule=f"who_speaks.{rule}", data={"seat": seat, "answer": value}), "runner")


def test_bidders_are_all_but_who_spoke_last_and_none_are_asked_twice() -> None:
    rules, script = book("bidding"), Script(3)
    asked = next_seat(rules, script)
    assert isinstance(asked, Ask)
    assert asked.seats == ("AI-1", "AI-2", "AI-3")
    script.turn("AI-1")
    answer(script, "bidding", "AI-2", 3)
    asked = next_seat(rules, script)
    assert isinstance(asked, Ask)
    assert asked.seats == ("AI-3",)
    answer(script, "bidding", "AI-3", None)
    assert next_seat(rules, script) == "AI-2"


def test_equal_bids_go_to_who_has_waited_longest_and_no_bids_to_who_is_next() -> None:
    rules, script = book("bidding"), Script(3)
    for seat in ("AI-3", "AI-2", "AI-1"):
        script.turn(seat)
    answer(script, "bidding", "AI-2", 5)
    answer(script, "bidding", "AI-3", 5)
    assert next_seat(rules, script) == "AI-3"
    script.turn("AI-3")
    answer(script, "bidding", "AI-1", 0)
    answer(script, "bidding", "AI-2", None)
    assert next_seat(rules, script) == "AI-1"


def test_a_dyad_needs_no_bids_and_a_bid_that_was_lost_counts_as_none() -> None:
    assert next_seat(book("bidding"), Script(1)) == "AI-1"
    two = Script(2)
    two.turn("AI-1")
    assert next_seat(book("bidding"), two) == "AI-2"
    rules, script = book("bidding"), Script(3)
    for seat in ("AI-1", "AI-2", "AI-3"):
        request(script, seat, "bid")
        script.add(TurnEnded(turn=script.state.turn, outcome="lost"), "runner")
    assert next_seat(rules, script) == "AI-1"


def test_a_moderator_names_who_speaks_for_one_turn() -> None:
    rules, script = book("moderator", seat="AI-1"), Script(3)
    asked = next_seat(rules, script)
    assert isinstance(asked, Ask)
    assert (asked.seats, dict(asked.choices)["AI-3"]) == (("AI-1",), "AI-3")
    answer(script, "moderator", "AI-1", "AI-3")
    assert next_seat(rules, script) == "AI-3"
    script.turn("AI-3")
    assert isinstance(next_seat(rules, script), Ask)
    answer(script, "moderator", "AI-1", None)
    assert next_seat(rules, script) == "AI-1"


def test_a_moderator_that_left_is_muted_or_names_one_who_left_is_not_waited_for() -> None:
    rules, script = book("moderator", seat="AI-1"), Script(3)
    answer(script, "moderator", "AI-1", "AI-3")
    script.add(SeatLeft(seat="AI-3"), "AI-3")
    assert next_seat(rules, script) == "AI-1"
    for body in (SeatChanged(seat="AI-1", what="muted", after=True), SeatLeft(seat="AI-1")):
        script = Script(4)
        script.add(body, "AI-1")
        assert next_seat(rules, script) == "AI-2"


def test_a_model_that_sits_nowhere_is_asked_by_its_name() -> None:
    asked = next_seat(book("moderator", model="gpt-4o-mini"), Script(3))
    assert isinstance(asked, Ask)
    assert (asked.seats, asked.model) == ((NOT_SEATED,), "gpt-4o-mini")


@pytest.mark.parametrize("settings", [{}, {"seat": "AI-1", "model": "echo"}])
def test_a_moderation_by_nobody_or_by_two_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match=r"moderates.*\$\.rules\.who_speaks\.moderator"):
        book("moderator", **settings)


@pytest.mark.parametrize(
    "over", [{}, {"ghost": {}}, {"random": {}, "mention": {}}, {"nobody": {}}, {"round_robin": {"ordr": []}}]
)
def test_a_ghost_over_no_rule_or_a_wrong_one_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError):
        book("ghost", over=over)


def test_a_ghost_lets_the_rule_it_wraps_choose_ask_and_promise() -> None:
    rules, script = book("ghost", over={"round_robin": {"order": ["AI-2", "AI-1"], "told": "the_value"}}), Script(2)
    assert next_seat(rules, script) == "AI-2"
    assert rules.promises("AI-1") == ["You speak in turns, in this order: AI-2, AI-1; who joins later comes last."]
    assert isinstance(next_seat(book("ghost", over={"bidding": {}}), Script(3)), Ask)
    named = book("ghost", over={"mention": {}})
    talk = Script(3)
    talk.turn("AI-1", "AI-3, what do you say?")
    assert next_seat(named, talk) == "AI-3"


def test_a_starved_ghost_eats_before_it_is_born_again() -> None:
    rule, script = Ghost(), Script(2)
    memory = rule.start()

    def hear(message: int, pairs: int, **more: Any) -> None:
        data = {"message": message, "seat": "AI-1", "bits": 0.1, "pairs": pairs, **more}
        nonlocal memory
        memory = rule.step(memory, script.add(RuleNoted(rule="ghost", data=data), "rule:ghost"))

    for n in range(5):
        hear(n, 10)
    born, taken = rule.haunt(script.state, memory)
    assert isinstance(taken, SeatChanged)
    assert taken.after["provider"] == "ghost"
    for body in (born, taken):
        memory = rule.step(memory, script.add(body, "rule:ghost"))
    for n in range(5):
        assert rule.haunt(script.state, memory) == ()
        hear(10 + n, 10, ghost=True)
    starved, given = rule.haunt(script.state, memory)
    assert isinstance(given, SeatChanged)
    assert given.after["provider"] == "builtin"
    for body in (starved, given):
        memory = rule.step(memory, script.add(body, "rule:ghost"))
    for n in range(5):
        hear(20 + n, 10)
    assert rule.haunt(script.state, memory) == ()
    hear(30, 11)
    assert len(rule.haunt(script.state, memory)) == 2
    assert msgspec.json.decode(msgspec.json.encode(memory)) == memory
