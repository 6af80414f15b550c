from __future__ import annotations

from typing import Any

from antiphon.registry import rules_of
from antiphon.room.contracts import Allowance
from antiphon.room.rulebook import Rulebook
from antiphon.testing.events import Script, scenario


def book(**rules: dict[str, Any]) -> Rulebook:
    return rules_of(scenario(rules={"how_much": rules}))


def memories_of(rules: Rulebook, script: Script) -> dict[str, Any]:
    memories = rules.start()
    for event in script.events:
        rules.step(memories, event)
    return memories


def allowed(rules: Rulebook, script: Script, seat: str) -> Allowance:
    return rules.allowance(script.state, memories_of(rules, script), script.now, seat)


def test_without_a_rule_nothing_is_limited() -> None:
    assert allowed(book(), Script(2), "AI-1") == Allowance()


def test_the_smallest_allowance_holds() -> None:
    rules = book(tokens_per_turn={"tokens": 300}, turns_per_seat={"turns": 1})
    script = Script(2)
    assert allowed(rules, script, "AI-1").tokens == 300
    script.turn("AI-1")
    assert allowed(rules, script, "AI-1").tokens == 0
    assert allowed(rules, script, "AI-2").tokens == 300


def test_a_seat_without_turns_is_passed_over_and_the_room_ends_when_nobody_has_one() -> None:
    rules, script = book(turns_per_seat={"turns": 2}), Script(2)
    for seat in ("AI-1", "AI-1", "AI-2"):
        script.turn(seat)
    memories = memories_of(rules, script)
    assert rules.speaker(script.state, memories, script.now) == "AI-2"
    assert rules.ending(script.state, memories, script.now) is None
    script.quiet_turn("AI-2", "passed")
    memories = memories_of(rules, script)
    assert rules.speaker(script.state, memories, script.now) is None
    assert rules.ending(script.state, memories, script.now) == "turns_per_seat"


def test_failed_and_lost_turns_and_whispers_cost_no_turn_and_imported_messages_do() -> None:
    rules, script = book(turns_per_seat={"turns": 1}), Script(2)
    script.quiet_turn("AI-1", "failed")
    script.quiet_turn("AI-1", "lost")
    script.say("AI-1", "Psst.", to=("AI-2",), whisper=True)
    assert allowed(rules, script, "AI-1") == Allowance()
    script.say("AI-1", "As the file has it.")
    assert allowed(rules, script, "AI-1").tokens == 0


def test_a_fork_goes_on_with_the_turns_left_and_gives_new_ones_to_seats_that_had_none() -> None:
    rules, script = book(turns_per_seat={"turns": 2}), Script(2)
    for seat in ("AI-1", "AI-1", "AI-2"):
        script.turn(seat)
    script.fork()
    assert allowed(rules, script, "AI-1") == Allowance()
    script.turn("AI-2")
    assert allowed(rules, script, "AI-2").tokens == 0
    script.turn("AI-1")
    script.turn("AI-1")
    assert allowed(rules, script, "AI-1").tokens == 0
