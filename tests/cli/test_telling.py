"""What a person reads of a room, whatever its models wrote."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.cli.remarks import ruled
from antiphon.cli.telling import Teller, short
from antiphon.room.events import (
    AnyBody,
    CommandRan,
    EffectEnded,
    Erased,
    Event,
    Fault,
    FlagAcked,
    FlagRaised,
    GateChanged,
    NoticeGiven,
    RuleNoted,
    SeatChanged,
    StateChanged,
    TurnEnded,
)
from antiphon.testing.events import MOVES, Move, Script, play

HOSTILE = st.text(alphabet=st.sampled_from("a\n\t\x1b\x07\x9b\x00\r\u202e[]m;!c💥 "), max_size=40)
MOVE: st.SearchStrategy[Move] = st.tuples(st.sampled_from(MOVES), st.integers(0, 9), HOSTILE)


def told(script: Script) -> str:
    """Tell a whole script."""
    teller = Teller(script.room)
    return "\n".join(line.text for event in script.events for line in teller.tell(event))


def last(script: Script) -> str:
    """Tell the newest event of a script."""
    teller = Teller(script.room)
    teller.remember(script.events[:-1])
    return "\n".join(line.text for line in teller.tell(script.events[-1])).strip()


@given(st.lists(MOVE, max_size=12))
def test_no_control_code_of_any_room_reaches_the_reader(moves: list[Move]) -> None:
    text = told(play(Script(3), moves))
    assert not [
        sign for sign in text if (sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f" or sign == "\u202e"
    ]


@given(st.lists(MOVE, max_size=12))
def test_telling_follows_the_room_exactly(moves: list[Move]) -> None:
    script = play(Script(3), moves)
    teller = Teller(script.room)
    for event in script.events:
        teller.tell(event)
    assert teller.state == script.state


@given(HOSTILE, st.integers(2, 50))
@settings(max_examples=40)
def test_a_short_text_is_one_safe_line(text: str, most: int) -> None:
    line = short(text, most)
    assert len(line) <= most
    assert "\n" not in line


def test_a_message_stands_under_its_speakers_name() -> None:
    script = Script(2)
    script.turn("AI-1", "First line.\n\n  indented\n")
    assert told(script).endswith("\nAI-1 · echo\n  First line.\n\n    indented")


def test_a_label_and_its_model_are_both_named_where_they_differ() -> None:
    script = Script(1)
    script.join("Nova", display="GPT-4o mini")
    script.join("Echo 2", display="Echo")
    teller = Teller(script.room)
    teller.remember(script.events)
    assert [teller.name(seat) for seat in ("AI-1", "AI-2", "AI-3")] == [
        "AI-1 · echo",
        "AI-2 · Nova (GPT-4o mini)",
        "AI-3 · Echo 2",
    ]


def test_whispers_and_people_are_marked() -> None:
    script = Script(2)
    script.say("AI-1", "psst", to=("AI-2",), whisper=True)
    script.person("Hello.", "ada")
    text = told(script)
    assert "AI-1 · echo whispers to AI-2\n  psst" in text
    assert "ada (a person)\n  Hello." in text


def test_only_the_start_and_the_end_of_a_pause_are_told() -> None:
    script = Script(2)
    script.ask("AI-2")
    script.add(StateChanged(before="live", after="paused", rule="person"), "person:ada")
    assert last(script) == "paused by a person; AI-2 may finish"
    script.add(StateChanged(before="paused", after="paused", rule="person"), "person:ada")
    assert last(script) == ""
    script.add(StateChanged(before="paused", after="live", rule="resumed"), "runner")
    assert last(script) == "the room goes on"


def test_what_is_unknown_is_neither_zero_nor_the_default() -> None:
    script = Script(1)
    numbers = {"tokens": 53, "cost": None, "context": None}
    script.add(StateChanged(before="live", after="paused", rule="ceiling.tokens", numbers=numbers), "runner")
    assert last(script) == "paused: ceiling.tokens (tokens 53, cost unknown, context unknown)"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            CommandRan(message=1, seat="AI-1", name="image", outcome="refused", reason="too many"),
            "!image refused: too many",
        ),
        (CommandRan(message=1, seat="AI-1", name="image", outcome="pending", effect="e"), "!image is under way"),
        (CommandRan(message=1, seat="AI-1", name="remember", outcome="done", result="noted"), "!remember: noted"),
        (CommandRan(message=1, seat="AI-1", name="prompt", outcome="done"), ""),
        (
            EffectEnded(
                effect="e", kind="image", seat="AI-1", prompt="a door", blob="sha256:" + "ab" * 32, caption="c"
            ),
            "image by AI-1 · echo · sha256:ababababab\n    c",
        ),
        (
            EffectEnded(effect="e", kind="image", failed=Fault(kind="timeout", message="slow")),
            "image of the room failed: slow",
        ),
        (
            EffectEnded(effect="e", kind="last_words", text="It was a room of two.\nNobody left early."),
            "Last words of the room\n  It was a room of two.\n  Nobody left early.",
        ),
        (
            EffectEnded(effect="e", kind="last_words", failed=Fault(kind="refused", message="nobody speaks")),
            "last words of the room failed: nobody speaks",
        ),
        (SeatChanged(seat="AI-1", what="temperature", before=None, after=0.5), "AI-1: temperature the default -> 0.5"),
        (SeatChanged(seat="AI-1", what="notes", after=["x"]), ""),
        (
            SeatChanged(seat="AI-1", what="model", after={"model": "m", "display": "Model M"}),
            "AI-1 is now voiced by Model M",
        ),
        (RuleNoted(rule="ceilings", data={"messages": 12, "money": None}), "ceilings: messages 12"),
        (RuleNoted(rule="somebody.elses", data={}), ""),
        (FlagRaised(flag="loop", rule="repeats", severity=2), "flag S2 repeats · loop"),
        (
            FlagRaised(flag="0123456789abcdef", rule="stuck", severity=1, seat="AI-2", evidence=(3, 5, 7, 9, 11)),
            "flag S1 stuck (AI-2) · events …, 5, 7, 9, 11 · 01234567",
        ),
        (
            FlagRaised(flag="loop", rule="repeats", severity=2, evidence=(3,), waited=1_000),
            "flag S2 repeats · nobody answered for 1,000 messages · event 3 · loop",
        ),
        (FlagAcked(flag="loop", verdict="fine"), "room on flag loop: fine"),
        (GateChanged(limit_before=1, limit_after=2, why="ok"), ""),
    ],
)
def test_each_event_is_told_in_its_own_words(body: AnyBody, words: str) -> None:
    script = Script(2)
    script.add(body)
    assert last(script) == words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("failed", "AI-1 · echo did not answer: no reason given (failed)"),
        ("passed", "AI-1 · echo passes"),
        ("said", ""),
    ],
)
def test_a_turn_is_told_only_where_no_message_comes_of_it(outcome: str, words: str) -> None:
    script = Script(2)
    turn = script.ask("AI-1")
    script.add(TurnEnded(turn=turn, outcome=outcome), "runner")  # type: ignore[arg-type]  # one of the outcomes
    whole = told(script)
    assert whole.endswith(words)


def test_an_erased_message_leaves_a_mark() -> None:
    script = Script(1)
    event = Event(script.room, script.state.seq + 1, script.state.at, "AI-1", Erased("message.said"))
    teller = Teller(script.room)
    teller.remember(script.events)
    assert "erased" in teller.tell(event)[-1].text


def test_every_type_of_event_can_be_told() -> None:
    """The match in `Teller` ends in assert_never; mypy sees to it, and this to AnyBody being what mypy thinks."""
    assert len(get_args(AnyBody)) >= 17


def test_a_note_without_its_data_is_still_a_sentence() -> None:
    assert ruled("speaks_for_other", {}) == "? spoke for ?; that part is kept, and heard by nobody"


def test_what_a_rule_holds_against_a_seat_is_told_so_that_a_turn_that_does_not_come_has_a_reason() -> None:
    data = {"seat": "AI-2", "reason": "words that were burned", "penalty": "next_turn", "words": "moss on stone"}
    assert ruled("burned", data) == "AI-2 said again what is burned: moss on stone (next_turn)"
    poor = {"seat": "AI-2", "reason": "another empty message", "penalty": "withhold"}
    assert ruled("empty_reply", poor) == "AI-2: another empty message (withhold)"


def watched(*bodies: AnyBody) -> Script:
    """Write a room in which a monitor did these things."""
    script = Script(2)
    for body in bodies:
        script.add(body, "monitor")
    return script


def test_a_flag_that_was_raised_before_says_how_often_and_an_answer_says_who() -> None:
    flag = FlagRaised(flag="0123456789", fingerprint="f", rule="near_loop", severity=1)
    script = watched(flag, flag)
    assert last(script) == "flag S1 near_loop · raised 2 times · 01234567"
    script.add(FlagAcked(flag="0123456789", verdict="false", reason="a \x1b[31msong"), "person:ada")
    assert last(script) == "ada on flag near_loop: false (a ␛[31msong) · 01234567"


@pytest.mark.parametrize(
    ("after", "rule", "words"),
    [
        (
            "suspect",
            "monitor",
            "the talk may be over (suspect) · half the evidence a stop takes · events 5, 8",
        ),
        ("live", "monitor", "the room is live again · events 5, 8"),
        (
            "paused",
            "monitor.exact_loop",
            "paused by the monitor: exact_loop · half the evidence a stop takes · events 5, 8",
        ),
        (
            "draining",
            "monitor.consent",
            "ended by the monitor: consent · half the evidence a stop takes · events 5, 8",
        ),
    ],
)
def test_where_the_monitor_moves_a_room_is_told_with_its_evidence(after: Any, rule: str, words: str) -> None:
    numbers = {"pressure": 0.461, "odds": -2.42424}
    before = StateChanged(before="live", after="closing", rule="monitor")
    change = StateChanged(before="closing", after=after, rule=rule, evidence=(5, 8), numbers=numbers)
    assert last(watched(before, change)) == words


def test_what_the_monitor_says_is_no_speech() -> None:
    nudge = NoticeGiven(text="something new?\x1b[2J", to=("AI-2",), synthetic=True, kind="nudge")
    assert last(watched(nudge)) == "the monitor, to AI-2: something new?␛[2J"
    lines = Teller("room-1").tell(Event("room-1", 1, "2026-01-01T00:00:00.000Z", "monitor", nudge))
    assert {style for line in lines for _, style in line.spans} == {"warn", "monitor"}
    everybody = NoticeGiven(text="is it over?", synthetic=True, kind="nudge")
    assert last(watched(everybody)) == "the monitor, to all: is it over?"
    nobody = NoticeGiven(text="is it over?", to=(), synthetic=True, kind="nudge")
    assert last(watched(nobody)) == "the monitor, unheard by the seats: is it over?"


@pytest.mark.parametrize(
    ("pressure", "words"),
    [
        (0.0, "little of the evidence"),
        (0.25, "a quarter of the evidence"),
        (0.5, "half the evidence"),
        (0.83, "four fifths of the evidence"),
        (0.999, "nearly all the evidence"),
        (1.0, "all the evidence"),
        (2.3, "twice the evidence"),
    ],
)
def test_how_much_speaks_for_an_end_is_told_in_words(pressure: float, words: str) -> None:
    change = StateChanged(before="live", after="suspect", rule="monitor", numbers={"pressure": pressure})
    assert last(watched(change)) == f"the talk may be over (suspect) · {words} a stop takes"


def test_where_only_reading_counts_seeds_and_hashes_are_left_out() -> None:
    script = watched(
        FlagRaised(flag="0123456789", rule="near_loop", severity=1),
        EffectEnded(effect="e", kind="image", prompt="a door", blob="sha256:" + "ab" * 32),
    )
    whole, brief = Teller(script.room), Teller(script.room, brief=True)
    told_whole, told_brief = (
        "\n".join(line.text for event in script.events for line in teller.tell(event)) for teller in (whole, brief)
    )
    for known in ("seed", "01234567", "sha256"):
        assert known in told_whole
        assert known not in told_brief


def test_who_comes_later_is_told_what_still_waits() -> None:
    script = watched(FlagRaised(flag="a", rule="near_loop", severity=1), FlagRaised(flag="b", rule="loop", severity=2))
    teller = Teller(script.room)
    teller.remember(script.events)
    assert teller.heading()[1].text == "room-1 · 0 messages so far · open flags: 1 S2, 1 S1"


@pytest.mark.parametrize(
    ("severity", "style"), [(0, "quiet"), (1, "warn"), (2, "warn"), (3, "bold warn"), (4, "bold warn")]
)
def test_what_asks_for_a_person_is_told_louder(severity: int, style: str) -> None:
    script = watched(FlagRaised(flag="a", rule="near_loop", severity=severity))
    [line] = Teller(script.room).tell(script.events[-1])
    assert line.spans[0][1] == style
