"""Our own lines restore every event, body and order; one changed byte is named with its line."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from antiphon.errors import TranscriptError
from antiphon.room.events import EffectEnded, Event, MessageSaid, SeatChanged, StateChanged
from antiphon.testing.events import MOVES, Script, play
from antiphon.transcripts.readers.jsonl import PLUGIN as READER
from antiphon.transcripts.transcript import drafts
from antiphon.transcripts.writers.jsonl import PLUGIN

PLAYS = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 9), st.text(max_size=20)), max_size=12)
PICTURE = b"\x89PNG\r\n\x1a\nnot much of one"
NAME = "sha256:" + hashlib.sha256(PICTURE).hexdigest()


@given(PLAYS)
def test_every_event_comes_back_in_its_place(sealed: Any, moves: list[tuple[str, int, str]]) -> None:
    script = play(Script(2), moves)
    (transcript,) = READER.read(PLUGIN.write(sealed(script.events), lambda _: None))
    assert list(transcript.events) == script.events
    made = drafts(transcript)
    assert [draft.body for draft in made[: len(script.events)]] == [event.body for event in script.events]
    assert [draft.by for draft in made[: len(script.events)]] == [event.by for event in script.events]
    assert isinstance(made[-1].body, StateChanged)


def room(sealed: Any) -> bytes:
    script = Script(2)
    script.turn("AI-1", "one")
    script.turn("AI-2", "two")
    return PLUGIN.write(sealed(script.events), lambda _: None)


def test_a_changed_byte_is_named_with_its_line(sealed: Any) -> None:
    data = room(sealed).replace(b'"text":"one"', b'"text":"won"')
    with pytest.raises(TranscriptError, match=r"kept\.jsonl, line 6: "):
        READER.read(data, "kept.jsonl")


def test_a_missing_line_is_named(sealed: Any) -> None:
    lines = room(sealed).splitlines(keepends=True)
    with pytest.raises(TranscriptError, match="line 3: seq 4 where 3 is due"):
        READER.read(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(TranscriptError, match="is due"):
        READER.read(b"".join(lines[1:]))


def test_a_last_line_that_was_cut_off_is_told(sealed: Any) -> None:
    (transcript,) = READER.read(room(sealed)[:-40])
    assert len(transcript.events) == len(room(sealed).splitlines()) - 1
    assert "breaks off" in transcript.lost[0]


def test_a_picture_travels_inside_the_file_and_its_bytes_are_checked(sealed: Any) -> None:
    script = Script(1)
    script.add(EffectEnded(effect="e", kind="image", seat="AI-1", blob=NAME), "runner")
    data = PLUGIN.write(sealed(script.events), {NAME: (PICTURE, "image/png")}.get)
    assert READER.read(data)[0].blobs == {NAME: (PICTURE, "image/png")}
    with pytest.raises(TranscriptError, match="not those its name promises"):
        READER.read(data.replace(b'"data":"iVBO', b'"data":"iVBP'))


def test_an_erased_event_keeps_its_number(sealed: Any) -> None:
    script = Script(1)
    script.turn("AI-1", "gone")
    script.turn("AI-1", "stays")
    records = sealed(script.events)
    place = next(place for place, event in enumerate(script.events) if isinstance(event.body, MessageSaid))
    records[place] = replace(records[place], body=None, salt=None)
    (transcript,) = READER.read(PLUGIN.write(records, lambda _: None))
    made = drafts(transcript)
    assert made[place].body.data == {"type": "message.said"}  # type: ignore[union-attr]  # it is a note
    assert "1 events had been erased" in transcript.lost[0]
    assert PLUGIN.report(records) == ["1 erased events, which hold their places only"]


def test_events_that_no_room_could_have_written_are_refused(sealed: Any) -> None:
    events = Script(1).events
    stray = SeatChanged(seat="AI-9", what="muted", before=False, after=True)
    events.append(Event("room-1", len(events) + 1, "2027-01-15T08:00:03.000Z", "AI-9", stray))
    with pytest.raises(TranscriptError, match=f"seq {len(events)}: this seat.changed does not fit"):
        READER.read(PLUGIN.write(sealed(events), lambda _: None))


def test_several_rooms_in_one_file_are_several_transcripts(sealed: Any) -> None:
    assert len(READER.read(room(sealed) + b"\n" + room(sealed))) == 2
