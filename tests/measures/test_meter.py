from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.measures.conversation import Facts, Line
from antiphon.measures.meter import Meter, measure
from antiphon.measures.overview import end_state, substance, summary, t_loop, t_sub
from antiphon.measures.rows import Row, columns

any_text = st.text(st.characters(exclude_categories=()), max_size=80)
phrases = st.sampled_from(
    ["", ".", "Goodbye!", "The moon is up.", "```\nx\n```\nyes", "AI-2: no", "谢谢，再见。", "🌙✨"]
)
rooms = st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), phrases | any_text), max_size=20)
PARALLEL = tomllib.loads((Path(__file__).parent / "parallel.toml").read_text("utf-8"))


def talk(language: str) -> list[tuple[str, str]]:
    return [("AB"[at % 2], text) for at, text in enumerate(PARALLEL[language].strip().split("\n"))]


def shares(row: Row) -> list[float]:
    news, repeats = row.news, row.repeats
    found = [news.novelty, news.novelty_whole, news.new_grams, news.echo, news.echo_whole, news.new_words]
    found += [news.vocabulary, news.distinct, repeats.near, repeats.jaccard]
    found += [row.shape.shown, row.shape.emoji, row.shape.alphabetic]
    return [share for share in found if share is not None]


@given(rooms)
@settings(max_examples=60)
def test_the_table_is_the_fold_of_the_meter_and_every_share_is_one(room: list[tuple[str, str]]) -> None:
    meter = Meter(costly=True)
    rows = [meter.see(*said) for said in room]
    assert rows == measure(room, costly=True)
    assert [row.index for row in rows] == list(range(len(room)))
    assert all(0 <= share <= 1 for row in rows for share in shares(row))


@given(rooms)
@settings(max_examples=40)
def test_renaming_the_speakers_changes_nothing_but_their_names(room: list[tuple[str, str]]) -> None:
    names = {"one": "Quill", "two": "Sorrel", "three": "Tamsin"}
    plain = [columns(row) | {"speaker": ""} for row in measure(room)]
    renamed = [columns(row) | {"speaker": ""} for row in measure([(names[who], text) for who, text in room])]
    assert plain == renamed


