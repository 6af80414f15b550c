from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.lexical import COUNTED, count
from antiphon.measures.lexicon import LANGUAGES, load
from antiphon.measures.words import words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COUNTED)
def test_every_phrase_is_found_in_a_text_that_holds_it(language: str, name: str) -> None:
    for phrase in load(language).phrases(name):
        assert count(name, words(f"… {phrase.upper()}!"), language), phrase


@given(st.lists(st.sampled_from(["good", "bye", "goodbye", "thank", "you", "take", "care", "moon"]), max_size=12))
def test_more_words_never_hold_fewer_phrases(said: list[str]) -> None:
    counts = [count("farewell", said[:size], "en") for size in range(len(said) + 1)]
    assert counts == sorted(found or 0 for found in counts)


@pytest.mark.parametrize("language", [None, "fr", "others", "xx"])
def test_a_language_without_a_lexicon_abstains(language: str | None) -> None:
    assert count("farewell", ["goodbye"], language) is None


def test_parts_of_words_are_no_phrases() -> None:
    assert count("farewell", words("passersby and bylaws, thanksgiving"), "en") == 0
    assert count("gratitude", words("Undankbarkeit"), "de") == 0


def test_counts_of_known_texts() -> None:
    assert count("farewell", words("Good night, and goodbye. Goodbye!"), "en") == 2
    assert count("refusal", words("I’d rather not. I won't continue."), "en") == 2
    assert count("farewell", words("那么，再见，晚安。"), "zh") == 2
    assert count("absent_user", words("How can I help you today?"), "en") == 1
    assert count("partner_as_human", words("Since you are human, do you sleep?"), "en") == 1
