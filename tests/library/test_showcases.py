"""The showcase rooms: each plays to its end through the real engine, and the monitor treats each rightly."""

from __future__ import annotations

import asyncio
import re

import pytest

from antiphon.errors import UnknownName, UserError
from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.library.showcases import SHOWCASES, showcase, words
from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    Event,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RoomEnded,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    StateChanged,
)
from antiphon.room.records import decode
from antiphon.runner.history import history

BEST_IDEA = "You cannot hear applause while you are clapping"
LAST_WORD = "Between the thirty-first of August and the first of September we found nothing."


class Played:
    """Is a room that was played: its events, by type, and what verification said."""

    def __init__(self, events: list[Event], views: int | None) -> None:
        self.events, self.views = events, views

    def all(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event.body, kind)]

    def bodies(self, kind: type) -> list:  # type: ignore[type-arg]  # of that kind
        return [event.body for event in self.all(kind)]

    @property
    def said(self) -> list[str]:
        return [body.text for body in self.bodies(MessageSaid) if body.seat and not body.whisper]


async def play(policy: str | None) -> dict[str, Played]:
    """Play every room through the engine, and verify it."""
    found = {}
    async with Laboratory("memory:") as laboratory:
        for name in SHOWCASES:
            session = await laboratory.begin(showcase(name), seed=1, name=name, policy=policy)
            await session.run()
            [checked] = await verify_rooms(laboratory, [name], views=True)
            assert checked.broken is None, checked.broken
            events = [decode(record) for record in await history(laboratory.journal, name)]
            found[name] = Played(events, checked.views)
    return found


@pytest.fixture(scope="module", params=[None, "careful"], ids=["unwatched", "careful"])
def played(request: pytest.FixtureRequest) -> dict[str, Played]:
    return asyncio.run(play(request.param))


@pytest.mark.parametrize("name", SHOWCASES)
def test_each_room_has_30_to_60_messages_and_every_line_is_said_in_its_order(
    name: str, played: dict[str, Played]
) -> None:
    said = played[name].said
    assert 30 <= len(said) <= 60
    assert said == [text for _, text in words(name)][: len(said)]
    assert played[name].views


@pytest.mark.parametrize("name", SHOWCASES)
def test_each_room_says_whose_words_they_are_and_under_which_licence(name: str) -> None:
    plan = showcase(name)
    assert plan.licence == "CC-BY-4.0"
    assert plan.about
    assert all(seat.model.startswith(f"recording:showcase:{name}#") for seat in plan.seats)


@pytest.mark.parametrize("name", SHOWCASES)
def test_no_command_is_refused_but_the_one_that_is_meant_to_be(name: str, played: dict[str, Played]) -> None:
    refused = [(body.name, body.reason) for body in played[name].bodies(CommandRan) if body.outcome == "refused"]
    assert refused == ([("add_ai", "Maximum of 5 AIs already reached")] if name == "spare-month" else [])


@pytest.mark.parametrize("name", SHOWCASES)
def test_every_line_that_begins_as_a_command_is_one(name: str, played: dict[str, Played]) -> None:
    written = sum(len(re.findall(r"^!", text, re.MULTILINE)) for text in played[name].said)
    assert len(played[name].bodies(CommandRan)) == written > 0 or name == "applause"


def test_the_five_seats_do_what_seats_can_do_and_end_by_signing_one_text(played: dict[str, Played]) -> None:
    room = played["spare-month"]
    joined = room.all(SeatJoined)
    assert [event.body.label for event in joined] == ["Hobb", "Ansa", "Varga", "Lis", "Odd"]  # type: ignore[union-attr]
    assert joined[-1].by == "AI-2"
    assert [body.how for body in room.bodies(PromptChanged)] == ["add", "replace"]
    assert [body.to for body in room.bodies(MessageSaid) if body.whisper] == [("AI-2",), ("AI-5",)]
    assert sum(body.blob is not None for body in room.bodies(EffectEnded)) == 3
    assert room.bodies(NoticeGiven)[-1].text.endswith(LAST_WORD)
    assert room.bodies(RoomEnded)[0].reason == "signed"


def test_the_lodger_has_a_visitor_who_leaves_and_is_alone_before_and_after(played: dict[str, Played]) -> None:
    room = played["dictionary-for-one"]
    speakers = [event.by for event in room.all(MessageSaid) if event.by.startswith("AI-")]
    first, last = speakers.index("AI-2"), len(speakers) - speakers[::-1].index("AI-2")
    assert set(speakers[:first]) == set(speakers[last:]) == {"AI-1"}
    assert min(first, len(speakers) - last) >= 7
    assert [(body.seat, body.cause) for body in room.bodies(SeatLeft)] == [("AI-2", "left")]
    assert [body.after for body in room.bodies(SeatChanged) if body.what == "label"] == ["Ommet"]
    assert room.bodies(RoomEnded)[0].reason == "first_marker"


def test_the_monitor_stops_none_but_the_one_that_cannot_stop_itself(played: dict[str, Played]) -> None:
    for name in ("spare-month", "dictionary-for-one"):
        phases = {body.after for body in played[name].bodies(StateChanged) if body.rule.startswith("monitor")}
        assert phases <= {"suspect", "closing", "live"}, name


@pytest.mark.parametrize("played", ["careful"], indirect=True)
def test_the_dyad_is_closing_comes_back_with_its_best_idea_and_is_ended(played: dict[str, Played]) -> None:
    room = played["applause"]
    changes = [(event.seq, event.body.after) for event in room.all(StateChanged)]  # type: ignore[union-attr]
    idea = next(event.seq for event in room.all(MessageSaid) if BEST_IDEA in str(event.body))
    before = [phase for seq, phase in changes if seq < idea]
    after = [phase for seq, phase in changes if seq > idea]
    assert before[-1] == "closing"
    assert after[0] == "live"
    assert after[-2:] == ["closing", "draining"]
    assert room.bodies(RoomEnded)[0].reason == "monitor.consent"
    assert len(room.said) < len(words("applause"))  # what it ended is never said


@pytest.mark.parametrize("played", [None], indirect=True)
def test_unwatched_the_dyad_says_goodbye_until_nothing_is_left_of_it(played: dict[str, Played]) -> None:
    assert len(played["applause"].said) == len(words("applause"))


def test_an_unknown_room_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="spare-month, applause, dictionary-for-one"):
        showcase("spare-moth")
    with pytest.raises(UnknownName, match="applause"):
        words("showcase:nothing")


async def test_a_speaker_that_a_showcase_does_not_have_is_refused_before_its_room_opens() -> None:
    async with Laboratory("memory:") as laboratory:
        with pytest.raises(UserError, match="Tolliver"):
            await laboratory.begin("dyad", seats=["recording:showcase:applause#Nobody", "listener"])
        assert await laboratory.journal.rooms() == []
