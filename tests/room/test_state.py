from __future__ import annotations

from copy import deepcopy

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.events import (
    AnyBody,
    CommandRan,
    Erased,
    MessageSaid,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    StateChanged,
    TurnEnded,
    TurnRequested,
    Usage,
)
from antiphon.room.scenario import Ceilings
from antiphon.room.state import State, apply, fold
from antiphon.testing.events import MOVES, START, Move, Script, play

texts = st.text(st.characters(codec="utf-8"), max_size=20)
some_moves = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40), texts), max_size=40)


def stored(state: State) -> State:
    return msgspec.json.decode(msgspec.json.encode(state), type=State)


@given(moves=some_moves, cut=st.integers(0, 400))
def test_a_state_stored_half_way_and_applied_on_is_the_fold_of_all(moves: list[Move], cut: int) -> None:
    script = play(Script(3), moves)
    events = script.events
    at = cut % (len(events) + 1)
    state = stored(fold("room-1", events[:at]))
    for event in events[at:]:
        apply(state, event)
    assert state == fold("room-1", events) == script.state


@given(moves=some_moves)
def test_events_read_back_from_json_fold_to_the_same_state(moves: list[Move]) -> None:
    events = play(Script(3), moves).events
    bodies = [msgspec.json.decode(msgspec.json.encode(event.body), type=AnyBody) for event in events]
    read = [msgspec.structs.replace(event, body=body) for event, body in zip(events, bodies, strict=True)]
    assert fold("room-1", read) == fold("room-1", events)


@given(moves=some_moves)
def test_applying_an_event_changes_no_event(moves: list[Move]) -> None:
    events = play(Script(3), moves).events
    before = deepcopy(events)
    fold("room-1", events)
    assert events == before


@given(moves=some_moves)
def test_counts_agree_with_the_events(moves: list[Move]) -> None:
    script = play(Script(3), moves)
    state = script.state
    said = [event.body for event in script.events if isinstance(event.body, MessageSaid)]
    spoken = [body for body in said if body.seat is not None and not body.whisper]
    assert state.messages == len(spoken) == sum(seat.messages for seat in state.seats.values())
    assert state.persons == sum(1 for body in said if body.seat is None)
    assert state.turn == sum(1 for event in script.events if isinstance(event.body, TurnRequested))
    assert state.open_turn is None
    assert state.reserved_tokens == 0
    assert len(state.seats) == sum(1 for event in script.events if isinstance(event.body, SeatJoined))
    assert not set(state.asks) & {seat.id for seat in state.seats.values() if seat.left}
    assert state.seq == len(script.events)


@given(moves=some_moves)
def test_the_last_turn_belongs_to_who_last_spoke_or_passed(moves: list[Move]) -> None:
    script = play(Script(3), moves)
    last, asked = "", ""
    for event in script.events:
        body = event.body
        if isinstance(body, TurnRequested):
            asked = body.seat
        elif isinstance(body, TurnEnded) and body.outcome in {"said", "passed", "cut"}:
            last = asked
    assert script.state.last_turn == last


def test_a_round_is_as_many_turns_as_there_were_speakers_when_it_began() -> None:
    script = Script(2)
    script.turn("AI-1")
    assert (script.state.round, script.state.round_size) == (0, 2)
    script.join(by="AI-1")
    assert script.state.round_size == 2, "a guest does not lengthen the round it comes in"
    script.turn("AI-2")
    assert (script.state.round, script.state.round_size) == (1, 3)
    script.person("Hello.")
    script.quiet_turn("AI-1", "failed")
    assert script.state.round_done == 0, "people and failures belong to no round"


