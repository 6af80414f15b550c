"""What holds of the monitor for any conversation: same verdicts, bounded memory, no exception."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon import Monitor
from antiphon.errors import UserError
from antiphon.monitor.gauge import READINGS
from antiphon.monitor.watch import ROUNDS
from antiphon.testing.loops import LOOPS, loop
from antiphon.testing.streams import talk

HOSTILE = st.one_of(
    st.text(st.characters(), max_size=80),  # lone surrogates included
    st.sampled_from(
        ["", " ", "[END]", "**[END]**", "…", "\x00", "\ud800", "a" * 5_000, "﷽" * 300, "?" * 50, "你好再见", "́"]
    ),
)
SAID = st.lists(st.tuples(st.sampled_from(["A", "B", "C", "\ud83d", ""]), HOSTILE), max_size=25)

MOST_BYTES = 32_768
"""A snapshot's size: 512 words of 6 letters, 64 speakers' habits, and names."""


@given(SAID)
@settings(max_examples=60, deadline=None)
def test_the_same_log_gives_the_same_verdicts(said: list[tuple[str, str]]) -> None:
    one, two = Monitor("careful"), Monitor("careful")
    assert [one.see(*message) for message in said] == [two.see(*message) for message in said]


@given(SAID)
@settings(max_examples=60, deadline=None)
def test_every_reading_is_a_share(said: list[tuple[str, str]]) -> None:
    monitor = Monitor("thrifty")
    for message in said:
        measures = monitor.see(*message).measures
        assert all(0.0 <= getattr(measures, name) <= 1.0 for name in READINGS)


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.text(st.characters(codec="utf-8"), max_size=60)), max_size=25),
    st.data(),
)
@settings(max_examples=50, deadline=None)
def test_a_snapshot_in_the_middle_changes_nothing(said: list[tuple[str, str]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(said)))
    whole, first, second = Monitor("careful"), Monitor("careful"), Monitor("careful")
    expected = [whole.see(*message) for message in said]
    found = [first.see(*message) for message in said[:cut]]
    second.restore(first.snapshot())
    assert found + [second.see(*message) for message in said[cut:]] == expected


@pytest.mark.parametrize("kind", ["goodbyes_marked", "period_2", "stillness"])
def test_a_snapshot_at_any_message_of_a_loop_changes_nothing(kind: str) -> None:
    said = loop(kind, seed=3, length=40).said
    whole = Monitor("careful")
    expected = [whole.see(*message) for message in said]
    carried = Monitor("careful")
    found = []
    for message in said:
        found.append(carried.see(*message))
        snapshot = carried.snapshot()
        carried = Monitor("careful")
        carried.restore(snapshot)
    assert found == expected


def test_memory_does_not_grow_with_the_conversation() -> None:
    monitor = Monitor("observe")
    chance = Random(1)
    sizes = []
    for turn in range(3_000):
        text = " ".join(f"{chance.getrandbits(40):x}" for _ in range(60))
        monitor.see(f"speaker {turn % 500} " + "x" * 500, text)
        if turn % 1_000 == 999:
            sizes.append(len(monitor.snapshot()))
    assert max(sizes) < MOST_BYTES
    assert sizes[-1] < sizes[0] * 1.2


@pytest.mark.parametrize("kind", LOOPS)
def test_no_state_is_gone_back_to_within_two_rounds(kind: str) -> None:
    monitor = Monitor("observe")
    moves: list[tuple[int, str, str]] = []
    for message in loop(kind, seed=1).said + talk(Random(2), 20):
        verdict = monitor.see(*message)
        if verdict.state != verdict.before:
            moves.append((verdict.index, verdict.before, verdict.state))
    for (earlier, left, _), (later, _, entered) in pairwise(moves):
        assert entered != left or later - earlier >= ROUNDS * 2


def test_an_ended_room_stays_ended() -> None:
    monitor = Monitor("careful")
    said = loop("goodbyes_marked", seed=1).said + talk(Random(2), 30)
    states = [monitor.see(*message).state for message in said]
    assert set(states[states.index("ended") :]) == {"ended"}


def test_who_writes_the_message_may_say_that_it_asks_to_end() -> None:
    read, told = Monitor("careful"), Monitor("careful", end_markers=())
    for speaker, text in loop("goodbyes_marked", seed=1).said:
        asks = text.endswith("[END]")
        one, two = read.see(speaker, text), told.see(speaker, text, asks_end=asks)
        assert (one.measures.marker > 0) == (two.measures.marker > 0)


@pytest.mark.parametrize("bad", [b"", b"\x00", b"nonsense", msgspec.msgpack.encode(("x", 1))])
def test_what_is_no_snapshot_is_refused(bad: bytes) -> None:
    with pytest.raises(UserError, match="not a monitor's snapshot"):
        Monitor("careful").restore(bad)


def test_a_snapshot_of_another_policy_is_refused() -> None:
    with pytest.raises(UserError, match="made under policy"):
        Monitor("careful").restore(Monitor("thrifty").snapshot())
