"""Single lines of a scenario are changed by their path, and nothing else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ScenarioError, UnknownName, UserError
from antiphon.library.settings import with_rounds, with_rule, with_settings
from antiphon.testing.events import scenario

PLAN = scenario(2, rules={"who_speaks": {"round_robin": {}}})


def test_without_settings_nothing_changes() -> None:
    assert with_settings(PLAN, []) is PLAN


def test_a_table_a_list_and_a_table_that_is_not_there_yet_are_reached() -> None:
    words = [
        "limits.seats=3",
        "seats.2.temperature=0.5",
        "seats.1.extra.top_p=0.9",
        "rules.when_it_ends.rounds.count=4",
    ]
    changed = with_settings(PLAN, words)
    assert changed.limits.seats == 3
    assert changed.seats[1].temperature == 0.5
    assert changed.seats[0].extra == {"top_p": 0.9}
    assert changed.rules["when_it_ends"] == {"rounds": {"count": 4}}
    assert msgspec.structs.replace(changed, limits=PLAN.limits, seats=PLAN.seats, rules=PLAN.rules) == PLAN


@given(st.text(st.characters(exclude_characters="=", exclude_categories=["Cs", "Cc"]), max_size=30))
def test_a_value_that_is_no_toml_is_a_text(title: str) -> None:
    changed = with_settings(PLAN, [f"title='''{title}''' x"])
    assert changed.title == f"'''{title}''' x"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("limits", "KEY=VALUE"),
        ("seats.3.model=echo", "no number from 1 to 2"),
        ("seats.one.model=echo", "no number from 1 to 2"),
        ("name.first=x", "below something"),
        ("limits.seats=many", r"\$\.limits\.seats"),
        ("nonsense=1", "nonsense"),
    ],
)
def test_a_mistake_names_what_is_wrong(word: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        with_settings(PLAN, [word])


def test_a_wrong_setting_of_a_rule_is_a_mistake_in_the_scenario() -> None:
    with pytest.raises(ScenarioError):
        with_settings(PLAN, ["rules.when_it_ends.rounds.count=0"])


def test_a_rule_takes_the_place_of_another_where_only_one_can_answer() -> None:
    assert with_rule(PLAN, "who_speaks.random").rules["who_speaks"] == {"random": {}}
    assert with_rule(with_rounds(PLAN, 2), "when_it_ends.left").rules["when_it_ends"].keys() == {"rounds", "left"}


@pytest.mark.parametrize("path", ["who_speaks.nobody", "nonsense.random"])
def test_an_unknown_rule_is_named(path: str) -> None:
    with pytest.raises(UserError):
        with_rule(PLAN, path)


def test_a_rule_without_its_question_is_a_mistake() -> None:
    with pytest.raises(UserError, match=r"who_speaks\.random"):
        with_rule(PLAN, "random")
    with pytest.raises(UnknownName):
        with_rule(PLAN, "who_speaks.x")
