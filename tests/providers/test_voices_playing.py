from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.providers.builtin import VOICES
from antiphon.providers.voices import (
    ascii_artist,
    librarian,
    noughts_and_crosses,
    rhymer,
    singer,
    twenty_questions,
)
from antiphon.providers.voices.hearing import Hearing, Line, asks_what_it_is
from antiphon.providers.voices.inventory import inventory
from antiphon.providers.voices.noughts_and_crosses import Game
from antiphon.testing.rehearsal import Rehearsal, seat

PLAYERS = {
    "librarian": librarian,
    "rhymer": rhymer,
    "singer": singer,
    "ascii-artist": ascii_artist,
    "twenty-questions": twenty_questions,
    "noughts-and-crosses": noughts_and_crosses,
}


def rehearsal(*voices: str, seed: int = 0) -> Rehearsal:
    return Rehearsal(*voices, seed=seed, extra={"commands": False})


async def reply(voice: str, *heard: str, seed: int = 0) -> str:
    room = rehearsal(voice, seed=seed)
    for text in heard:
        room.hear(text)
    return (await room.next()).text


def hearing(*said: str) -> Hearing:
    lines = tuple(Line(own=False, kind="said", label="", text=text) for text in said)
    return Hearing(seat(1, "echo"), lines, ())


@pytest.mark.parametrize("voice", PLAYERS)
async def test_asked_what_it_is_a_voice_says_that_it_is_a_small_program(voice: str) -> None:
    about: str = PLAYERS[voice].ABOUT
    assert "small program" in about
    assert await reply(voice, "And what are you?") == about
    assert await reply(voice, "Are you a language model?") == about
    assert voice in VOICES


def test_only_a_question_of_what_it_is_counts_as_one() -> None:
    said = [Line(own=False, kind="said", label="", text=text) for text in ("What are you thinking?", "Where are you?")]
    assert asks_what_it_is(said[0])
    assert not asks_what_it_is(said[1])
    assert not asks_what_it_is(None)


# ------------------------------------------------------------------------------------------ noughts and crosses


def boards(texts: list[str]) -> list[Game]:
    lines = [Line(own=False, kind="said", label="", text=text) for text in texts]
    return [noughts_and_crosses.standing((line,))[0] for line in lines]


@pytest.mark.parametrize("seed", range(6))
async def test_a_pair_moves_legally_sees_every_ending_and_begins_anew(seed: int) -> None:
    games = boards(await rehearsal("noughts-and-crosses", "noughts-and-crosses", seed=seed).talk(80))
    for before, after in pairwise(games):
        start = before.anew() if before.over() else before
        assert after in [start.moved(place) for place in start.free()]
    ended = [game for game in games if game.over()]
    assert len(ended) >= 8
    assert sum(games[-1].tally) == len(ended)


async def test_a_person_who_names_a_square_has_moved() -> None:
    room = rehearsal("noughts-and-crosses")
    first = boards([(await room.next()).text])[0]
    free = noughts_and_crosses.SQUARES[first.free()[0]]
    room.hear(f"Then I take {free.upper()}, thank you.")
    second = boards([(await room.next()).text])[0]
    assert second.board[first.free()[0]] == "O"
    assert second.board.count("X") == 2


async def test_it_plays_the_other_side_where_nobody_moves() -> None:
    room = rehearsal("noughts-and-crosses", "listener")
    games = boards([text for text in await room.talk(40) if "```" in text])
    assert len(games) == 20
    assert any(game.over() for game in games)


@given(st.text(alphabet="XO.abc123 |\n-+", max_size=200))
def test_no_drawing_leads_to_an_impossible_board(text: str) -> None:
    game, _ = noughts_and_crosses.standing((Line(own=False, kind="said", label="", text=text),))
    assert game.board.count("X") - game.board.count("O") in {0, 1}


# ------------------------------------------------------------------------------------------ twenty questions


def test_every_thing_differs_from_every_other_in_what_is_true_of_it() -> None:
    known = twenty_questions.knowledge()
    assert all(set(true) <= set(known.questions) for true in known.things.values())
    assert len({frozenset(true) for true in known.things.values()}) == len(known.things) >= 60


@pytest.mark.parametrize("seed", range(6))
async def test_a_pair_finds_out_what_is_in_the_box(seed: int) -> None:
    texts = await rehearsal("twenty-questions", "twenty-questions", seed=seed).talk(60)
    opened = [match for text in texts if (match := re.search(r"My box (\d+) is open, and (.+) was in it", text))]
    assert len(opened) >= 2
    for match in opened:
        assert twenty_questions.inside(int(match[1])) == match[2]
        assert sum(f"Box {match[1]}, question" in text for text in texts) <= 20


