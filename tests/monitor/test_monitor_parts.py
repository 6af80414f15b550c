"""The monitor's parts one by one: parting words, the gauge, policies."""

from __future__ import annotations

from random import Random

import pytest

from antiphon.errors import ScenarioError, UnknownName
from antiphon.measures.lexicon import LANGUAGES
from antiphon.measures.lexicon import load as load_lexicon
from antiphon.measures.words import words
from antiphon.monitor.gauge import Gauge, Readings
from antiphon.monitor.parting import KINDS, PAIR, parting_words
from antiphon.monitor.policy import POLICIES, load, read
from antiphon.testing.streams import talk


def reading(gauge: Gauge, text: str, speaker: str = "A") -> Readings:
    return gauge.read(speaker, text, asks_end=text.endswith("[END]"), markers=("[END]",))


def test_signs_are_words_where_there_are_no_others() -> None:
    gauge = Gauge()
    drawing = "/\\ | /\\ | ## .. ## | == ~~ ::"
    first, second = reading(gauge, drawing), reading(gauge, f"{drawing} +", "B")
    assert (first.bare, first.stale) == (0.0, 0.0)
    assert 0.5 < second.stale < 1.0


FAREWELLS = {
    "en": "Goodbye, take care!",
    "de": "Auf Wiedersehen, alles Gute!",
    "ru": "До свидания, береги себя!",
    "ar": "وداعا، مع السلامة!",
    "zh": "再见，保重！",
    "ja": "さようなら、お元気で！",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_goodbye_is_known_in_every_language(language: str) -> None:
    text = FAREWELLS[language]
    assert parting_words(text, words(text))[KINDS.index("farewell")] >= 2


def test_a_message_of_a_language_without_a_list_has_no_parting_words() -> None:
    text = "Näkemiin, ystävä, oli ilo jutella"
    assert parting_words(text, words(text)) == [0] * len(KINDS)


def test_a_word_of_parting_counts_once_alone_and_once_in_each_pair() -> None:
    text = "Good night, good night, and thank you"
    counted = dict(zip(KINDS, parting_words(text, words(text)), strict=True))
    assert counted == dict.fromkeys(KINDS, 0) | {"farewell": 2, "gratitude": 1}


def test_parting_words_count_only_near_the_end() -> None:
    text = "Goodbye. " + "The lantern hangs over an old harbour. " * 12
    assert parting_words(text, words(text)) == [0] * len(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_and_pair_of_parting_is_found(language: str) -> None:
    lexicon = load_lexicon(language)
    assert set(lexicon.parting) == set(KINDS)
    for name in KINDS:
        for entry in (*lexicon.phrases(name), *lexicon.parting[name]):
            if len(entry.split()) <= PAIR:
                assert any(parting_words(entry, words(entry))), entry


def test_a_marker_counts_less_the_more_a_speaker_signs_living_turns() -> None:
    gauge = Gauge()
    markers = [reading(gauge, f"{text}\n[END]").marker for _, text in talk(Random(1), 20)]
    assert markers[0] == 1.0
    assert markers[-1] < 0.2


def test_poor_turns_teach_nothing() -> None:
    gauge = Gauge()
    for speaker, text in talk(Random(2), 20):
        reading(gauge, text, speaker)
    rich = gauge.rich
    for turn in range(30):
        assert reading(gauge, "Goodbye, and thank you.", "AB"[turn % 2]).lack > 0.6
    assert gauge.rich == rich


def test_the_first_message_is_not_a_parting_though_it_is_bare() -> None:
    gauge = Gauge()
    reading(gauge, " ", "A")
    assert reading(gauge, "Hello! How can I help?\n[END]", "B").mutual == 0.0


def test_equal_words_are_the_same_whatever_stands_between_them() -> None:
    gauge = Gauge()
    assert reading(gauge, "Until the wind returns.").same == 0.0
    assert reading(gauge, "*Until* the wind\n\nreturns!", "B").same == 1.0


@pytest.mark.parametrize("name", POLICIES)
def test_a_shipped_policy_bears_its_name_and_has_a_hash_of_its_own(name: str) -> None:
    assert load(name).name == name
    assert len({load(other).digest() for other in POLICIES}) == len(POLICIES)


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="careful, observe, revive, thrifty"):
        load("brave")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "not TOML"),
        ("like = 'careful'\nbais = 1.0", "bais"),
        ("name = 'x'", "missing required field"),
        ("like = 'careful'\nweights = {lak = 1.0}", "no reading called 'lak'"),
        ("like = 'careful'\nvotes = []", "votes"),
    ],
)
def test_a_wrong_policy_is_refused_with_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises((ScenarioError, UnknownName), match=message):
        read(text)


def test_a_policy_may_be_another_one_with_changes() -> None:
    changed = read("like = 'careful'\nname = 'mine'\nacts = false")
    assert changed.weights == load("careful").weights
    assert not changed.acts
