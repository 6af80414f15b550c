from __future__ import annotations

import msgspec
import pytest

from antiphon.errors import ScenarioError
from antiphon.room.scenario import Scenario, parse_scenario

WHOLE = """
name = "two-voices"
title = "Two voices"
labels = "never"
opening = " "
continue = "[room]: Go on."
joiners_hear = "last 3"
end_markers = ["[END]"]
rights = ["*"]

[[seats]]
model = "echo"
temperature = 0.7
extra = { top_p = 0.9, seed = 3 }

[[seats]]
model = "listener"
label = "Nova"
rights = ["end"]

[ceilings]
money = 1.5

[limits]
seats = 4

[rules.who_speaks.round_robin]

[rules.when_it_ends.deadline]
at = 2026-11-21T09:30:00Z

[rules.when_it_ends.rounds]
count = 12
told = "the_value"
"""


def error(text: str | bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, source="mine.toml")
    return str(caught.value)


def test_a_scenario_survives_being_stored_in_room_opened() -> None:
    plan = parse_scenario(WHOLE)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Scenario) == plan
    assert [seat.label for seat in plan.seats] == ["", "Nova"]
    assert plan.continue_ == "[room]: Go on."


def test_the_rules_keep_the_order_in_which_they_are_written() -> None:
    assert list(parse_scenario(WHOLE).rules["when_it_ends"]) == ["deadline", "rounds"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("temperature = 0.7", "temperature = 2.5", "$.seats[0].temperature"),
        ("temperature = 0.7", "temperature = nan", "$.seats[0].temperature"),
        ("temperature = 0.7", 'temperature = "hot"', "$.seats[0].temperature"),
        ('label = "Nova"', "label = 3", "$.seats[1].label"),
        ('label = "Nova"', 'lable = "Nova"', "$.seats[1]"),
        ("money = 1.5", "money = 0", "$.ceilings.money"),
        ("seats = 4", "seats = 65", "$.limits.seats"),
        ('labels = "never"', 'labels = "maybe"', "$.labels"),
        ('"last 3"', '"last 0"', "$.joiners_hear"),
        ('name = "two-voices"', 'name = "../etc"', "$.name"),
        ("[rules.who_speaks.round_robin]", "[rules]\nwho_speaks = 3", "$.rules"),
        ('rights = ["end"]', 'rights = ["end", 1]', "$.seats[1].rights[1]"),
    ],
)
def test_an_error_names_the_file_and_the_path(old: str, new: str, path: str) -> None:
    assert old in WHOLE
    text = error(WHOLE.replace(old, new))
    assert text.startswith("mine.toml: ")
    assert f"`{path}" in text


def test_an_unknown_field_at_the_top_is_named() -> None:
    assert "`titel`" in error(WHOLE.replace("title =", "titel ="))


def test_a_room_without_seats_is_refused() -> None:
    assert "$.seats" in error('name = "empty"\nseats = []')
    assert "seats" in error('name = "empty"')


@pytest.mark.parametrize("text", ["name = ", b"name = '\xff'", "a = 1\na = 2", "a = " + "[" * 100_000])
def test_what_is_not_toml_is_refused_as_such(text: str | bytes) -> None:
    assert "mine.toml is not TOML" in error(text)


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
def test_a_number_that_no_journal_can_hold_is_refused(value: str) -> None:
    assert "$.seats[0].extra.top_p" in error(WHOLE.replace("0.9", value))
    assert "$.ceilings.money" in error(WHOLE.replace("1.5", value))


@pytest.mark.parametrize(
    ("line", "words"),
    [('name = "küche"', "letters from a to z"), ('name = "x"\njoiners_hear = "last 0"', '"last N"')],
)
def test_an_error_by_pattern_is_told_in_words(line: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words) as caught:
        parse_scenario(f'{line}\n[[seats]]\nmodel = "echo"\n')
    assert "regex" not in str(caught.value)