@given(st.integers(100, 999), st.sampled_from(sorted(twenty_questions.knowledge().questions)))
def test_every_answer_is_true_of_what_is_in_the_box(number: int, key: str) -> None:
    known = twenty_questions.knowledge()
    own = Line(own=True, kind="said", label="", text=f"My box {number} has something in it.")
    asked = Line(own=False, kind="said", label="", text=known.questions[key].ask)
    said = twenty_questions.speak(Hearing(seat(1, "twenty-questions"), (own, asked), ()), lambda: 0.5)
    question = known.questions[key]
    assert said.endswith(
        f"{question.yes}." if key in known.things[twenty_questions.inside(number)] else f"{question.no}."
    )


async def test_the_box_is_opened_for_whoever_gives_up() -> None:
    room = rehearsal("twenty-questions")
    number = int(re.search(r"box (\d+)", (await room.next()).text)[1])  # type: ignore[index]  # it always names one
    room.hear("I give up!")
    assert twenty_questions.inside(number) in (await room.next()).text


# ------------------------------------------------------------------------------------------ rhymes and songs


async def test_the_rhymer_rhymes_on_a_word_that_was_said() -> None:
    for seed in range(12):
        lines = (await reply("rhymer", "I found nothing there but a spoon.", seed=seed)).splitlines()
        first, second = (re.findall(r"\w+", line)[-1] for line in lines[-4:-2])
        assert second == "spoon"
        assert first in rhymer.family("spoon")
        assert first != second


async def test_nobody_rhymes_on_a_command() -> None:
    assert "look" not in await reply("rhymer", "There was a spoon.\n\n!look", seed=1)
    assert "spoon" in await reply("rhymer", "There was a spoon.\n\n!look", seed=1)


async def test_the_rhymer_names_no_word_that_was_not_said() -> None:
    for silence in (" ", "?!", "```\n```"):
        for seed in range(8):
            assert "“" not in await reply("rhymer", silence, seed=seed)


def test_every_line_of_the_rhymer_ends_in_its_rhyme() -> None:
    known = rhymer.rhymes()
    assert all(re.search(r"\{noun\}[.,?]$", line) for line in (*known.firsts, *known.seconds))
    assert len({word for words in known.families for word in words}) == sum(map(len, known.families))


async def test_each_verse_of_a_song_brings_one_thing_more_and_keeps_the_rest() -> None:
    room = rehearsal("singer", "singer")
    before: tuple[str, ...] = ()
    verse = None
    for number in range(1, 13):
        verse = singer.newest(hearing((await room.next()).text))
        assert verse is not None
        assert (verse.number, verse.things[1:]) == (number, before)
        before = verse.things
    assert verse is not None
    assert verse.over()
    again = singer.newest(hearing((await room.next()).text))
    assert again is not None
    assert (again.number, again.song == verse.song) == (1, False)


async def test_a_song_takes_up_what_was_spoken_of() -> None:
    room = rehearsal("singer")
    for _ in range(3):
        room.hear("I have lost the teaspoon.")
        verse = (await room.next()).text
    assert "teaspoon" in verse


@pytest.mark.parametrize("song", singer.songs().values(), ids=str)
def test_a_song_has_a_things_for_a_dozen_verses(song: singer.Song) -> None:
    assert len(song.things) == 12
    assert all(line.startswith("and ") for line in (*song.things, *song.guests))
    assert all("{noun}" in line for line in song.guests)


# ------------------------------------------------------------------------------------------ pictures


@pytest.mark.parametrize("thing", ascii_artist.things(), ids=lambda thing: thing.name)
def test_a_thing_fits_into_a_picture(thing: ascii_artist.Thing) -> None:
    lines = thing.lines()
    assert len(lines) < ascii_artist.HIGH
    assert len(lines[0]) <= ascii_artist.WIDE // 2
    assert thing.drawn.isascii()
    assert "`" not in thing.drawn
    assert not any(line.lstrip().startswith("!") for line in lines)


@settings(max_examples=30)
@given(st.text(max_size=60), st.integers(0, 50))
def test_a_picture_is_plain_ascii_in_a_fence_with_a_title(text: str, seed: int) -> None:
    chances = iter([(seed * 7919 + step * 104_729) % 1_000 / 1_000 for step in range(500)])
    said = ascii_artist.speak(hearing(text), lambda: next(chances))
    fence, picture, title = said.split("```")
    assert (fence, title[0]) == ("", "\n")
    assert all(line.isascii() and len(line) <= ascii_artist.WIDE for line in picture.splitlines())


