"""`antiphon init`: a scenario as it is shipped, from options, or from five answers; prices and ceilings are shown."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.assembly import scenario_names
from antiphon.errors import ScenarioError
from antiphon.library.drafting import Answers, drafted
from antiphon.library.shipped import scenario_text
from antiphon.room.scenario import parse_scenario
from antiphon.testing.program import Type

NAMES = list(scenario_names())


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.mark.parametrize("name", NAMES)
def test_without_options_it_is_the_shipped_text(antiphon: Type, name: str) -> None:
    assert antiphon("init", "a.toml", "--from", name).code == 0
    assert Path("a.toml").read_bytes() == scenario_text(name)


def test_the_command_it_gives_can_be_typed_whatever_the_file_is_called(antiphon: Type) -> None:
    assert "antiphon run 'my room.toml'" in antiphon("init", "my room.toml").out


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_changes_what_was_answered_and_nothing_else(name: str) -> None:
    before = parse_scenario(scenario_text(name))
    models = [f"ollama:model-{n}" for n in range(len(before.seats))]
    text = drafted(Answers(start=name, models=models, told='Say "[x]".\nNo more.', messages=7, money=0.5, name="mine"))
    after = parse_scenario(text)
    assert [seat.model for seat in after.seats] == models
    assert [seat.label for seat in after.seats] == [seat.label for seat in before.seats]
    assert (after.name, after.system) == ("mine", 'Say "[x]".\nNo more.')
    assert (after.ceilings.messages, after.ceilings.money) == (7, 0.5)
    assert (after.rules, after.things, after.rights) == (before.rules, before.things, before.rights)
    assert b"# " in text


@given(
    name=st.sampled_from(NAMES),
    told=st.text(max_size=80),
    models=st.lists(st.text(min_size=1, max_size=12), max_size=5),
)
def test_any_words_make_a_scenario_that_says_just_them(name: str, told: str, models: list[str]) -> None:
    shipped = parse_scenario(scenario_text(name))
    told = told.encode("utf-8", "replace").decode()
    models = [model.encode("utf-8", "replace").decode() for model in models]
    after = parse_scenario(drafted(Answers(start=name, models=models, told=told)))
    assert after.system == (told.strip() or shipped.system)
    assert [seat.model for seat in after.seats] == (models or [seat.model for seat in shipped.seats])


def test_more_seats_than_fit_are_refused() -> None:
    with pytest.raises(ScenarioError, match="6 seats do not fit"):
        drafted(Answers(start="backrooms", models=["echo"] * 6))


def test_five_answers_make_a_room_that_runs(antiphon: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "nonsense", "debate", "echo, nobody-known", "echo, listener, singer", "Be brief.", "9", "0")
    ran = antiphon("init", "my-debate.toml", "--ask")
    assert ran.code == 0, ran.err
    assert "no room called 'nonsense'" in ran.out + ran.err
    assert "no model called 'nobody-known'" in ran.out + ran.err
    assert "singer: free" in ran.out
    assert "Nobody in this room costs anything; it pauses after 9 messages." in ran.out
    told = antiphon("run", "my-debate.toml", "--rounds", "1", "--json")
    assert told.code == 0
    assert told.json[0]["room"].startswith("my-debate-")
    assert [line["seat"] for line in told.json if line["type"] == "message.said" and line.get("seat")] == [
        "AI-1",
        "AI-2",
        "AI-3",
    ]


def test_prices_and_ceilings_are_shown_before_a_file_is_written(
    antiphon: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "", "gpt-4o-mini, gpt-4o-mini", "", "", "0.25")
    ran = antiphon("init", "--ask")
    assert ran.code == 0, ran.err
    assert "gpt-4o-mini: $0.15 in, $0.6 out, a million tokens" in ran.out
    assert "it pauses at 60 messages or 500,000 tokens or $0.25" in ran.out
    plan = parse_scenario(Path("room.toml").read_bytes())
    assert (plan.ceilings.messages, plan.ceilings.money) == (60, 0.25)


def test_a_money_limit_over_an_unknown_price_is_told_at_once(antiphon: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "", "gpt-4o, echo", "", "20", "1", "soon", "0")
    ran = antiphon("init", "--ask")
    assert ran.code == 0, ran.err
    assert "nobody knows what GPT-4o costs" in ran.out + ran.err
    assert "such as 0.50" in ran.out + ran.err
    assert "price unknown" in ran.out


def test_options_answer_in_the_place_of_a_person(antiphon: Type) -> None:
    words = ("--from", "interview", "--seat", "gpt-4o-mini", "--seat", "echo", "--messages", "8", "--money", "0.1")
    ran = antiphon("init", "talk.toml", *words)
    assert ran.code == 0, ran.err
    assert "less than $0.01" in ran.out
    assert [seat.label for seat in parse_scenario(Path("talk.toml").read_bytes()).seats] == ["Guest", "Interviewer"]


def test_nobody_at_the_keyboard_and_no_answers_left_writes_nothing(
    antiphon: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "dyad")
    assert antiphon("init", "--ask").code == 1
    assert not Path("room.toml").exists()


@pytest.mark.parametrize(
    "words", [("--seat", "nobody-known"), ("--from", "nonsense"), ("--money", "1", "--seat", "gpt-4o")]
)
def test_a_mistake_writes_nothing(antiphon: Type, words: tuple[str, ...]) -> None:
    assert antiphon("init", *words).code == 2
    assert not Path("room.toml").exists()