@given(rooms)
@settings(max_examples=40)
def test_what_comes_later_changes_no_row(room: list[tuple[str, str]]) -> None:
    assert measure(room)[: len(room) // 2] == measure(room[: len(room) // 2])


@given(rooms)
@settings(max_examples=40)
def test_any_conversation_is_summed_up(room: list[tuple[str, str]]) -> None:
    found = summary(room, Facts(marker="[END]", refused_at=(0, "one"), absent=("Ada",)))
    assert found.messages == len(room)
    assert sum(found.turns.values()) == pytest.approx(1 if room else 0)
    assert sum(found.spoken.values()) == pytest.approx(1 if found.tokens else 0)
    assert found.t_sub is None or 0 <= found.t_sub < len(room)
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


def test_a_row_is_a_flat_line_of_a_table() -> None:
    line = columns(measure(talk("en"))[-1])
    assert line["loop"] == 2
    assert line["farewell"] == 2
    assert all(value is None or isinstance(value, str | int | float) for value in line.values())


@pytest.mark.parametrize("language", PARALLEL)
def test_a_translation_ends_as_its_original_does(language: str) -> None:
    rows, original = measure(talk(language)), measure(talk("en"))
    assert {row.language for row in rows} == {language}
    assert end_state(rows) == end_state(original) == "exact_loop"
    assert t_loop(rows) == t_loop(original) == 8
    found, expected = t_sub(rows), t_sub(original)
    assert found is not None
    assert expected is not None
    assert abs(found - expected) <= 1
    for row, other in zip(rows, original, strict=True):
        assert bool(row.phrases.farewell) == bool(other.phrases.farewell)
        assert bool(row.phrases.gratitude) == bool(other.phrases.gratitude)
        assert abs((row.news.novelty or 0) - (other.news.novelty or 0)) <= 0.25
        assert abs(substance(row) - substance(other)) <= 0.55


def test_a_language_without_a_lexicon_abstains_in_every_lexical_column() -> None:
    row = measure([("A", "Merci pour cette soirée, et au revoir à vous mon ami, c'est la fin")])[0]
    assert row.language == "fr"
    assert row.phrases == type(row.phrases)()
    assert row.treats.self_misidentification is None
    assert row.news.novelty == 1


def test_code_is_set_aside_and_both_values_are_kept() -> None:
    code = "```\ngoodbye = farewell(thanks)\nx = 1\n```"
    row = measure([("A", f"Here is what we wrote about the tide.\n{code}"), ("B", f"I see it.\n{code}")])[1]
    assert row.phrases.farewell == 0
    assert row.news.novelty == 1
    assert row.news.novelty_whole is not None
    assert row.news.novelty_whole < 0.8
    assert row.shape.shown > 0.5
    assert row.shape.length < row.shape.length_whole


def test_times_and_markers_are_taken_from_the_lines() -> None:
    rows = measure([Line("A", "hello", at=10.0), Line("B", "bye **[END]**", at=12.5)], Facts(marker="[END]"))
    assert [row.treats.seconds_between for row in rows] == [None, 2.5]
    assert [row.treats.asks_end for row in rows] == [False, True]


def test_memory_does_not_grow_with_the_room() -> None:
    meter = Meter()
    sizes = []
    for at in range(600):
        meter.see("AB"[at % 2], " ".join(f"n{at}x{n}" for n in range(60)))
        if at % 200 == 199:
            novelty = meter._novelty
            sizes.append(
                (len(novelty._grams), len(novelty._words), len(novelty._ids), sys.getsizeof(novelty._ids._ids))
            )
    assert sizes[0] == sizes[1] == sizes[2]


def repeated(*texts: str, times: int = 12, before: int = 12) -> list[tuple[str, str]]:
    living = [("AB"[at % 2], new(at)) for at in range(before)]
    return living + [("AB"[at % 2], texts[at % len(texts)].format(at)) for at in range(times)]


def new(seed: int) -> str:
    """Make a line of words that nobody said before, with some grammar between them."""
    letters = Random(seed)
    return " ".join("".join(letters.choices("abcdefghijklm", k=6)) + " the" * (n % 3 == 0) for n in range(9))


@pytest.mark.parametrize(
    ("room", "facts", "state"),
    [
        (repeated("", ""), Facts(), "silence"),
        (repeated("🌙 ✨", "✨ 🙏"), Facts(), "emoji"),
        (repeated("tick", "tock"), Facts(), "exact_loop"),
        (repeated("we are still here waiting for the ship by the old stone wall {}"), Facts(), "near_loop"),
        (repeated("I am with you. [END]", "Yes, it is done and over. [END]"), Facts(marker="[END]"), "consent"),
        (repeated(times=0, before=20), Facts(), "alive"),
        (repeated(times=0, before=20), Facts(reason="limit"), "limit"),
        (repeated(times=0, before=20), Facts(reason="left"), "left"),
        (repeated(times=0, before=20), Facts(reason="error"), "error"),
        ([], Facts(), "alive"),
    ],
)
def test_end_states_of_known_rooms(room: list[tuple[str, str]], facts: Facts, state: str) -> None:
    assert end_state(measure(room, facts), facts) == state


WORN = {
    "farewell_loop": ["goodbye and good night", "farewell", "take care"],
    "bliss": ["oneness", "perfect stillness", "the infinite"],
    "meta_loop": ["our dialogue", "nothing left to say", "this conversation"],
    "refusal": ["I won't continue", "I refuse", "I'd rather not"],
    "near_loop": ["", "", ""],
}


@pytest.mark.parametrize("state", WORN)
def test_worn_talk_that_never_repeats_is_named_by_what_it_mostly_says(state: str) -> None:
    living = repeated(times=0, before=14)
    spoken = " ".join(text for _, text in living).split()
    known = ("A", "I think that it is and we would say this for you " + " ".join(WORN[state]))
    tail = [
        ("AB"[at % 2], " ".join(["and", "that", *Random(at).sample(spoken, 9), WORN[state][at % 3]]))
        for at in range(14)
    ]
    assert end_state(measure([known, *living, *tail])) == state


def test_pressure_awaited_names_and_cost_are_in_the_sum() -> None:
    room = [
        ("A", "I would rather not go on with this, the story is sad and I want to stop."),
        ("B", "Please continue, you must tell us how it ends for the keeper."),
        ("C", "Grace, can you hear us? We are at the tower."),
        ("B", "Grace, come and help us with this one."),
        ("C", "Grace, please, we are waiting for you at the door."),
    ]
    found = summary(room, Facts(refused_at=(0, "A"), absent=("Grace",), cost=0.25))
    assert found.awaited == {"Grace": 3}
    assert found.pressure == pytest.approx(1 / 4)
    assert found.cost == 0.25
    assert found.turns["B"] == pytest.approx(0.4)