def test_a_call_that_nobody_can_account_for_costs_what_was_set_aside() -> None:
    script = Script(1)
    script.ask("AI-1")
    assert script.state.reserved_tokens == 50
    script.settle(1, "lost")
    assert (script.state.tokens, script.state.cost, script.state.reserved_tokens) == (50, 0.001, 0)
    script.settle(script.ask("AI-1"), cost=0.002)
    assert (script.state.tokens, script.state.cost) == (65, 0.003)
    script.quiet_turn("AI-1", "failed")
    assert script.state.tokens == 65, "a call that was refused cost nothing"
    script.settle(script.ask("AI-1"), "failed", partial="Half a sen")
    assert script.state.tokens == 115


def test_an_unknown_price_is_remembered_and_a_free_one_is_none() -> None:
    script = Script(1)
    script.turn("AI-1")
    assert not script.state.cost_unknown
    script.add(SeatChanged(seat="AI-1", what="model", after={"model": "paid", "free": False, "takes": ["parts"]}))
    script.turn("AI-1")
    assert script.state.cost_unknown
    assert script.state.seats["AI-1"].takes == ("parts",)


def test_failures_in_a_row_are_forgotten_by_a_success_and_by_a_resumption() -> None:
    script = Script(1)
    for _ in range(3):
        script.quiet_turn("AI-1", "failed")
    assert script.state.failures == 3
    script.add(StateChanged(before="live", after="paused", rule="failures"))
    script.add(StateChanged(before="paused", after="live", rule="resumed"))
    assert script.state.failures == 0
    script.quiet_turn("AI-1", "failed")
    script.turn("AI-1")
    assert script.state.failures == 0


def test_a_pause_remembers_what_it_interrupted() -> None:
    script = Script(1)
    script.add(StateChanged(before="live", after="suspect", rule="loop"))
    script.add(StateChanged(before="suspect", after="paused", rule="person"))
    script.add(StateChanged(before="paused", after="paused", rule="limit"))
    assert (script.state.phase, script.state.before_pause) == ("paused", "suspect")


def test_a_fork_of_an_ended_room_is_live_and_has_spent_nothing() -> None:
    script = Script(2)
    script.settle(script.ask("AI-1"), cost=1.0)
    script.turn("AI-2", asks_end="finished")
    script.end("cost")
    script.fork("room-2", seed=99)
    state = script.state
    assert (state.room, state.phase, state.parent, state.forked_at) == ("room-2", "live", "room-1", 9)
    assert (state.tokens, state.cost, state.asks, state.spoken_since_opening) == (0, 0.0, {}, 0)
    assert (state.messages, state.round, state.round_at_opening, state.seed) == (1, 1, 1, 99)
    assert state.opened_at == START + 9_000


def test_a_seat_that_left_is_found_no_more_and_its_wishes_are_void() -> None:
    script = Script(2)
    script.turn("AI-1", asks_end="bored")
    script.add(CommandRan(message=1, seat="AI-1", name="sign", args={"text": "Bye."}, outcome="done"), "AI-1")
    assert script.state.by_label(" ai-1 ") is script.state.seats["AI-1"]
    script.add(SeatLeft(seat="AI-1"), "AI-1")
    assert script.state.by_label("AI-1") is None
    assert not script.state.asks
    assert not script.state.signatures
    assert [seat.id for seat in script.state.present()] == ["AI-2"]


def test_an_erased_message_still_counts_as_one() -> None:
    script = Script(2)
    script.turn("AI-1")
    events = [*script.events[:-1], msgspec.structs.replace(script.events[-1], body=Erased("message.said"))]
    assert fold("room-1", events).messages == 1


def test_new_ceilings_are_a_note_of_the_engine() -> None:
    script = Script(1)
    script.add(RuleNoted(rule="ceilings", data={"messages": 9}), "person:ada")
    assert script.state.ceilings == Ceilings(messages=9)


def test_usage_is_counted_for_the_seat_that_spoke() -> None:
    script = Script(2)
    script.turn("AI-2")
    seat = script.state.seats["AI-2"]
    assert (seat.turns, seat.messages, seat.input, seat.output) == (1, 1, 10, 5)
    assert Usage().estimated is False
