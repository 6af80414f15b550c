"""Rooms over HTTP while they run: what is heard, cut short from the keyboard and from other processes, and kept secret.

Set ANTIPHON_AIMOCK to an `llmock` executable (npm: `@copilotkit/aimock`, `node_modules/.bin/llmock`).
"""

from __future__ import annotations

import os
import signal
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from antiphon.room.events import EffectEnded, Event, MessageSaid, RoomEnded, StateChanged, TurnEnded
from antiphon.room.records import decode, parse_line
from antiphon.testing.accounts import accounts_of
from antiphon.testing.place import bodies
from antiphon.testing.program import Program, finish, until

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif("ANTIPHON_AIMOCK" not in os.environ, reason="ANTIPHON_AIMOCK names no llmock executable"),
]

KEY = "canary-4fe1b09d7a62-key"
ANSWER = "A plain answer of a few words."
LONG = "This sentence goes on, and on, and on. " * 12
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


@pytest.fixture
def fixtures() -> list[Any]:
    refusal = {"error": {"message": f"Bearer {KEY} is no good", "code": KEY, "type": f"t-{KEY}"}, "status": 400}
    return [
        {"match": {"endpoint": "image"}, "response": {"image": {"b64Json": b64encode(PIXEL).decode()}}},
        {"match": {"model": "slow"}, "response": {"content": LONG}, "latency": 40},
        {"match": {"model": "thinks"}, "response": {"content": ANSWER, "reasoning": "Between ourselves."}},
        {"match": {"model": "paints", "turnIndex": 0}, "response": {"content": '!image "a lamp"\nLook.'}},
        {"match": {"model": "parrot", "turnIndex": 2}, "response": refusal},
        {"match": {"model": "parrot"}, "response": {"content": f"My key is {KEY}.", "reasoning": f"{KEY}, hm."}},
        {"match": {}, "response": {"content": ANSWER}},
    ]


def events_of(lines: str) -> list[Event]:
    """Read lines of JSON; a half one is an error."""
    assert lines.endswith("\n")
    return [decode(parse_line(line.encode())) for line in lines.splitlines()]


def rest(process: Program, read: list[str]) -> tuple[int, list[Event]]:
    """Wait for a program's end; give its exit code and everything it printed."""
    ran = finish(process)
    return ran.code, events_of("".join(read) + ran.out)


# ------------------------------------------------------------------------------------------ heard


@pytest.mark.parametrize("shown", [True, False], ids=["shown", "kept"])
def test_reasoning_is_kept_and_heard_by_others_only_where_the_scenario_says_so(
    desk: Any, aimock: Any, *, shown: bool
) -> None:
    words = ["--seat", "aimock:thinks", "--seat", "aimock:hears", "--json", "--yes", "--messages", "4"]
    ran = desk.run("run", "dyad", *words, "--set", f"hear_reasoning={str(shown).lower()}")
    assert ran.code == 0, ran.err
    said = [body for body in bodies(events_of(ran.out), MessageSaid) if body.seat == "AI-1" and body.turn]
    assert {(body.text, body.reasoning) for body in said} == {(ANSWER, "Between ourselves.")}
    assert [("Between ourselves." in body) for body in aimock.bodies("hears")] == [False, shown]


def test_a_picture_is_painted_over_http_and_shown_to_the_seat_that_takes_pictures(
    desk: Any, aimock: Any, tmp_path: Path
) -> None:
    (tmp_path / "gallery.toml").write_text(
        f"""
        name = "gallery"
        opening = "Begin."
        rights = ["image"]
        seats = [{{ model = "aimock:paints" }}, {{ model = "sees" }}, {{ model = "aimock:blind" }}]
        pictures = {{ painter = "openai", model = "brush", base_url = "{aimock.url}/v1" }}
        """,
        encoding="utf-8",
    )
    aimock.chaos(latencyMs=60)
    ran = desk.run("run", "gallery.toml", "--json", "--yes", "--messages", "9")
    assert ran.code == 0, ran.err
    events = events_of(ran.out)
    [painted] = bodies(events, EffectEnded)
    assert painted.failed is None
    assert painted.blob is not None
    picture = "data:image/png;base64," + b64encode(PIXEL).decode()
    assert picture in aimock.bodies("sees")[-1]
    assert "data:image" not in aimock.bodies("blind")[-1]
    assert "created an image" in aimock.bodies("blind")[-1]
    page = desk.run("export", "last", "--format", "html", "-o", "gallery.html")
    assert page.code == 0, page.err
    assert b64encode(PIXEL).decode() in (tmp_path / "gallery.html").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------ cut short


