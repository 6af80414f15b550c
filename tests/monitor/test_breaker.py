"""The breaker: never more than one room in twenty a minute, and one in any case."""

from __future__ import annotations

from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.monitor.breaker import BREAKER, MINUTE, Breaker, acts_on_room, held_back, most
from antiphon.room.events import AnyBody, FlagRaised, NoticeGiven, SeatChanged, StateChanged

WISHES = st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 40), st.integers(0, 300)), max_size=120)
"""(milliseconds since the wish before, room, live rooms)."""


@given(WISHES)
@settings(max_examples=200)
def test_in_no_minute_are_more_rooms_touched_than_one_in_twenty_of_those_that_live(
    wishes: list[tuple[int, int, int]],
) -> None:
    breaker, now = Breaker(), 1_700_000_000_000
    done: deque[tuple[int, str]] = deque()
    for wait, room, live in wishes:
        now += wait
        name = f"room-{room}"
        known = {other for at, other in done if at > now - MINUTE}
        if breaker.allows(name, now, live):
            done.append((now, name))
            touched = {other for at, other in done if at > now - MINUTE}
            assert name in known or len(touched) <= most(live)
        else:
            assert len(known) >= most(live)


@given(st.integers(0, 10_000))
def test_one_room_may_always_be_touched_and_never_more_than_one_in_twenty(live: int) -> None:
    assert most(live) == max(1, live // 20)
    assert Breaker().allows("a", 0, live)


def test_after_a_minute_the_next_one_may() -> None:
    breaker = Breaker()
    assert breaker.allows("a", 0, 10)
    assert not breaker.allows("b", MINUTE - 1, 10)
    assert breaker.allows("b", MINUTE, 10)
    assert breaker.allows("b", 2 * MINUTE - 1, 10)  # it is counted already, and now anew
    assert not breaker.allows("c", 2 * MINUTE, 10)


def test_what_seats_or_scenarios_decide_and_what_only_tells_is_never_held_back() -> None:
    through: list[AnyBody] = [
        StateChanged(before="closing", after="draining", rule="monitor.consent"),
        StateChanged(before="live", after="suspect", rule="monitor"),
        FlagRaised(flag="f", rule="exact_loop", severity=2),
        NoticeGiven(text="a nudge"),
        SeatChanged(seat="AI-1", what="muted", after=False),
    ]
    assert [body for body in through if acts_on_room(body)] == []


def test_what_is_held_back_becomes_a_pause_that_says_what_was_wanted() -> None:
    wanted = StateChanged(before="live", after="draining", rule="monitor.exact_loop", evidence=(4, 6), policy="p")
    pause = held_back(wanted, "live")
    assert acts_on_room(wanted)
    assert (pause.before, pause.after, pause.rule) == ("live", "paused", BREAKER)
    assert pause.evidence == (4, 6)
    assert pause.numbers == {"instead_of": "draining", "because": "monitor.exact_loop"}
    mute = held_back(SeatChanged(seat="AI-2", what="muted", before=False, after=True), "suspect")
    assert (mute.before, mute.after, mute.numbers["because"]) == ("suspect", "paused", "AI-2")
