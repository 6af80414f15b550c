from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import BrokenChain, JournalError, UnknownEvent
from antiphon.room.events import AnyBody, CommandRan, Erased, Event, MessageSaid, NoticeGiven, RoomOpened
from antiphon.room.journals import Record
from antiphon.room.records import (
    LINE_KEYS,
    SALT_BYTES,
    decode,
    encode,
    line,
    parse_line,
    seal,
    verify_chain,
)
from antiphon.room.scenario import Scenario, SeatPlan

BODIES = get_args(AnyBody)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SCENARIO = Scenario(name="pair", seats=(SeatPlan(model="echo"), SeatPlan(model="listener")))


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Give values of a field's type, as far as the catalogue uses types."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return JSON
    if hint is Scenario:
        return st.just(SCENARIO)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in {Union, types.UnionType}:
        return st.one_of([values(choice) for choice in inner])
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(TEXT, values(inner[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return bodies(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT,
        int: st.integers(0, 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
    }
    return plain[hint]


def bodies(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: values(hints[name]) for name in kind.__struct_fields__})


EVENTS = st.builds(
    Event,
    stream=TEXT,
    seq=st.integers(1, 2**53),
    at=TEXT,
    by=TEXT,
    body=st.sampled_from(BODIES).flatmap(bodies),
)
SALTS = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)


@given(EVENTS, SALTS, st.sampled_from([b"", b"h" * 32]))
def test_decoding_undoes_encoding(event: Event, salt: bytes, previous: bytes) -> None:
    record = seal(previous, event, salt)
    assert decode(record) == event
    assert verify_chain([record], previous) == 0


@given(EVENTS, SALTS)
def test_a_line_gives_its_record_back_to_the_byte(event: Event, salt: bytes) -> None:
    record = seal(b"", event, salt)
    written = line(record)
    assert b"\n" not in written
    assert parse_line(written + b"\n") == record
    erased = msgspec.structs.replace(record, body=None, salt=None)
    assert parse_line(line(erased)) == erased
    assert decode(erased).body == Erased(event.type)


@given(EVENTS, SALTS)
def test_a_line_is_the_header_the_body_s_fields_and_the_seal(event: Event, salt: bytes) -> None:
    record = seal(b"", event, salt)
    found = msgspec.json.decode(line(record))
    body = msgspec.json.decode(record.body or b"")
    assert found["stream"] == found["room"] == event.stream
    assert (found["seq"], found["at"], found["type"], found["by"]) == (event.seq, event.at, event.type, event.by)
    assert (found["hash"], found["salt"], found["v"]) == (record.hash.hex(), salt.hex(), 1)
    assert {key: value for key, value in found.items() if key not in LINE_KEYS} == {
        key: value for key, value in body.items() if key != "type"
    }


@pytest.mark.parametrize("kind", BODIES)
def test_no_body_has_a_field_that_a_line_needs_itself(kind: type[msgspec.Struct]) -> None:
    assert not {field.encode_name for field in msgspec.structs.fields(kind)} & set(LINE_KEYS)


def chain(length: int = 6) -> list[Record]:
    records: list[Record] = []
    previous = b""
    for seq in range(1, length + 1):
        body = MessageSaid(seat="AI-1", text=f"message {seq}")
        record = seal(previous, Event("room", seq, "2027-01-15T08:00:00.000Z", "AI-1", body), bytes([seq]) * SALT_BYTES)
        records.append(record)
        previous = record.hash
    return records


def broken(records: list[Record], previous: bytes = b"") -> BrokenChain:
    with pytest.raises(BrokenChain) as caught:
        verify_chain(records, previous)
    return caught.value


def flipped(value: Any, place: int) -> Any:
    """Change one byte, one character or one number."""
    if isinstance(value, bytes):
        place %= len(value)
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
    if isinstance(value, str):
        place %= len(value)
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    return value + 1


@given(
    st.integers(0, 5),
    st.sampled_from(["stream", "seq", "at", "type", "by", "v", "salt", "body", "digest", "hash"]),
    st.integers(0, 200),
)
def test_one_flipped_byte_is_named_with_its_place(which: int, field: str, place: int) -> None:
    records = chain()
    was = records[which]
    records[which] = msgspec.structs.replace(was, **{field: flipped(getattr(was, field), place)})
    assert broken(records).seq in {which + 1, which + 2}


def test_a_byte_moved_between_salt_and_body_is_seen() -> None:
    records = chain(1)
    first = records[0]
    assert first.salt is not None
    assert first.body is not None
    moved = msgspec.structs.replace(first, salt=first.salt + first.body[:1], body=first.body[1:])
    assert broken([moved]).seq == 1


def test_a_character_moved_between_header_fields_is_seen() -> None:
    first = chain(1)[0]
    moved = msgspec.structs.replace(first, at=first.at[:-1], by=first.at[-1] + first.by)
    assert broken([moved]).seq == 1


def test_a_gap_a_swap_a_second_copy_and_another_beginning_are_seen() -> None:
    records = chain()
    assert broken(records[:2] + records[3:]).seq == 3
    assert broken([records[0], records[2], records[1], *records[3:]]).seq == 2
    assert broken([*records[:3], records[2], *records[3:]]).seq == 4
    assert broken(records[1:]).seq == 2
    assert broken(records, b"x" * 32).seq == 1
    assert verify_chain(records[3:], records[2].hash) == 0
    assert verify_chain([], b"") == 0


def test_what_an_owner_erased_is_counted_and_half_an_erasure_is_broken() -> None:
    records = chain()
    for which in (1, 4):
        records[which] = msgspec.structs.replace(records[which], body=None, salt=None)
    assert verify_chain(records, b"") == 2
    records[1] = msgspec.structs.replace(records[1], digest=b"d" * 32)
    assert broken(records).seq == 2
    half = chain()
    half[2] = msgspec.structs.replace(half[2], body=None)
    assert "only one was erased" in broken(half).why


@given(st.text(max_size=30), st.text(max_size=10))
def test_text_that_utf_8_cannot_hold_is_mended_in_one_way(text: str, key: str) -> None:
    """`st.text` without surrogates never draws them; put one in the middle, and a split pair behind."""
    half, pair = "\ud83d", "\ud83d\ude00"
    body = CommandRan(
        message=1, seat="AI-1", name="sign", args={key + half: [text + half + text, pair]}, outcome="done"
    )
    event = Event("room", 1, "now", "person:" + half, body)
    record = seal(b"", event, b"s" * SALT_BYTES)
    found = decode(record)
    assert isinstance(found.body, CommandRan)
    assert found.body.args == {key + "\ufffd": [text + "\ufffd" + text, "😀"]}
    assert found.by == "person:\ufffd"
    assert verify_chain([record], b"") == 0
    assert parse_line(line(record)) == record


def test_an_upcast_brings_an_older_body_up_to_date_and_a_newer_one_is_refused() -> None:
    """As if version 2 of `notice.given` had renamed `words` to `text`, and version 3 had brought `kind`."""
    upcasts = {
        ("notice.given", 1): lambda body: {**{k: v for k, v in body.items() if k != "words"}, "text": body["words"]},
        ("notice.given", 2): lambda body: {**body, "kind": body.get("kind", "plain")},
    }
    record = seal(b"", Event("room", 7, "now", "room", NoticeGiven(text="x")), b"s" * SALT_BYTES)
    first = msgspec.structs.replace(record, body=b'{"type":"notice.given","words":"hello"}')
    assert decode(first, upcasts) == Event("room", 7, "now", "room", NoticeGiven(text="hello", kind="plain"), 3)
    third = msgspec.structs.replace(record, v=3, body=b'{"type":"notice.given","text":"hello","kind":"new"}')
    assert decode(third, upcasts).body == NoticeGiven(text="hello", kind="new")
    for newer in (msgspec.structs.replace(record, v=4), msgspec.structs.replace(record, v=4, body=None, salt=None)):
        with pytest.raises(UnknownEvent, match=r"room, seq 7: notice.given version 4 .* up to version 3"):
            decode(newer, upcasts)


def test_an_unknown_type_is_refused_with_what_can_be_read() -> None:
    record = chain(1)[0]
    stranger = msgspec.structs.replace(record, type="dream.had", body=b'{"type":"dream.had","text":"saltwater"}')
    with pytest.raises(UnknownEvent, match=r"room room, seq 1: dream.had version 1 .* message.said") as caught:
        decode(stranger)
    assert "saltwater" not in str(caught.value)
    assert parse_line(line(stranger)).body == stranger.body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"type":"message.said"}',
        b'{"type":"message.said","text":7}',
        b'{"type":"room.ended","reason":"x"',
        b'{"type":"message.said","text":"\xff"}',
        b'{"type":"message.said","text":' + b"[" * 100_000,
    ],
)
def test_a_body_that_is_none_is_an_error_that_tells_no_text(body: bytes) -> None:
    record = msgspec.structs.replace(chain(1)[0], body=body)
    with pytest.raises(JournalError, match="room room, seq 1"):
        decode(record)