@pytest.fixture
def streaming(desk: Any) -> tuple[Program, list[str]]:
    """Start a room whose first reply takes some four seconds, and wait until it streams."""
    process = desk.start("run", "dyad", "--seat", "aimock:slow", "--seat", "aimock:slow", "--json", "--yes")
    lines = until(process, "turn.requested")
    time.sleep(0.6)
    return process, lines


def test_the_first_interrupt_lets_a_stream_finish(streaming: tuple[Program, list[str]]) -> None:
    process, lines = streaming
    process.send_signal(signal.SIGINT)
    code, events = rest(process, lines)
    assert code == 0
    assert bodies(events, MessageSaid)[-1].text == LONG
    assert (bodies(events, StateChanged)[-1].after, accounts_of(events).said) == ("paused", 1)


def test_the_second_interrupt_cuts_a_stream_and_leaves_no_half_event(
    desk: Any, streaming: tuple[Program, list[str]]
) -> None:
    process, lines = streaming
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    code, events = rest(process, lines)
    _is_cut(events)
    assert code == 0
    assert desk.run("verify", "--replay").code == 0
    kept = desk.run("export", "last", "--format", "jsonl", "-o", "kept.jsonl")
    assert kept.code == 0, kept.err
    assert [event.seq for event in events_of((desk.folder / "kept.jsonl").read_text(encoding="utf-8"))] == [
        event.seq for event in events
    ]


def test_pause_now_from_another_process_cuts_a_stream(desk: Any, streaming: tuple[Program, list[str]]) -> None:
    process, lines = streaming
    asked = time.monotonic()
    assert desk.run("pause", "last", "--now").code == 0
    code, events = rest(process, lines)
    _is_cut(events)
    assert (code, time.monotonic() - asked < 3) == (0, True)
    assert events[-1].body == bodies(events, MessageSaid)[-1]
    assert desk.run("verify", "--replay").code == 0


def _is_cut(events: list[Event]) -> None:
    said, ended = bodies(events, MessageSaid)[-1], bodies(events, TurnEnded)[-1]
    assert (said.cut, ended.outcome) == ("abort", "cut")
    assert LONG.startswith(said.text)
    assert 0 < len(said.text) < len(LONG)
    assert bodies(events, StateChanged)[-1].after == "paused"


def test_end_from_another_process_lets_a_stream_finish(desk: Any, streaming: tuple[Program, list[str]]) -> None:
    process, lines = streaming
    assert desk.run("end", "last").code == 0
    code, events = rest(process, lines)
    assert code == 0
    assert (bodies(events, MessageSaid)[-1].text, bodies(events, MessageSaid)[-1].cut) == (LONG, None)
    assert [body.reason for body in bodies(events, RoomEnded)] == ["person"]


# ------------------------------------------------------------------------------------------ secrets


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
def test_a_key_that_the_endpoint_repeats_reaches_nothing(desk: Any, aimock: Any, *, streamed: bool) -> None:
    desk.know("CANARY_KEY", CANARY_KEY=KEY)
    words = ["--seat", "aimock:parrot", "--seat", "aimock:two", "--yes", "--messages", "6"]
    words += [] if streamed else ["--set", "seats.1.extra.stream=false"]
    ran = desk.run("run", "dyad", *words, "--json")
    events = events_of(ran.out)
    assert aimock.calls()[0]["headers"]["authorization"] != ""
    assert "My key is [key]." in {body.text for body in bodies(events, MessageSaid)}
    assert accounts_of(events).faults["refused"] == 4
    plain = desk.run("run", "dyad", *words)
    shown = [desk.run("show", "last"), desk.run("models"), desk.run("rooms")]
    for other in (ran, plain, *shown):
        assert KEY not in other.out + other.err
    assert KEY.encode() not in desk.kept()
    assert b"CANARY_KEY" in desk.kept()
