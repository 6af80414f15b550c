"""Whole rooms by the real command, over HTTP, against aimock with its chaos options: every fault an event.

Set ANTIPHON_AIMOCK to an `llmock` executable (npm: `@copilotkit/aimock`, `node_modules/.bin/llmock`).
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from antiphon.room.events import Event, MessageSaid, RuleNoted, SeatChanged, StateChanged, TurnEnded
from antiphon.room.records import decode, parse_line
from antiphon.testing.accounts import Accounts, accounts_of
from antiphon.testing.place import bodies
from antiphon.testing.program import Ran, finish

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif("ANTIPHON_AIMOCK" not in os.environ, reason="ANTIPHON_AIMOCK names no llmock executable"),
]

ANSWER = "A plain answer, and “nothing” to add; 🙂 is all."
OPENINGS = {"dyad": " ", "backrooms": "The last door closes"}
SOFT = 0.25
"""Share of calls that meet a fault, after the first two, which always do."""
FAULTS = {
    "drops": {"dropRate": SOFT},
    "malformed": {"malformedRate": SOFT},
    "disconnects": {"disconnectRate": SOFT},
    "limits": {"rateLimitRate": SOFT},
    "all": {"dropRate": 0.1, "malformedRate": 0.15, "disconnectRate": 0.1, "rateLimitRate": 0.1, "latencyMs": 20},
}


def error(status: int, message: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "code": code}, "status": status}


@pytest.fixture
def fixtures() -> list[Any]:
    long = "This model's maximum context length is 400 tokens. However, your messages resulted in 500 tokens."
    said = {"content": ANSWER}
    return [
        {"match": {"model": "mortal", "turnIndex": 1}, "response": said},
        {"match": {"model": "mortal"}, "response": error(404, "The model does not exist", "model_not_found")},
        {"match": {"model": "short", "turnIndex": 3}, "response": error(400, long, "context_length_exceeded")},
        {
            "match": {"model": "greedy"},
            "response": {**said, "usage": {"prompt_tokens": 180_000, "completion_tokens": 9}},
        },
        {"match": {}, "response": said},
    ]


def events_of(ran: Ran) -> list[Event]:
    return [decode(parse_line(line.encode())) for line in ran.out.splitlines()]


def settled(desk: Any, ran: Ran) -> tuple[list[Event], Accounts]:
    """Check what must be true of every room, however it fared; give its events and its accounts."""
    events = events_of(ran)
    accounts = accounts_of(events)
    verified = desk.run("verify", "--replay", "--json")
    assert (verified.code, verified.json[-1]["broken"]) == (0, 0)
    said = [body.text for body in bodies(events, MessageSaid)]
    assert all(text == ANSWER or text.startswith(tuple(OPENINGS.values())) for text in said)
    return events, accounts


def room(scenario: str, *, streamed: bool) -> list[str]:
    """Give the words that run a scenario: the dyad up to its ceiling, the five seats for two rounds."""
    seats = 2 if scenario == "dyad" else 5
    words = ["run", scenario, "--json", "--yes", "--set", "limits.failures_in_row=1000", "--policy", "none"]
    words += ["--messages", "8"] if scenario == "dyad" else ["--rounds", "2", "--messages", "40"]
    for number in range(1, seats + 1):
        words += ["--seat", f"aimock:model-{number}"]
        words += [] if streamed else ["--set", f"seats.{number}.extra.stream=false"]
    return words


BOTH = pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])


@BOTH
@pytest.mark.parametrize("scenario", ["dyad", "backrooms"])
@pytest.mark.parametrize("chaos", list(FAULTS))
def test_every_injected_fault_is_an_event_and_the_room_is_finished(
    desk: Any, aimock: Any, scenario: str, chaos: str, *, streamed: bool
) -> None:
    hard = "malformedRate" if chaos == "all" else next(iter(FAULTS[chaos]))
    aimock.chaos(**{hard: 1, "latencyMs": 50})  # slow enough to be seen before the room has failed a thousand turns
    running = desk.start(*room(scenario, streamed=streamed))
    aimock.wait_for(2, faults=True)
    aimock.chaos(**FAULTS[chaos])
    ran = finish(running)
    assert ran.code == 0, ran.err
    events, accounts = settled(desk, ran)
    assert accounts.faults == aimock.faults()
    assert accounts.faults.total() >= 2
    assert accounts.calls == len(aimock.calls())
    assert accounts.said == (7 if scenario == "dyad" else 10)
    last = events[-1].body
    assert getattr(last, "rule", getattr(last, "reason", "")) == (
        "ceiling.messages" if scenario == "dyad" else "rounds"
    )
    assert all(call["body"].get("stream", False) is streamed for call in aimock.calls())
    notes = [body.data["why"] for body in bodies(events, RuleNoted) if body.rule == "gate"]
    assert ("rate_limited" in notes) == bool(accounts.faults["rate_limited"])


@pytest.mark.parametrize("scenario", ["dyad", "backrooms"])
def test_a_slow_endpoint_only_takes_its_time(desk: Any, aimock: Any, scenario: str) -> None:
    aimock.chaos(latencyMs=120)
    ran = desk.run(*room(scenario, streamed=True))
    events, accounts = settled(desk, ran)
    assert (ran.code, accounts.failed, accounts.faults) == (0, 0, Counter())
    assert all(ended.ms >= 120 and (ended.first_token_ms or 0) >= 120 for ended in bodies(events, TurnEnded))


def test_a_room_in_which_everything_fails_pauses_and_is_resumed_when_the_endpoint_is_well(
    desk: Any, aimock: Any
) -> None:
    aimock.chaos(malformedRate=1)
    words = ["--seat", "aimock:one", "--seat", "aimock:two", "--json", "--yes"]
    ran = desk.run("run", "dyad", *words, "--messages", "5")
    first, accounts = settled(desk, ran)
    assert (ran.code, accounts.said, accounts.failed) == (1, 0, 4)
    paused = bodies(first, StateChanged)[-1]
    assert (paused.after, paused.rule, paused.numbers) == ("paused", "failures", {"in_row": 4})
    aimock.chaos()
    ran = desk.run("resume", "last", "--json", "--yes")
    assert ran.code == 0, ran.err
    events = first + events_of(ran)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert bodies(events, StateChanged)[-1].rule == "ceiling.messages"
    assert accounts_of(events).said == 4


def test_a_model_that_is_gone_pauses_its_room_and_with_a_fallback_the_room_goes_on(desk: Any) -> None:
    words = ["--seat", "aimock:mortal", "--seat", "aimock:two", "--json", "--yes", "--messages", "8"]
    ran = desk.run("run", "dyad", *words)
    events, accounts = settled(desk, ran)
    assert (ran.code, accounts.faults) == (1, {"model_gone": 1})
    paused = bodies(events, StateChanged)[-1]
    assert (paused.rule, paused.numbers) == ("provider.model_gone", {"seat": "AI-1", "model": "mortal"})
    ran = desk.run("run", "dyad", *words, "--set", 'seats.1.via=["aimock:spare"]')
    assert ran.code == 0, ran.err
    events, accounts = settled(desk, ran)
    assert (accounts.said, accounts.faults) == (7, {"model_gone": 1})
    assert [body.after["model"] for body in bodies(events, SeatChanged)] == ["spare"]


def test_a_refusal_for_length_makes_room_once(desk: Any, aimock: Any) -> None:
    words = ["--seat", "aimock:one", "--seat", "aimock:short", "--json", "--yes", "--messages", "14"]
    ran = desk.run("run", "dyad", *words, "--set", "overflow=drop_oldest")
    assert ran.code == 0, ran.err
    events, accounts = settled(desk, ran)
    assert accounts.faults["context_length"] >= 1
    notes = [body.rule for body in bodies(events, RuleNoted)]
    assert notes.count("context_length") == notes.count("overflow") == accounts.faults["context_length"]
    sent = [len(body) for body in aimock.bodies("short")]
    assert any(after < before for before, after in pairwise(sent))


# ------------------------------------------------------------------------------------------ money


def test_nobody_is_called_before_a_person_agreed(desk: Any, aimock: Any) -> None:
    words = ["run", "dyad", "--seat", "aimock:one", "--seat", "aimock:two"]
    ran = desk.run(*words)
    assert ran.code == 2
    assert "one, two" in ran.err
    assert "60 messages or 500,000 tokens" in ran.err
    assert "--yes" in ran.err
    assert aimock.calls() == []
    assert desk.run("rooms", "--json").out.strip() in {"", "[]"}


def test_a_room_of_unknown_cost_pauses_at_sixty_messages(desk: Any) -> None:
    words = ["--seat", "aimock:one", "--seat", "aimock:two", "--json", "--yes"]
    ran = desk.run("run", "dyad", *words, "--rounds", "200", "--policy", "none")
    events, accounts = settled(desk, ran)
    assert (ran.code, accounts.said) == (0, 59)
    assert bodies(events, StateChanged)[-1].rule == "ceiling.messages"


def test_a_room_of_unknown_cost_pauses_at_half_a_million_tokens(desk: Any) -> None:
    words = ["--seat", "aimock:greedy", "--seat", "aimock:greedy", "--json", "--yes", "--set", "twins=true"]
    ran = desk.run("run", "dyad", *words)
    events, accounts = settled(desk, ran)
    assert (ran.code, accounts.said) == (0, 3)
    assert bodies(events, StateChanged)[-1].rule == "ceiling.tokens"
