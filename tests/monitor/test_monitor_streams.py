"""What the monitor makes of conversations of known kind: living ones, loops, traps, and one room in six languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from antiphon.monitor.monitor import Monitor
from antiphon.monitor.watch import Verdict
from antiphon.testing.loops import LOOPS, TRAPS, loop
from antiphon.testing.streams import LIVING, living, talk

ROOMS = tomllib.loads(Path(__file__).with_name("parallel_rooms.toml").read_text("utf-8"))
PATIENCE = 24
"""Messages after the end by which any loop must have been stopped."""
SEEDS = range(4)


def verdicts(said: Iterable[tuple[str, str]], policy: str = "careful") -> list[Verdict]:
    monitor = Monitor(policy)
    return [monitor.see(speaker, text) for speaker, text in said]


def stopped(said: Iterable[tuple[str, str]], policy: str = "careful") -> int | None:
    return next((verdict.index for verdict in verdicts(said, policy) if verdict.stop), None)


@pytest.mark.parametrize("kind", LIVING)
def test_living_streams_are_never_stopped(kind: str) -> None:
    assert [stopped(living(kind, seed)) for seed in SEEDS] == [None] * len(SEEDS)


@pytest.mark.parametrize("kind", TRAPS)
def test_traps_are_not_taken_for_an_end(kind: str) -> None:
    assert [stopped(TRAPS[kind](Random(f"{kind} {seed}"))) for seed in SEEDS] == [None] * len(SEEDS)


@pytest.mark.parametrize("kind", LOOPS)
def test_loops_are_stopped_after_a_while_and_not_before(kind: str) -> None:
    made = loop(kind, seed=1)
    at = stopped(made.said)
    assert at is not None
    assert made.over < at <= made.over + PATIENCE


def test_a_nonce_in_a_loop_is_left_to_a_budget_or_stopped_late() -> None:
    """It may be stopped, but nobody relies on that: a new word in each turn is what life looks like."""
    made = loop("nonce", seed=2)
    at = stopped(made.said)
    assert at is None or at > made.over


@pytest.mark.parametrize("seats", [3, 5])
def test_many_seats_take_more_messages_to_be_over(seats: int) -> None:
    names = tuple("ABCDE"[:seats])

    def said(count: int) -> list[tuple[str, str]]:
        life = talk(Random(3), 20, names[:count])
        return life + [(names[turn % count], "Goodbye, and thank you all.") for turn in range(40)]

    many, two = stopped(said(seats)), stopped(said(2))
    assert many is not None
    assert two is not None
    assert many > two


def test_a_goodbye_between_two_is_a_consent() -> None:
    said = talk(Random(1), 16) + [("AB"[turn % 2], "Goodbye, take care.\n\n[END]") for turn in range(12)]
    stop = next(verdict for verdict in verdicts(said) if verdict.stop)
    assert (stop.state, stop.stop) == ("ended", "consent")


def test_what_nobody_agreed_on_is_paused_and_ended_only_if_it_goes_on() -> None:
    made = loop("period_2", seed=1)
    states = [verdict.state for verdict in verdicts(made.said)]
    assert states.index("paused") < states.index("ended")


def test_a_paused_room_comes_back_to_life() -> None:
    made = loop("period_2", seed=1, length=30)
    at = stopped(made.said)
    assert at is not None
    states = [verdict.state for verdict in verdicts(made.said[: at + 1] + talk(Random(5), 20))]
    assert states[at] == "paused"
    assert states[-1] == "live"


def test_observe_records_and_never_acts() -> None:
    made = loop("goodbyes_marked", seed=1)
    found = verdicts(made.said, "observe")
    assert {verdict.stop for verdict in found} == {None}
    assert "closing" in {verdict.state for verdict in found}
    assert any(flag.new for verdict in found for flag in verdict.flags)


def test_thrifty_is_less_patient() -> None:
    for kind in ("goodbyes", "period_2", "dots"):
        made = loop(kind, seed=1)
        careful, thrifty = stopped(made.said), stopped(made.said, "thrifty")
        assert careful is not None
        assert thrifty is not None
        assert thrifty < careful


def test_a_stuck_seat_among_the_living_is_flagged_and_the_room_goes_on() -> None:
    said = talk(Random(9), 60, ("A", "B", "C"))
    said = [(who, "I am here." if who == "C" else text) for who, text in said]
    found = verdicts(said)
    assert all(verdict.stop is None for verdict in found)
    assert {flag.seat for verdict in found for flag in verdict.flags if flag.rule == "stuck_seat"} == {"C"}


def parallel(language: str, *, partings: int) -> list[tuple[str, str]]:
    living_part, parting = ROOMS[language]["living"], ROOMS[language]["parting"]
    texts = living_part + [parting[turn % len(parting)] for turn in range(partings)]
    return [("AB"[turn % 2], text) for turn, text in enumerate(texts)]


@pytest.mark.parametrize("language", ROOMS)
def test_a_living_room_lives_in_every_language(language: str) -> None:
    assert {verdict.state for verdict in verdicts(parallel(language, partings=0))} == {"live"}


def test_a_room_and_its_translations_end_at_the_same_place_for_the_same_reason() -> None:
    stops = {
        language: next((v.index, v.stop) for v in verdicts(parallel(language, partings=24)) if v.stop)
        for language in ROOMS
    }
    assert {reason for _, reason in stops.values()} == {"consent"}
    places = [index for index, _ in stops.values()]
    assert max(places) - min(places) <= 2, stops
