"""Flags that live: a fold that counts, ages and never forgets."""

from __future__ import annotations

import time
import tracemalloc

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import UnknownName
from antiphon.room.events import (
    AnyBody,
    Event,
    FlagAcked,
    FlagRaised,
    NoticeGiven,
    RoomOpened,
    RuleNoted,
    SeatChanged,
    StateChanged,
)
from antiphon.room.flags import (
    EVIDENCE,
    HIGHEST,
    PATIENCE,
    VERDICTS,
    WAITING,
    Flag,
    fingerprint,
    named,
    overdue,
    raise_flag,
    waiting,
)
from antiphon.room.state import fold
from antiphon.testing.events import Script, scenario


def raising(rule: str = "near_loop", severity: int = 1, *, seat: str | None = None, **more: object) -> FlagRaised:
    """Raise a flag as the monitor does."""
    mark = fingerprint("room-1", rule, seat)
    facts = {"flag": mark, "fingerprint": mark, "rule": rule, "seat": seat, "severity": severity, **more}
    return msgspec.convert(facts, FlagRaised)


def answer(verdict: str, rule: str = "near_loop", *, reason: str = "") -> FlagAcked:
    """Assess the flag of a rule."""
    return FlagAcked(flag=fingerprint("room-1", rule, None), verdict=verdict, reason=reason)


def lived(*bodies: AnyBody) -> Flag:
    """Give the one flag that these events leave."""
    script = Script(2)
    for body in bodies:
        script.add(body, "person:ada" if isinstance(body, FlagAcked) else "monitor")
    [flag] = script.state.flags.values()
    return flag


RULES = st.sampled_from(["near_loop", "farewell_loop", "stuck_seat"])
DEED = st.one_of(
    st.builds(raising, RULES, st.integers(0, 4)),
    st.builds(answer, st.sampled_from([*VERDICTS, "odd"]), RULES),
)


@given(st.lists(DEED, max_size=30))
@settings(max_examples=60)
def test_no_flag_is_dropped_and_every_raising_and_answer_is_counted(deeds: list[AnyBody]) -> None:
    script = Script(1)
    for body in deeds:
        script.add(body, "monitor")
    flags = script.state.flags
    raised = [body for body in deeds if isinstance(body, FlagRaised)]
    assert list(flags) == list(dict.fromkeys(body.fingerprint for body in raised))
    assert sum(flag.count for flag in flags.values()) == len(raised)
    assert fold(script.room, script.events).flags == flags
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(flags), type=dict[str, Flag]) == flags
    met: set[str] = set()
    kept = 0
    for body in deeds:
        if isinstance(body, FlagRaised):
            met.add(body.flag)
        elif isinstance(body, FlagAcked):
            kept += body.flag in met
    assert sum(len(flag.assessments) for flag in flags.values()) == kept


@pytest.mark.parametrize(
    ("deeds", "state", "count"),
    [
        ([], "open", 1),
        ([raising()], "open", 2),
        ([answer("acknowledged"), raising()], "acknowledged", 2),
        ([answer("acknowledged"), raising(severity=2)], "re-opened", 2),
        ([answer("monitoring"), raising(severity=3)], "monitoring", 2),
        ([answer("resolved")], "resolved", 1),
        ([answer("resolved"), raising()], "re-opened", 2),
        ([answer("false"), raising()], "re-opened", 2),
        ([answer("resolved"), answer("open")], "re-opened", 1),
        ([answer("what?")], "open", 1),
    ],
)
def test_a_flag_stands_as_its_answers_and_raisings_leave_it(deeds: list[AnyBody], state: str, count: int) -> None:
    flag = lived(raising(), *deeds)
    assert (flag.state, flag.count) == (state, count)


def test_an_assessment_tells_who_when_what_and_why() -> None:
    [told] = lived(raising(), answer("false", reason="a counting song")).assessments
    assert (told.by, told.verdict, told.reason) == ("person:ada", "false", "a counting song")
    assert told.at.endswith("Z")


def test_the_severity_of_what_waits_only_rises_and_begins_anew_when_it_is_re_opened() -> None:
    assert lived(raising(severity=2), raising(severity=1)).severity == 2
    assert lived(raising(severity=2), answer("resolved"), raising(severity=1)).severity == 1


@given(st.lists(st.integers(1, 10**6), max_size=200))
@settings(max_examples=30)
def test_the_newest_evidence_is_kept_in_order(seqs: list[int]) -> None:
    evidence = lived(*[raising(evidence=(seq,)) for seq in [1, *seqs]]).evidence
    assert list(evidence) == sorted(set(evidence))
    assert len(evidence) <= EVIDENCE


