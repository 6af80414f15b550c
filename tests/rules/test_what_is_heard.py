from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.tokens import count
from antiphon.registry import rules_of
from antiphon.room.events import MessageSaid
from antiphon.testing.events import MOVES, Move, Script, play, scenario


def first(script: Script, seat: str, name: str, **settings: Any) -> int:
    rules = rules_of(scenario(rules={"what_is_heard": {name: settings}}))
    memories = rules.start()
    for event in script.events:
        rules.step(memories, event)
    return rules.heard(script.state, memories, script.now, seat).first


def talk(messages: int, text: str = "Well.") -> Script:
    script = Script(2)
    for number in range(messages):
        script.turn(f"AI-{number % 2 + 1}", text)
    return script


def said(script: Script) -> list[int]:
    return [event.seq for event in script.events if isinstance(event.body, MessageSaid)]


def test_whole_hears_everything() -> None:
    assert first(talk(40), "AI-1", "whole") == 0


def test_a_full_window_is_cut_to_three_quarters_at_once_and_then_grows_again() -> None:
    sizes = []
    for messages in range(1, 16):
        script = talk(messages)
        start = first(script, "AI-1", "last_messages", count=8)
        sizes.append(sum(1 for seq in said(script) if seq >= start))
    assert sizes == [1, 2, 3, 4, 5, 6, 7, 8, 6, 7, 8, 6, 7, 8, 6]


@given(
    moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40), st.text(max_size=40)), max_size=40),
    limit=st.integers(1, 60),
)
def test_a_window_never_holds_more_than_its_size_except_one_long_message(moves: list[Move], limit: int) -> None:
    script = play(Script(2), moves)
    start = first(script, "AI-1", "last_tokens", tokens=limit)
    heard = [
        event.body.text if event.body.shown is None else event.body.shown
        for event in script.events
        if isinstance(event.body, MessageSaid)
        and event.seq >= start
        and (event.body.to is None or event.body.seat == "AI-1" or "AI-1" in event.body.to)
    ]
    assert sum(count(text) for text in heard) <= limit or sum(1 for text in heard if text) == 1
    of_messages = first(script, "AI-1", "last_messages", count=limit)
    own = [
        event.seq
        for event in script.events
        if isinstance(event.body, MessageSaid)
        and (event.body.to is None or event.body.seat == "AI-1" or "AI-1" in event.body.to)
    ]
    assert sum(1 for seq in own if seq >= of_messages) <= limit


def test_a_message_longer_than_the_window_is_heard_whole_and_alone() -> None:
    script = talk(3)
    long = script.turn("AI-2", "word " * 100)
    assert first(script, "AI-1", "last_tokens", tokens=20) == long.seq


def test_a_window_of_one_message_holds_the_last() -> None:
    script = talk(5)
    assert first(script, "AI-2", "last_messages", count=1) == said(script)[-1]


def test_whispers_fill_the_windows_of_those_who_hear_them_and_no_others() -> None:
    script = Script(3)
    for _ in range(5):
        script.say("AI-1", "Psst.", to=("AI-2",), whisper=True)
    assert first(script, "AI-3", "last_messages", count=4) == 0
    assert first(script, "AI-1", "last_messages", count=4) == first(script, "AI-2", "last_messages", count=4) > 0


def test_who_joins_begins_with_the_window_of_everybody() -> None:
    script = talk(9)
    seat = script.join(by="AI-1")
    assert first(script, seat, "last_messages", count=8) == first(script, "AI-1", "last_messages", count=8) > 0
