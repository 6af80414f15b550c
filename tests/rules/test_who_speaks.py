from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.registry import rules_of
from antiphon.room.asking import Ask
from antiphon.room.events import SeatChanged, SeatLeft
from antiphon.room.rulebook import Rulebook
from antiphon.testing.events import MOVES, Move, Script, play, scenario

texts = st.sampled_from(["Well.", "What do you say, AI-2?", "AI-3! No: AI-1.", ""])
some_moves = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40), texts), max_size=30)


def book(name: str, **settings: object) -> Rulebook:
    return rules_of(scenario(rules={"who_speaks": {name: settings}}))


def next_seat(rules: Rulebook, script: Script) -> str | None:
    memories = rules.start()
    for event in script.events:
        rules.step(memories, event)
    chosen = rules.speaker(script.state, memories, script.now)
    assert not isinstance(chosen, Ask), "these rules ask nobody"
    return chosen


def spoken(rules: Rulebook, script: Script, turns: int) -> list[str]:
    seats = []
    for _ in range(turns):
        seat = next_seat(rules, script)
        assert seat is not None
        script.turn(seat)
        seats.append(seat)
    return seats


@pytest.mark.parametrize("name", ["round_robin", "random", "mention", "ghost"])
@given(moves=some_moves)
def test_only_a_seat_that_takes_turns_is_chosen_and_one_is_whenever_there_is_one(name: str, moves: list[Move]) -> None:
    script = play(Script(3), moves)
    chosen = next_seat(book(name), script)
    assert (chosen in {seat.id for seat in script.state.speakers()}) == bool(script.state.speakers())
    assert (chosen is None) == (not script.state.speakers())


def test_round_robin_goes_round_in_the_order_of_joining() -> None:
    assert spoken(book("round_robin"), Script(3), 7) == ["AI-1", "AI-2", "AI-3"] * 2 + ["AI-1"]


def test_round_robin_follows_the_order_that_the_scenario_gives_and_ignores_seats_that_never_came() -> None:
    rules = book("round_robin", order=["AI-3", "AI-9", "AI-1"])
    assert spoken(rules, Script(3), 4) == ["AI-3", "AI-1", "AI-2", "AI-3"]


def test_who_joins_speaks_at_the_end_of_the_round() -> None:
    script, rules = Script(3), book("round_robin")
    assert spoken(rules, script, 1) == ["AI-1"]
    script.join(by="AI-1")
    assert spoken(rules, script, 5) == ["AI-2", "AI-3", "AI-4", "AI-1", "AI-2"]


def test_who_is_muted_or_gone_is_skipped_even_when_it_spoke_last() -> None:
    script, rules = Script(4), book("round_robin")
    spoken(rules, script, 2)
    script.add(SeatLeft(seat="AI-2"), "AI-2")
    script.add(SeatChanged(seat="AI-3", what="muted", before=False, after=True), "person:ada")
    assert spoken(rules, script, 3) == ["AI-4", "AI-1", "AI-4"]


def test_who_passed_had_its_turn_and_who_failed_is_asked_again() -> None:
    script, rules = Script(2), book("round_robin")
    script.quiet_turn("AI-1", "passed")
    assert next_seat(rules, script) == "AI-2"
    script.quiet_turn("AI-2", "failed")
    assert next_seat(rules, script) == "AI-2"
    script.quiet_turn("AI-2", "lost")
    assert next_seat(rules, script) == "AI-2"


def test_an_opening_that_a_seat_is_held_to_have_said_gives_the_other_the_first_turn() -> None:
    script = Script(2)
    script.say("AI-1", " ")
    assert next_seat(book("round_robin"), script) == "AI-2"


def test_chance_gives_everybody_about_as_many_turns_and_nobody_two_in_a_row() -> None:
    seats = spoken(book("random"), Script(4), 400)
    assert all(one != two for one, two in itertools.pairwise(seats))
    assert all(70 <= turns <= 130 for turns in Counter(seats).values())
    assert len(Counter(seats)) == 4


def test_chance_draws_the_same_seats_for_the_same_seed_and_others_for_another() -> None:
    rules = book("random")
    first, again, other = (spoken(rules, Script(5, seed=seed), 30) for seed in (1, 1, 2))
    assert first == again != other


def test_chance_lets_a_seat_speak_on_that_is_alone() -> None:
    assert spoken(book("random"), Script(1), 3) == ["AI-1"] * 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What would you say, AI-3?", "AI-3"),
        ("ai-3 or Nova", "AI-4"),
        ("NOVA or AI-3, whoever likes", "AI-3"),
        ("ＡＩ-３ in wide letters", "AI-3"),
        ("Novalis and SuperNova are other people, as is AI-33", "AI-2"),
        ("I, AI-1, ask nobody but myself", "AI-2"),
        ("", "AI-2"),
        ("Super Nova is nobody here; " + "AI-3 " * 2_000 + "Nova", "AI-4"),
    ],
)
def test_the_seat_that_the_last_message_names_last_speaks_next(text: str, expected: str) -> None:
    script = Script(4)
    script.add(SeatChanged(seat="AI-4", what="label", before="AI-4", after="Nova"), "AI-4")
    script.turn("AI-1", text)
    assert next_seat(book("mention"), script) == expected


def test_a_longer_name_wins_over_one_that_it_ends_with() -> None:
    script = Script(4)
    script.add(SeatChanged(seat="AI-3", what="label", before="AI-3", after="Nova"), "AI-3")
    script.add(SeatChanged(seat="AI-4", what="label", before="AI-4", after="Super Nova"), "AI-4")
    script.turn("AI-1", "Over to you, Super Nova.")
    assert next_seat(book("mention"), script) == "AI-4"


def test_a_person_can_name_a_seat_and_a_whisper_cannot() -> None:
    script = Script(3)
    script.turn("AI-1")
    script.person("And you, AI-3?")
    script.say("AI-1", "AI-1, AI-1!", to=("AI-2",), whisper=True)
    assert next_seat(book("mention"), script) == "AI-3"


def test_a_seat_that_passes_when_it_is_named_is_not_asked_for_ever() -> None:
    script, rules = Script(3), book("mention")
    script.turn("AI-1", "AI-3?")
    script.quiet_turn("AI-3", "passed")
    assert next_seat(rules, script) == "AI-1"
    script.quiet_turn("AI-1", "passed")
    assert next_seat(rules, script) == "AI-2"