def test_an_error_about_a_body_holds_none_of_it() -> None:
    record = seal(b"", Event("room", 1, "now", "AI-1", MessageSaid(text="x")), b"s" * SALT_BYTES)
    bad = b'{"type":"command.ran","message":1,"seat":"a","name":"b","outcome":"a secret utterance"}'
    with pytest.raises(JournalError) as caught:
        decode(msgspec.structs.replace(record, type="command.ran", body=bad))
    assert "secret" not in str(caught.value)
    assert "$.outcome" in str(caught.value)


def test_what_json_cannot_hold_is_refused_before_it_is_kept() -> None:
    event = Event(
        "room", 1, "now", "AI-1", CommandRan(message=1, seat="a", name="b", args={"x": object()}, outcome="done")
    )
    with pytest.raises(JournalError, match="holds what JSON cannot"):
        encode(event)
    with pytest.raises(JournalError, match="never stored again"):
        encode(Event("room", 1, "now", "AI-1", Erased("message.said")))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'","', b'", "', 1),
        lambda text: text.replace(b'"room":"room"', b'"room":"other"'),
        lambda text: text[:-1],
        lambda _: b"",
        lambda _: b"[1]",
        lambda _: b"{" * 100_000,
        lambda text: text.replace(b'"seq":1', b'"seq":"1"'),
        lambda text: text[:-1] + b',"more":1}',
        lambda text: text.replace(b'"salt":"0101', b'"salt":"zz01'),
    ],
)
def test_a_line_that_was_written_anew_is_refused(change: Any) -> None:
    with pytest.raises(JournalError):
        parse_line(change(line(chain(1)[0])))


def test_a_text_changed_in_a_line_no_longer_verifies() -> None:
    changed = parse_line(line(chain(1)[0]).replace(b"message 1", b"message 2"))
    assert broken([changed]).seq == 1


def test_an_opened_room_keeps_its_scenario() -> None:
    event = Event("room", 1, "now", "scenario", RoomOpened(scenario=SCENARIO, seed=3, engine="0.1"))
    assert decode(seal(b"", event, b"s" * SALT_BYTES)) == event


def test_a_body_kept_as_text_is_broken_and_no_traceback() -> None:
    record = seal(b"", Event("r", 1, "2026-01-01T00:00:00.000Z", "room", NoticeGiven(text="hm")), bytes(SALT_BYTES))
    text = msgspec.structs.replace(record, body=record.body.decode())  # type: ignore[union-attr]  # as SQLite gives TEXT
    with pytest.raises(BrokenChain, match="kept as text"):
        verify_chain([text], b"")
