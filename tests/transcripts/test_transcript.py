"""A transcript becomes a paused room: no right granted, no time invented, every reference in place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import TranscriptError
from antiphon.room.events import CommandRan, EffectEnded, MessageSaid, RoomOpened, SeatJoined
from antiphon.room.scenario import Scenario
from antiphon.room.state import fold
from antiphon.transcripts.entries import Commanded, Noticed, Painted, Said, SeatShown
from antiphon.transcripts.transcript import Transcript, drafts

SEATS = (SeatShown(label="fern", model="fern-2"), SeatShown(label="moss", model="moss-1"))
ENTRIES = (
    Said(speaker="fern", text="light it"),
    Commanded(speaker="fern", name="image", args=("a lamp",), picture=1),
    Commanded(speaker="fern", name="prompt", args=("you are a lamp",)),
    Commanded(speaker="fern", name="temperature", args=("1.5",)),
    Commanded(speaker="fern", name="add_ai", args=("moss-1", "come in"), guest="moss"),
    Commanded(speaker="fern", name="add_ai", args=("reed", "you too"), outcome="refused", reason="full"),
    Noticed(text="full"),
    Painted(speaker="fern", description="a lamp", picture=1),
    Said(speaker="moss", text="good night\n\n**[END]**"),
    Said(speaker="Ada", text="hello", person=True, at="10:00"),
)
WHOLE = Transcript(
    title="fern ↔ moss", format="test", file="a.md", seats=SEATS, entries=ENTRIES, end_markers=("[END]",)
)


def test_a_room_made_of_a_transcript_folds_and_is_paused(placed: Any) -> None:
    state = fold("room-1", placed(drafts(WHOLE)))
    assert state.phase == "paused"
    assert state.messages == 2
    assert state.persons == 1
    assert state.seats["AI-1"].temperature == 1.5
    assert state.seats["AI-1"].layers == ["you are a lamp"]
    assert state.seats["AI-2"].by == "AI-1"
    assert set(state.asks) == {"AI-2"}
    assert state.effects == {}


def test_an_import_grants_nothing_and_tells_where_it_came_from() -> None:
    made = [draft.body for draft in drafts(WHOLE)]
    opened = made[0]
    assert isinstance(opened, RoomOpened)
    assert opened.labels == {"imported": "test", "file": "a.md"}
    joined = [body for body in made if isinstance(body, SeatJoined)]
    assert all(body.rights == () and body.provider == "imported" and body.free for body in joined)
    assert joined[1].invitation == "come in"


def test_commands_name_the_message_they_stood_in_and_pictures_their_command() -> None:
    made = drafts(WHOLE)
    ran = [draft.body for draft in made if isinstance(draft.body, CommandRan)]
    assert all(isinstance(made[body.message - 1].body, MessageSaid) for body in ran if body.message)
    ended = next(draft.body for draft in made if isinstance(draft.body, EffectEnded))
    assert ended.effect == ran[0].effect
    assert (ended.blob, ended.failed) == (None, None)


def test_times_that_a_file_does_not_tell_are_unknown() -> None:
    said = [draft.body for draft in drafts(WHOLE) if isinstance(draft.body, MessageSaid)]
    assert [body.said_at for body in said] == ["unknown", "unknown", "10:00"]


@given(st.text())
def test_any_title_gives_a_scenario_a_valid_name(title: str) -> None:
    opened = drafts(Transcript(title=title, format="test", seats=SEATS))[0].body
    assert isinstance(opened, RoomOpened)
    Scenario(name=opened.scenario.name, seats=opened.scenario.seats)
    assert opened.scenario.name.isascii()
    assert opened.scenario.name[0].isalnum()
    assert len(opened.scenario.name) <= 64


@pytest.mark.parametrize("count", [0, 65])
def test_a_room_without_seats_or_with_too_many_is_refused(count: int) -> None:
    seats = tuple(SeatShown(label=str(n), model="m") for n in range(count))
    with pytest.raises(TranscriptError):
        drafts(Transcript(title="t", format="test", seats=seats))
