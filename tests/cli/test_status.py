"""The status line fits, and says what matters first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antiphon.cli.status import Status, status
from antiphon.room.events import (
    Event,
    FlagAcked,
    FlagRaised,
    StateChanged,
    TurnEnded,
    TurnRequested,
    Usage,
    ViewFact,
)
from antiphon.room.state import State
from antiphon.testing.events import Script


def line(state: State, known: Status, width: int = 200, elapsed: float = 0) -> str:
    """Give the line as text."""
    return "".join(text for text, _ in status(state, known, elapsed, width))


def asked(script: Script, tokens: int) -> Status:
    """Let AI-1, of a context of 1,000 tokens, be asked with a view of so many tokens."""
    known = Status()
    view = ViewFact(bytes=tokens * 4, digest="")
    event = script.add(TurnRequested(turn=1, seat="AI-1", heard=1, model="echo", view=view), "runner")
    known.hear(script.state, event)
    return known


def of_context() -> Script:
    """Give a room with one seat of a known context."""
    script = Script(0)
    script.join(context=1_000)
    return script


@given(st.integers(10, 200), st.integers(0, 10**9), st.floats(0, 10**6), st.floats(0, 10**4))
def test_the_line_is_never_wider_than_it_may_be(width: int, tokens: int, elapsed: float, cost: float) -> None:
    script = of_context()
    known = asked(script, 900)
    script.state.tokens, script.state.cost = tokens, cost
    assert len(line(script.state, known, width, elapsed)) <= max(width, len("live"))


def test_everything_is_there_where_there_is_room() -> None:
    script = of_context()
    known = asked(script, 120)
    assert (
        line(script.state, known, elapsed=3725)
        == "live · turn 1 · AI-1 speaks · 0 tokens · context 12% · free · 1:02:05"
    )


def test_a_context_that_is_nearly_full_is_told_in_words_and_colour() -> None:
    script = of_context()
    known = asked(script, 800)
    spans = status(script.state, known, 0, 100)
    assert ("context 80% full soon", "bold warn") in spans


def test_what_the_provider_counted_replaces_the_estimate() -> None:
    script = of_context()
    known = asked(script, 120)
    event = Event(
        script.room, 9, script.state.at, "runner", TurnEnded(turn=1, outcome="said", usage=Usage(input=400, output=100))
    )
    known.hear(script.state, event)
    assert known.share == 0.5
    assert known.speaking is None


def test_an_unknown_price_is_never_shown_as_nothing() -> None:
    script = Script(1)
    script.state.cost_unknown = True
    assert "unknown" in line(script.state, Status())


def test_flags_that_wait_are_counted_where_nobody_can_overlook_them() -> None:
    script = of_context()
    script.add(FlagRaised(flag="a", rule="near_loop", severity=1), "monitor")
    script.add(FlagRaised(flag="b", rule="exact_loop", severity=2), "monitor")
    script.add(StateChanged(before="live", after="suspect", rule="monitor"), "monitor")
    known = Status()
    assert line(script.state, known).startswith("suspect · flags: 1 S2, 1 S1 · ")
    assert ("flags: 1 S2, 1 S1", "warn") in status(script.state, known, 0, 200)
    assert line(script.state, known, 30) == "suspect · flags: 1 S2, 1 S1"
    for flag in ("a", "b"):
        script.add(FlagAcked(flag=flag, verdict="resolved"), "person:ada")
    assert "flags" not in line(script.state, known)
