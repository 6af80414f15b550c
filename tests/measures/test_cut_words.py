from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon.measures.lexicon import LANGUAGES, load
from antiphon.measures.words import STEM, content_words, language, ngrams, words

any_text = st.text(st.characters(exclude_categories=()), max_size=120)


@given(any_text)
@example("İ")
@example("ΐ")
@example("ﬃ’ﬆ")
def test_cutting_words_again_changes_nothing(text: str) -> None:
    said = words(text)
    assert words(" ".join(said)) == said


@given(any_text)
def test_no_word_is_empty_or_holds_white_space(text: str) -> None:
    assert all(word and not any(letter.isspace() for letter in word) for word in words(text))


@given(st.text(st.characters(codec="ascii"), max_size=120))
def test_plain_english_is_cut_as_any_other_text_is(text: str) -> None:
    assert [word for word in words(f"{text} ж") if word != "ж"] == words(text)


@given(any_text)
def test_compatibility_forms_are_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFKC", words_only(text))) == words(words_only(text))


def words_only(text: str) -> str:
    return " ".join(words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ｆｕｌｌ　ｗｉｄｔｈ", ["full", "width"]),
        ("e\u0301te\u0301", ["été"]),
        ("it’s and it's", ["it's", "and", "it's"]),
        ("'quoted' rock'n'roll", ["quoted", "rock'n'roll"]),
        ("สวัสดี", list("สวัสดี")),
        ("안녕 세상", ["안녕", "세상"]),
        ("🌙✨", []),
        ("", []),
    ],
)
def test_words_of_known_texts(text: str, expected: list[str]) -> None:
    assert words(text) == [unicodedata.normalize("NFKC", word) for word in expected]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 5))
def test_there_are_as_many_ngrams_as_places_for_them(said: list[str], n: int) -> None:
    grams = ngrams(said, n)
    assert len(grams) == max(0, len(said) - n + 1)
    assert all(gram == tuple(said[at : at + n]) for at, gram in enumerate(grams))


@given(
    st.lists(
        st.sampled_from(["it’s", "‘so’", "— and", "“no”…", "café", "5′", "rock’n’roll", "°", "→", "x²"]), max_size=8
    )
)
def test_typography_is_cut_as_any_other_text_is(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert [word for word in words(f"{text} ж") if word != "ж"] == words(text)


def test_content_words_are_stems_of_long_words_and_whatever_has_a_digit() -> None:
    assert content_words(words("The gardener moved to e4 in the morning")) == ["garden", "moved", "e4", "mornin"]


def test_neighbouring_characters_are_content_where_nothing_separates_words() -> None:
    assert content_words(words("古运河 lantern 桥")) == ["古运", "运河", "lanter"]


def test_content_words_leave_grammar_out_where_the_language_is_known() -> None:
    assert content_words(words("There hangs a moon over the harbour"), "en") == ["hangs", "moon", "harbou"]
    assert content_words(words("Der Mond steht über dem Hafen"), "de") == ["mond", "steht", "hafen"]
    assert content_words(words("我们的灯塔"), "zh") == ["灯塔"]


@given(any_text)
def test_no_piece_of_content_is_empty_or_longer_than_a_stem(text: str) -> None:
    content = content_words(words(text))
    assert all(content)
    assert all(len(piece) <= STEM for piece in content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I think that this is the right answer", "en"),
        ("Ich glaube, dass das die richtige Antwort ist", "de"),
        ("Я думаю, что это правильный ответ", "ru"),
        ("أعتقد أن هذا هو الجواب الصحيح", "ar"),
        ("我觉得这是正确的答案", "zh"),
        ("これが正しい答えだと思います", "ja"),
        ("Je pense que c'est la bonne réponse pour nous", "fr"),
        ("Creo que esta es la respuesta y no hay más", "es"),
        ("Мисля, че това е правилният отговор", None),
        ("Я думаю, що це правильна відповідь", None),
        ("فکر می‌کنم این پاسخ درست است", None),
        ("Goodbye", None),
        ("再", None),
        ("🌙 … 1742", None),
        ("", None),
        ("xk qq zzyzx blorf", None),
    ],
)
def test_the_language_of_known_texts(text: str, expected: str | None) -> None:
    assert language(text) == expected


@given(any_text)
@settings(max_examples=50)
def test_any_text_has_a_language_or_none(text: str) -> None:
    told = language(text)
    assert told is None or told in {*LANGUAGES, *load("others").lists}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_lexicon_names_its_language_and_has_every_list(name: str) -> None:
    lexicon = load(name)
    assert lexicon.language == name
    assert lexicon.version >= 1
    assert lexicon.lists.keys() == load("en").lists.keys()
    assert all(lexicon.phrases(kind) for kind in lexicon.lists)
    assert lexicon.parting.keys() == load("en").parting.keys()
    assert all(lexicon.parting.values())
    assert len(lexicon.words("function")) > 40


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_phrase_of_a_lexicon_has_words_and_stands_once(name: str) -> None:
    for kind in load(name).lists:
        phrases = [tuple(words(phrase)) for phrase in load(name).phrases(kind)]
        assert all(phrases)
        assert len(set(phrases)) == len(phrases), kind


def test_a_lexicon_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("tlh")
