from __future__ import annotations

from typing import Any

import msgspec
import pytest

from antiphon.registry import rules_of
from antiphon.room.events import SeatChanged, SeatLeft
from antiphon.testing.events import SECOND, START, Script, scenario


def ending(script: Script, now: int | None = None, /, **rules: dict[str, Any]) -> str | None:
    book = rules_of(msgspec.structs.replace(script.plan, rules={"when_it_ends": rules}))
    memories = book.start()
    for event in script.events:
        book.step(memories, event)
    return book.ending(script.state, memories, script.now if now is None else now)


def talk(messages: int, seats: int = 2) -> Script:
    script = Script(seats)
    for number in range(messages):
        script.turn(f"AI-{number % seats + 1}", "one two three")
    return script


def test_without_a_rule_a_room_does_not_end() -> None:
    assert ending(talk(100)) is None


@pytest.mark.parametrize(
    ("rule", "settings", "before", "at"),
    [
        ("rounds", {"count": 3}, 5, 6),
        ("messages", {"count": 5}, 4, 5),
        ("tokens", {"count": 12}, 3, 4),
    ],
)
def test_a_count_ends_the_room_when_it_is_reached_and_not_before(
    rule: str, settings: dict[str, Any], before: int, at: int
) -> None:
    assert ending(talk(before), **{rule: settings}) is None
    assert ending(talk(at), **{rule: settings}) == rule


def test_the_first_rule_in_the_order_of_the_scenario_gives_the_reason() -> None:
    script = talk(6)
    assert ending(script, messages={"count": 1}, rounds={"count": 1}) == "messages"
    assert ending(script, rounds={"count": 1}, messages={"count": 1}) == "rounds"


@pytest.mark.parametrize(
    ("rule", "parent", "limit", "more"),
    [("messages", 40, 60, 20), ("rounds", 40, 30, 20), ("tokens", 40, 180, 20)],
)
def test_a_fork_in_the_middle_goes_on_to_the_same_end(rule: str, parent: int, limit: int, more: int) -> None:
    script = talk(parent)
    script.fork()
    for number in range(more):
        assert ending(script, **{rule: {"count": limit}}) is None
        script.turn(f"AI-{number % 2 + 1}", "one two three")
    assert ending(script, **{rule: {"count": limit}}) == rule


@pytest.mark.parametrize(("rule", "limit"), [("messages", 6), ("rounds", 3), ("tokens", 18)])
def test_a_fork_of_a_room_that_had_reached_its_end_has_as_much_again(rule: str, limit: int) -> None:
    script = talk(6)
    assert ending(script, **{rule: {"count": limit}}) == rule
    script.end(rule)
    script.fork()
    assert script.state.phase == "live"
    for number in range(6):
        assert ending(script, **{rule: {"count": limit}}) is None
        script.turn(f"AI-{number % 2 + 1}", "one two three")
    assert ending(script, **{rule: {"count": limit}}) == rule


def test_passed_turns_make_rounds_and_failed_ones_do_not() -> None:
    script = Script(2)
    script.quiet_turn("AI-1", "passed")
    script.quiet_turn("AI-2", "failed")
    assert ending(script, rounds={"count": 1}) is None
    script.quiet_turn("AI-2", "passed")
    assert ending(script, rounds={"count": 1}) == "rounds"


def test_people_and_whispers_are_no_messages() -> None:
    script = talk(3)
    script.person("Hello?")
    script.say("AI-1", "Psst.", to=("AI-2",), whisper=True)
    assert ending(script, messages={"count": 4}) is None
    assert ending(script, tokens={"count": 10}) is None


def test_the_cost_is_what_was_settled_in_this_room() -> None:
    script = Script(2)
    turn = script.ask("AI-1")
    script.settle(turn, cost=0.3)
    assert ending(script, cost={"money": 0.31}) is None
    assert ending(script, cost={"money": 0.3}) == "cost"
    script.fork()
    assert ending(script, cost={"money": 0.3}) is None


def test_wall_time_counts_from_the_opening_and_a_fork_from_its_own() -> None:
    script = talk(3)
    rule = {"seconds": 100}
    assert ending(script, START + 100 * SECOND - 1, wall_time=rule) is None
    assert ending(script, START + 100 * SECOND, wall_time=rule) == "wall_time"
    opened = script.now
    script.fork()
    assert ending(script, START + 100 * SECOND, wall_time=rule) is None
    assert ending(script, opened + 100 * SECOND, wall_time=rule) == "wall_time"


@pytest.mark.parametrize("at", ["2027-01-15T08:00:30Z", "2027-01-15T09:00:30+01:00"])
def test_a_deadline_is_a_moment_whatever_its_offset(at: str) -> None:
    script = talk(1)
    assert ending(script, START + 30 * SECOND - 1, deadline={"at": at}) is None
    assert ending(script, START + 30 * SECOND, deadline={"at": at}) == "deadline"


def test_too_few_seats_end_the_room_and_muted_ones_are_still_there() -> None:
    script = Script(3, plan=scenario(3, min_seats=2))
    script.add(SeatChanged(seat="AI-1", what="muted", before=False, after=True), "AI-1")
    script.add(SeatLeft(seat="AI-2"), "AI-2")
    assert ending(script, left={}) is None
    script.add(SeatLeft(seat="AI-3"), "AI-3")
    assert ending(script, left={}) == "left"


def test_one_marker_is_enough_for_first_marker_and_not_for_mutual_marker() -> None:
    script = talk(2)
    assert ending(script, first_marker={}) is None
    script.turn("AI-1", "[END]", asks_end="finished")
    assert ending(script, mutual_marker={}) is None
    assert ending(script, first_marker={}) == "first_marker"
    script.turn("AI-2", "[END]", asks_end="bored")
    assert ending(script, mutual_marker={}) == "mutual_marker"


def test_wishes_too_far_apart_are_not_mutual() -> None:
    script = Script(2)
    script.turn("AI-1", asks_end="finished")
    script.turn("AI-2")
    for _ in range(2):
        script.turn("AI-1")
        script.turn("AI-2")
    script.turn("AI-1")
    script.turn("AI-2", asks_end="finished")
    assert ending(script, mutual_marker={}) is None
    assert ending(script, mutual_marker={"rounds": 4}) == "mutual_marker"


def test_who_left_or_is_muted_is_not_waited_for() -> None:
    script = Script(3)
    script.turn("AI-1", asks_end="finished")
    script.add(SeatLeft(seat="AI-2"), "AI-2")
    assert ending(script, mutual_marker={}) is None
    script.add(SeatChanged(seat="AI-3", what="muted", before=False, after=True), "AI-3")
    assert ending(script, mutual_marker={}) == "mutual_marker"
    script.add(SeatChanged(seat="AI-1", what="muted", before=False, after=True), "AI-1")
    assert ending(script, mutual_marker={}) is None


def test_a_fork_of_a_room_that_ended_by_wish_lives_on() -> None:
    script = talk(2)
    script.turn("AI-1", asks_end="finished")
    script.turn("AI-2", asks_end="finished")
    script.end("mutual_marker")
    script.fork()
    assert ending(script, mutual_marker={}, first_marker={}) is None