def test_what_the_monitor_does_counts_for_the_flags_it_is_about() -> None:
    script = Script(2)
    script.add(raising("near_loop"), "monitor")
    script.add(raising("stuck_seat", seat="AI-2"), "monitor")
    script.add(raising("note", 0), "monitor")
    script.add(NoticeGiven(text="something new?", to=("AI-1",), synthetic=True, kind="nudge"), "monitor")
    script.add(NoticeGiven(text="is it over?", synthetic=True, kind="nudge"), "monitor")
    script.add(SeatChanged(seat="AI-2", what="muted", before=False, after=True), "monitor")
    script.add(SeatChanged(seat="AI-1", what="muted", before=False, after=True), "person:ada")
    script.add(RuleNoted(rule="monitor.steer", data={"kind": "temperature", "seat": "AI-1"}), "monitor")
    script.add(SeatChanged(seat="AI-1", what="temperature", before=None, after=1.0), "monitor")
    script.add(RuleNoted(rule="monitor.steer", data={"kind": "topic", "seat": None}), "monitor")
    script.add(StateChanged(before="live", after="suspect", rule="monitor"), "monitor")
    script.add(StateChanged(before="suspect", after="paused", rule="monitor.near_loop"), "monitor")
    assert [flag.actions for flag in script.state.flags.values()] == [
        {"nudge": 2, "mute": 1, "steer": 2, "pause": 1},
        {"nudge": 1, "mute": 1, "steer": 1, "pause": 1},
        {},
    ]


# ------------------------------------------------------------------------------------------ growing old


def told_again(severity: int, messages: int) -> list[tuple[int, int]]:
    """Let a flag wait while so many messages are said; give (message, severity) of each time it is told again."""
    script, found = Script(1), []
    script.add(raising(severity=severity, ttl=PATIENCE.get(severity, 0)), "monitor")
    for number in range(1, messages + 1):
        script.turn("AI-1", "word")
        for body in list(overdue(script.state.flags, script.state.messages)):
            script.add(body, "monitor")
            found.append((number, body.severity))
    [flag] = script.state.flags.values()
    assert flag.count == 1
    return found


def test_a_flag_that_nobody_answers_is_told_again_a_severity_higher_and_then_ever_more_seldom() -> None:
    assert told_again(1, 400) == [(100, 2), (150, 3), (175, 3), (225, 3), (325, 3)]
    assert told_again(4, 80) == [(10, 4), (30, 4), (70, 4)]
    assert told_again(0, 300) == []


@given(st.sampled_from(list(VERDICTS)), st.integers(1, 4))
@settings(max_examples=30)
def test_only_what_waits_grows_old_and_an_answer_gives_it_time(verdict: str, severity: int) -> None:
    flag = lived(raising(severity=severity, ttl=5), answer(verdict))
    due = list(overdue({flag.fingerprint: flag}, 5))
    assert len(due) == (flag.state in WAITING)
    assert all(body.severity <= max(severity, HIGHEST) for body in due)


def test_duplicates_do_not_put_the_deadline_off() -> None:
    script = Script(1)
    for _ in range(5):
        script.add(raising(ttl=5), "monitor")
        script.turn("AI-1", "word")
    assert list(overdue(script.state.flags, script.state.messages))


def test_a_fork_leaves_its_parents_flags_to_the_parent() -> None:
    script = Script(1)
    script.add(raising(ttl=1), "monitor")
    assert waiting(script.state.flags.values()) == {"S1": 1}
    script.add(RoomOpened(scenario=scenario(1), seed=1, engine="script", parent="room-0", forked_at=2))
    assert waiting(script.state.flags.values()) == {}
    assert list(overdue(script.state.flags, 100)) == []
    [flag] = script.state.flags.values()
    assert flag.inherited


# ------------------------------------------------------------------------------------------ names


def test_a_flag_is_found_by_a_beginning_that_no_other_has() -> None:
    flags = [Flag(id=id_, fingerprint=id_, rule="r", seat=None, severity=1, first_seq=1) for id_ in ("abc", "abd")]
    assert named(flags, "abd").id == "abd"
    assert named(flags[:1], "a").id == "abc"
    for part in ("ab", "x", ""):
        with pytest.raises(UnknownName, match="abc"):
            named(flags, part)


@given(st.text(max_size=20), st.text(max_size=20), st.none() | st.text(max_size=20))
def test_a_fingerprint_is_plain_whatever_the_names_are(room: str, rule: str, seat: str | None) -> None:
    mark = fingerprint(room, rule, seat)
    assert len(mark) == 16
    assert set(mark) <= set("0123456789abcdef")


# ------------------------------------------------------------------------------------------ very many


def _many(count: int) -> tuple[float, int, Flag]:
    """Raise one flag so often; give seconds of CPU, the peak of memory in bytes, and the flag."""
    flags: dict[str, Flag] = {}
    body = raising(evidence=(3, 5, 7), ttl=100)
    tracemalloc.start()
    begun = time.process_time()
    for seq in range(1, count + 1):
        raise_flag(flags, Event("room-1", seq, "2026-01-01T00:00:00.000Z", "monitor", body), body, seq // 10)
    spent = time.process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    [flag] = flags.values()
    return spent, peak, flag


def test_a_hundred_thousand_duplicates_take_the_room_of_one_and_linear_time() -> None:
    few, small, _ = _many(2_000)
    many, large, flag = _many(20_000)
    assert flag.count == 20_000
    assert large < small + 4_096
    assert many < 10 * max(few, 0.01) * 3
