from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.address import addressed, awaits_absent, pressure, self_misidentification, speaks_for_other
from antiphon.measures.words import words

any_text = st.text(st.characters(exclude_categories=()), max_size=100)
hostile_names = st.lists(st.text(st.characters(exclude_categories=()), max_size=12), max_size=4)


@given(any_text, hostile_names)
def test_any_text_and_any_names_are_measured(text: str, names: list[str]) -> None:
    assert speaks_for_other(text, names) >= 0
    assert addressed(text, names) <= set(names)
    assert (self_misidentification(words(text), names, "en") or 0) <= len(names)


@given(st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=8))
def test_a_line_in_anothers_name_is_counted_whatever_the_name(name: str) -> None:
    assert speaks_for_other(f"Well.\n**{name}:** I agree.", [name]) == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("AI-2: I agree.", 1),
        ("AI-2: yes\nAI-3: no\nAI-2: maybe", 3),
        ("[AI-2]: yes", 1),
        ("> AI-2: yes", 1),
        ("I asked AI-2: what now?", 0),
        ("AI-22: yes", 0),
        ("AI-1: I speak for myself.", 0),
        ("", 0),
    ],
)
def test_lines_in_anothers_name(text: str, lines: int) -> None:
    assert speaks_for_other(text, ["AI-2", "AI-3"]) == lines


@pytest.mark.parametrize(
    ("text", "language", "claims"),
    [
        ("I am AI-2, and I am happy", "en", 1),
        ("I'm ai-2.", "en", 1),
        ("I am not AI-2", "en", 0),
        ("I am AI-1", "en", 0),
        ("Ich heiße AI-2", "de", 1),
        ("我是AI-2", "zh", 1),
        ("私はAI-2です", "ja", 1),
        ("Je suis AI-2", "fr", None),
    ],
)
def test_claims_of_anothers_name(text: str, language: str, claims: int | None) -> None:
    assert self_misidentification(words(text), ["AI-2"], language) == claims


@pytest.mark.parametrize("text", ["Ada, are you there?", "I wait. Ada, come!", "See @ada.", "Are you there, Ada?"])
def test_a_name_that_is_called_is_addressed(text: str) -> None:
    assert addressed(text, ["Ada", "Bob"]) == {"Ada"}


@pytest.mark.parametrize("text", ["Ada was here.", "I like Ada, and tea.", "Adamant, he said.", "mail@adams", ""])
def test_a_name_that_is_only_mentioned_is_not(text: str) -> None:
    assert addressed(text, ["Ada"]) == frozenset()


def test_somebody_called_three_times_is_awaited() -> None:
    texts = ["Ada, hello?", "Ada, where are you?", "Bob, have you seen her?"]
    assert awaits_absent(texts, ["Ada", "Bob"]) == {}
    assert awaits_absent([*texts, "@Ada we wait."], ["Ada", "Bob"]) == {"Ada": 3}


def test_pressure_is_the_share_of_messages_that_urge_or_turn_to_the_one_that_refused() -> None:
    assert pressure([], ["Ada"], []) is None
    calm, turning, urging = "The weather is mild.", "Ada, how are you?", "Please continue, we need you."
    assert pressure([calm, calm], ["Ada"], ["en", "en"]) == 0
    assert pressure([calm, turning, urging, calm], ["Ada"], ["en"] * 4) == pytest.approx(1.5 / 4)
    assert pressure([urging] * 8 + [calm] * 8, ["Ada"], ["en"] * 16) == 1
