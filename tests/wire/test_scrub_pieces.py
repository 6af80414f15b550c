"""A key that comes in pieces is taken out as one that comes whole; everything else passes as it came."""

from __future__ import annotations

import logging
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.wire.scrub import KEY_MARK, Pieces, Scrub

KEY = "sk-canary-4fe1b09d7a62"


def scrub() -> Scrub:
    made = Scrub()
    made.learn(KEY)
    return made


@given(st.lists(st.sampled_from([KEY, KEY[:4], KEY[4:], KEY[:9], KEY[9:], "s", "sk", " ", "words", "🙂"]), max_size=12))
def test_pieces_give_what_the_whole_gives(pieces: list[str]) -> None:
    known = scrub()
    held = Pieces(known)
    given_out = "".join(held.feed(piece) for piece in pieces) + held.rest()
    assert given_out == known("".join(pieces))
    assert KEY not in given_out


@given(st.text(), st.integers(0, 40))
def test_text_without_a_key_is_only_ever_held_back_a_little(text: str, at: int) -> None:
    held = Pieces(scrub())
    shown = held.feed(text[:at])
    assert text.startswith(shown)
    assert len(text[:at]) - len(shown) < 2 * len(KEY)
    assert shown + held.feed(text[at:]) + held.rest() == text


def test_nothing_is_held_back_where_no_key_is_known() -> None:
    assert Pieces(Scrub()).feed("sk-canary") == "sk-canary"


def test_the_beginning_of_a_key_is_not_shown_before_it_is_known_to_be_none() -> None:
    held = Pieces(scrub())
    assert [held.feed("It is sk-ca"), held.feed("nary-4fe1b09d7a62!"), held.feed(" sk-ca"), held.feed("rd")] == [
        "It is ",
        f"{KEY_MARK}!",
        " ",
        "sk-card",
    ]


@pytest.mark.parametrize("told", [KEY, f"[(b'X-Echo', {KEY.encode()!r})]", b64encode(KEY.encode()).decode()])
def test_a_log_record_is_told_without_the_key(told: str) -> None:
    record = logging.LogRecord("httpcore2.http11", logging.DEBUG, "", 0, "return_value=%s", (told,), None)
    assert scrub().in_logs(record)
    assert KEY not in record.getMessage()
    assert KEY_MARK in record.getMessage()
