from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.events import AnyBody, Body, Erased, Event, StateChanged, type_of
from antiphon.testing.events import MOVES, Move, Script, play

HEADER = {"v", "stream", "seq", "at", "by", "type"}
BODIES = get_args(AnyBody)
TYPES = {
    "room.opened",
    "seat.joined",
    "seat.left",
    "seat.changed",
    "prompt.changed",
    "turn.requested",
    "turn.ended",
    "message.said",
    "command.ran",
    "effect.ended",
    "notice.given",
    "rule.noted",
    "flag.raised",
    "flag.acked",
    "state.changed",
    "room.ended",
    "gate.changed",
}

each_body = pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__struct_config__.tag)


def test_the_catalogue_holds_these_types_for_ever() -> None:
    assert {body.__struct_config__.tag for body in BODIES} == TYPES
    assert set(BODIES) == set(Body.__subclasses__())


@each_body
def test_no_field_of_a_body_bears_a_name_of_the_header(body: type[Body]) -> None:
    assert not HEADER & {field.encode_name for field in msgspec.structs.fields(body)}


@each_body
def test_a_body_is_frozen_and_says_what_it_is(body: type[Body]) -> None:
    assert body.__struct_config__.frozen
    assert body.__struct_config__.tag_field == "type"
    assert (body.__doc__ or "").strip()


@given(
    st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40), st.text(st.characters(codec="utf-8"), max_size=20)))
)
def test_every_body_is_the_same_after_it_was_stored(moves: list[Move]) -> None:
    for event in play(Script(3), moves).events:
        assert not isinstance(event.body, Erased)
        stored = msgspec.json.encode(event.body)
        assert msgspec.json.decode(stored, type=AnyBody) == event.body
        assert msgspec.json.decode(stored)["type"] == type_of(event.body) == event.type


def test_a_change_of_state_is_stored_under_the_words_from_and_to() -> None:
    body = StateChanged(before="live", after="paused", rule="person")
    assert msgspec.json.decode(msgspec.json.encode(body)) == {
        "type": "state.changed",
        "from": "live",
        "to": "paused",
        "rule": "person",
    }


def test_an_erased_body_still_knows_its_type() -> None:
    assert Event("r", 1, "", "AI-1", Erased("message.said")).type == "message.said"


def test_a_type_of_no_catalogue_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"room\.exploded"):
        msgspec.json.decode(b'{"type":"room.exploded"}', type=AnyBody)
