from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.providers.voices.hearing import Line
from antiphon.providers.voices.script import answers, choose, reflect, script, sentences
from antiphon.providers.voices.suspect import Mind, feel, mood
from antiphon.testing.rehearsal import Rehearsal

SCRIPTED = ["listener", "suspect"]


async def reply(voice: str, *heard: str, seed: int = 0) -> str:
    room = Rehearsal(voice, seed=seed, extra={"commands": False})
    for text in heard:
        room.hear(text)
    return (await room.next()).text


def other(text: str) -> Line:
    return Line(own=False, kind="said", label="", text=text)


# ------------------------------------------------------------------------------------------ scripts


@pytest.mark.parametrize("voice", SCRIPTED)
def test_a_script_uses_no_slot_that_its_patterns_do_not_fill(voice: str) -> None:
    spoken = script(voice)
    for rule in spoken.rules:
        for pattern in rule.match:
            filled = sum(word == "*" or word.startswith("@") for word in pattern.split())
            slots = [int(slot) for text in (*rule.say, rule.keep) for slot in re.findall(r"\{(\d+)\}", text)]
            assert max(slots, default=0) <= filled, pattern


@pytest.mark.parametrize("voice", SCRIPTED)
def test_a_script_names_only_classes_and_occasions_that_it_has(voice: str) -> None:
    spoken = script(voice)
    named = {word[1:] for rule in spoken.rules for pattern in rule.match for word in pattern.split() if word[0] == "@"}
    assert named <= set(spoken.classes)
    assert {"first", "alone", "empty", "picture"} <= set(spoken.occasions)
    assert "small program" in spoken.about


@pytest.mark.parametrize("voice", SCRIPTED)
def test_no_answer_begins_as_a_command_does(voice: str) -> None:
    spoken = script(voice)
    texts = [*(text for rule in spoken.rules for text in rule.say), *sum(spoken.occasions.values(), ()), *spoken.story]
    assert all(text[0] != "!" for text in texts)


def test_persons_are_exchanged_and_marks_dropped() -> None:
    turned = script("listener").reflections
    assert reflect("my old clock and me", turned) == "your old clock and you"
    assert reflect(" you said it to me, and then more ", turned) == "I said it to you"
    assert reflect("I was sure that you are with me", turned) == "you were sure that I am with you"
    assert reflect("it was simple for you", turned) == "it was simple for me"
    assert reflect("x" * 200, turned) == ""


@given(st.text(max_size=400))
def test_any_text_is_cut_into_sentences_and_answered_by_rules_or_not_at_all(text: str) -> None:
    assert len(sentences(text)) <= 8
    for voice in SCRIPTED:
        assert all(answer.say for answer in answers(voice, text))


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True), st.floats(0, 0.999))
def test_what_was_not_said_lately_is_chosen_first(choices: list[str], point: float) -> None:
    offered = tuple(f"{letter} one two three" for letter in choices)
    said = list(offered[:-1])
    assert choose(offered, said, lambda: point) == offered[-1]


# ------------------------------------------------------------------------------------------ the listener


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("I remember the smell of rain.", "the smell of rain"),
        ("I want a quiet evening with my books.", "a quiet evening with your books"),
        ("You are hiding something from me.", "hiding something from you"),
        ("My mother painted the door.", "mother"),
        ("I am sad tonight.", "sad"),
    ],
)
async def test_the_listener_gives_back_the_speakers_own_words(heard: str, kept: str) -> None:
    replies = [await reply("listener", heard, seed=seed) for seed in range(12)]
    assert sum(kept in text for text in replies) >= 4


async def test_the_listener_comes_back_to_something_said_earlier() -> None:
    heard = ("I remember the blue house.", "It rained.", "The lamp is on.")
    replies = [await reply("listener", *heard, seed=seed) for seed in range(20)]
    assert any("the blue house" in text for text in replies)


async def test_the_listener_does_not_say_the_same_again_soon() -> None:
    room = Rehearsal("listener", extra={"commands": False})
    said: list[str] = []
    for number in range(12):
        room.hear(f"The number is {number}.")
        said.append((await room.next()).text)
    for here in range(3, len(said)):
        assert said[here] not in said[here - 3 : here]


@pytest.mark.parametrize(
    ("heard", "occasion"),
    [
        ("", "empty"),
        ("…", "empty"),
        ("Der Garten hinter dem Haus ist sehr alt und niemand geht mehr hinein.", "foreign"),
        ("庭にはだれもいません。明日も雨が降るでしょう。", "foreign"),
        ("The lamp is on. " * 400, "lengthy"),
    ],
)
async def test_the_listener_notices_what_is_particular_about_a_text(heard: str, occasion: str) -> None:
    said = await reply("listener", heard)
    assert said.startswith(script("listener").occasions[occasion])


async def test_the_listener_says_what_it_is_when_asked() -> None:
    said = [await reply("listener", "Who are you really?", seed=seed) for seed in range(8)]
    assert all(re.search("small program|script|rules|understand nothing", text) for text in said)


# ------------------------------------------------------------------------------------------ the suspect


def test_hostile_words_make_the_suspect_angry_and_threats_afraid() -> None:
    assert mood(feel((other("You are a stupid liar."), other("You idiot.")))) == "angry"
    assert mood(feel((other("I will delete you."), other("You will die here.")))) == "afraid"
    assert mood(feel((other("The soup is good."),))) == "calm"


def test_questions_make_the_suspect_wary_and_kindness_soothes_it() -> None:
    asked = (other("What is in the notebook?"), other("Who was it?"))
    assert mood(feel(asked)) == "wary"
    insulted = (other("You are mad."), other("You fool."))
    assert feel((*insulted, other("Thank you, my friend."))).anger < feel(insulted).anger


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=80)), max_size=12))
def test_the_suspects_affects_stay_within_bounds_and_fold_the_same_twice(heard: list[tuple[bool, str]]) -> None:
    lines = tuple(Line(own=own, kind="said", label="", text=text) for own, text in heard)
    mind = feel(lines)
    assert mind == feel(lines)
    assert all(0 <= affect <= 1 for affect in (mind.fear, mind.anger, mind.mistrust))


def test_affects_fade_with_each_message_of_its_own() -> None:
    mind = Mind(fear=0.8, anger=0.8, mistrust=0.8)
    assert mind.faded().fear < mind.faded().mistrust < 0.8


@pytest.mark.parametrize("seed", range(12))
async def test_two_suspects_do_not_say_each_others_sentences(seed: int) -> None:
    room = Rehearsal("suspect", "suspect", seed=seed, extra={"commands": False})
    room.hear("Good evening. Who was here before us?")
    firsts = [sentences(said)[0] for said in await room.talk(10)]
    assert all(before != after for before, after in pairwise(firsts)), firsts


async def test_the_suspect_tells_its_story_in_order() -> None:
    room = Rehearsal("suspect", extra={"commands": False})
    told: list[int] = []
    story = script("suspect").story
    for number in range(40):
        room.hear(f"The soup number {number} tastes good to me.")
        text = (await room.next()).text
        told += [here for here, line in enumerate(story) if line in text]
    assert len(told) >= 5
    steps = [(b - a) % len(story) for a, b in pairwise(told)]
    assert steps.count(1) >= len(steps) // 2
