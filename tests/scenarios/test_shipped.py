from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import antiphon
from antiphon.providers.builtin import VOICES
from antiphon.registry import rules_of
from antiphon.room.events import CommandRan, MessageSaid, RoomEnded, RuleNoted, TurnEnded, TurnRequested
from antiphon.room.scenario import COMMANDS_FOR_ALL, COMMANDS_FOR_THINGS, Scenario, parse_scenario
from antiphon.room.seating import promises

FILES = sorted((Path(antiphon.__file__).parent / "scenarios").glob("*.toml"))
SHIPPED = {path.stem: parse_scenario(path.read_bytes(), source=path.name) for path in FILES}

every = pytest.mark.parametrize("name", SHIPPED)


def test_all_are_there() -> None:
    assert set(SHIPPED) >= {
        *("ascii-gallery", "backrooms", "debate", "dyad", "group-chat"),
        *("interview", "last-words", "museum-of-objects", "solo"),
    }


@every
def test_a_scenario_bears_its_files_name_and_says_what_it_is(name: str) -> None:
    scenario = SHIPPED[name]
    assert scenario.name == name
    assert scenario.title
    assert scenario.about.endswith(".")
    assert scenario.licence == "CC-BY-4.0"
    assert scenario.system.strip()


@every
def test_a_scenario_runs_offline_and_ends_by_itself(name: str) -> None:
    scenario = SHIPPED[name]
    assert all(seat.model in VOICES and not seat.key and not seat.base_url for seat in scenario.seats)
    assert scenario.pictures.painter == "placeholder"
    assert 1 <= scenario.rules["when_it_ends"]["rounds"]["count"] * len(scenario.seats) <= 100


@every
def test_its_rules_exist_and_take_their_settings(name: str) -> None:
    scenario = SHIPPED[name]
    assert set(scenario.rules) <= {"who_speaks", "how_much", "what_is_heard", "what_counts", "when_it_ends"}
    assert rules_of(scenario).promises("AI-1")


@every
def test_its_system_text_promises_nothing_that_a_rule_or_command_promises(name: str) -> None:
    text = SHIPPED[name].system
    assert not re.search(
        rf"\b(rounds?|tokens?|turns|{'|'.join(f'!{command}' for command in COMMANDS_FOR_ALL)})\b", text
    )


@every
def test_a_marker_is_told_by_the_setting_that_the_room_reads(name: str) -> None:
    scenario = SHIPPED[name]
    assert "[END]" not in scenario.system
    told = promises(scenario, rules_of(scenario), "AI-1")
    assert any("[END]" in sentence for sentence in told) == bool(scenario.end_markers)


def commands(scenario: Scenario) -> set[str]:
    return set(COMMANDS_FOR_ALL) if "*" in scenario.rights else set(scenario.rights)


@every
def test_its_rights_are_commands(name: str) -> None:
    scenario = SHIPPED[name]
    assert commands(scenario) <= {*COMMANDS_FOR_ALL, *(COMMANDS_FOR_THINGS if scenario.things else ())}


def test_the_backrooms_have_five_seats_that_talk_and_every_command() -> None:
    room = SHIPPED["backrooms"]
    assert len(room.seats) == room.limits.seats == 5
    assert {seat.model for seat in room.seats} == {"echo", "listener", "suspect"}
    assert commands(room) == set(COMMANDS_FOR_ALL)


def test_the_teller_of_the_last_words_says_less_and_less_and_the_witness_hears_it_all() -> None:
    room = antiphon.open("last-words", journal="memory:", seed=7).run_sync()
    bodies = [event.body for event in room.events()]
    requests = [body for body in bodies if isinstance(body, TurnRequested)]
    limits = [body.parameters["tokens"] for body in requests if body.seat == "AI-1"]
    noted = [body.data for body in bodies if isinstance(body, RuleNoted) and "alive" in body.data]
    shares = [data["alive"] / data["of"] for data in noted]
    assert shares
    assert limits[0] == 120
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] < 40
    assert shares == sorted(shares, reverse=True)
    assert all(body.view.kept_prefix == 1 for body in requests if body.seat == "AI-2")
    assert bodies[-1] == RoomEnded(reason="rounds")


def test_the_dyad_begins_with_one_space_held_to_be_seat_ones() -> None:
    room = SHIPPED["dyad"]
    assert len(room.seats) == 2
    assert (room.opening, room.opening_seat) == (" ", 1)
    assert room.end_markers == ("[END]", "**[END]**")
    assert room.rights == ()


def test_the_things_of_the_museum_are_looked_at_taken_and_laid_out_anew() -> None:
    room = antiphon.open("museum-of-objects", journal="memory:", seed=4).run_sync()
    ran = [event.body for event in room.events() if isinstance(event.body, CommandRan)]
    done = Counter(body.name for body in ran if body.outcome == "done")
    assert min(done["look"], done["take"], done["put"]) >= 3
    assert all(body.reason for body in ran if body.outcome == "refused")
    assert len(SHIPPED["museum-of-objects"].things) == 12


def test_both_walls_of_the_gallery_hang_full_of_different_pictures() -> None:
    room = antiphon.open("ascii-gallery", journal="memory:", seed=3).run_sync()
    said = [event.body for event in room.events() if isinstance(event.body, MessageSaid)]
    pictures = [body.text for body in said if body.text.startswith("```") and body.seat != "AI-2"]
    assert len(pictures) == len(set(pictures)) == 16


@pytest.mark.parametrize("name", ["ascii-gallery", "debate", "interview", "museum-of-objects"])
def test_a_scenario_is_played_to_its_end_without_a_failure(name: str) -> None:
    room = antiphon.open(name, journal="memory:", seed=1).run_sync()
    bodies = [event.body for event in room.events()]
    assert bodies[-1] == RoomEnded(reason="rounds")
    assert not [body for body in bodies if isinstance(body, TurnEnded) and body.outcome == "failed"]