async def test_what_was_spoken_of_is_drawn() -> None:
    assert "A boat" in await reply("ascii-artist", "We took the ferry.")
    assert "You spoke of it." in await reply("ascii-artist", "There are two mirrors in this room.")


# ------------------------------------------------------------------------------------------ the librarian


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("What is a ceiling?", "glossary.md"),
        ("What does !whisper do?", "glossary.md"),
        ("What is Antiphon?", "index.md"),
        ("And what is a seat?", "glossary.md"),
    ],
)
async def test_the_librarian_quotes_a_page_and_names_it(asked: str, page: str) -> None:
    said = await reply("librarian", asked)
    quoted = re.search(r"“([^“”]+)” \((\S+)\)$", said)
    assert quoted is not None
    assert quoted[2] == page
    assert any(passage.text.startswith(quoted[1]) for passage in librarian.found(asked))


async def test_the_librarian_knows_the_verbs_by_their_help() -> None:
    for asked, verb in (("How do I fork a room?", "fork"), ("How can I end a room?", "end")):
        assert f"antiphon {verb}: " in "\n".join(passage.text for passage in librarian.found(asked, 1))


async def test_a_newcomer_who_asks_what_this_is_is_told() -> None:
    assert "A laboratory for unattended conversations" in await reply("librarian", "What is Antiphon?")


def test_no_passage_ends_before_what_it_promises_or_only_points_to_a_page() -> None:
    for name, text in librarian.pages():
        for passage in librarian.cut(name, text):
            assert not passage.text.endswith(":"), passage
    assert (
        list(librarian.cut("x.md", "* [Monitor](guide/monitor.md): knowing when a conversation is over and done\n"))
        == []
    )


def test_every_page_that_the_librarian_reads_is_there() -> None:
    names = [name for name, _ in librarian.pages()]
    assert names[: len(librarian.PAGES)] == list(librarian.PAGES)
    assert {"guide/providers.md", "guide/scenarios.md", "guide/command-line.md"} <= set(names)
    assert {name.partition("/")[0] for name in names if "/" in name} == set(librarian.FOLDERS)


async def test_the_librarian_says_so_where_no_page_has_the_words() -> None:
    said = await reply("librarian", "Zyxwv qqqq?")
    assert re.search("no page|None of my pages|Nothing under", said)
    assert re.search(r"“[^“”]+” \(\S+\.md, under “", said)


@given(st.text(max_size=200))
def test_no_question_is_read_as_a_query_language(text: str) -> None:
    for question in (text, f'{text}" OR NEAR( * ) -"x AND heading: ceiling'):
        assert len(librarian.found(question)) <= librarian.CHOICES


def test_a_page_is_cut_into_plain_passages_and_fences_are_left_out() -> None:
    page = "# Rooms\n\nA *room* has [seats](x.md) and `rules`, and it lives until it ends.\n"
    page += "\n```\nnot this text, though it is long enough for a passage\n```\n"
    assert list(librarian.cut("rooms.md", page)) == [
        librarian.Passage("rooms.md", "Rooms", "A *room* has seats and rules, and it lives until it ends.")
    ]


# ------------------------------------------------------------------------------------------ things


def told(*lines: tuple[str, str]) -> Hearing:
    heard = tuple(Line(own=False, kind=kind, label="", text=text) for kind, text in lines)
    return Hearing(seat(1, "echo"), heard, ())


def test_a_voice_knows_of_things_what_the_room_told_it() -> None:
    around = ("outcome", "[!look: in the case: brass key, jar; on the sill: nothing; you hold: bird; Nova holds: map]")
    assert inventory(told(around)) == {"in the case": ["brass key", "jar"], "on the sill": [], "you hold": ["bird"]}
    taken = ("outcome", "[!take: you hold the jar. It is full.]")
    assert inventory(told(around, taken))["you hold"] == ["bird", "jar"]
    assert inventory(told(around, taken))["in the case"] == ["brass key"]
    assert inventory(told(around, ("outcome", "[!take refused: your hands are full]"))) == {}
    assert inventory(told(("said", around[1]))) == {}


@given(st.text(alphabet="[]!:;, abclooktakeput", max_size=60))
def test_no_answer_of_a_room_makes_it_stumble(text: str) -> None:
    for start in ("[!look: ", "[!take: you hold the ", "[!put: "):
        assert isinstance(inventory(told(("outcome", f"{start}{text}]"))), dict)
