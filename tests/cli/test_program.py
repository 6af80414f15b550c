"""The program as others meet it: signals, pipes, consoles of other encodings, and two processes at one room."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest

from antiphon.testing.program import MINUTE, Start, Type, finish, until

SLOW = ("run", "dyad", "--rounds", "50", "--latency", "300-400ms")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_pauses_the_room_and_says_how_to_go_on(start: Start, antiphon: Type, number: signal.Signals) -> None:
    process = start(*SLOW, "--json")
    printed = until(process, "turn.requested")
    process.send_signal(number)
    ran = finish(process)
    assert ran.code == 0
    assert "antiphon resume" in ran.err
    kept = antiphon("show", "last", "--json").out
    assert kept == "".join(printed) + ran.out
    assert antiphon("rooms", "--json").json[0]["state"] == "paused"
    assert antiphon("resume", "last", "--messages", "4", "--json").code == 0
    assert antiphon("verify", "--replay").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_a_second_signal_cuts_the_call(start: Start) -> None:
    process = start("run", "dyad", "--latency", "20-30s", "--json")
    until(process, "turn.requested")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    until(process, "state.changed")
    process.send_signal(signal.SIGINT)
    ran = finish(process)
    assert ran.code == 0
    assert ran.json[-1]["outcome"] == "cut"
    assert time.monotonic() - began < 10


def test_what_another_process_asks_is_in_the_room_within_half_a_second(start: Start, antiphon: Type) -> None:
    process = start(*SLOW, "--json")
    until(process, "turn.requested")
    refused = antiphon("resume", "last")
    assert refused.code == 2
    assert f"process {process.pid}" in refused.err
    assert antiphon("delete", "last", "--yes").code == 2
    for verb, words, kind in (("say", ["Hello."], "message.said"), ("mute", ["AI-2"], "seat.changed")):
        asked = antiphon(verb, "last", *words)
        assert f"process {process.pid}" in asked.out
        began = time.monotonic()
        until(process, kind)
        assert time.monotonic() - began < 0.5
    antiphon("end", "last")
    ran = finish(process)
    assert ran.json[-1]["type"] == "room.ended"


def test_attach_follows_a_room_to_its_end(start: Start, antiphon: Type) -> None:
    runner = start(*SLOW, "--json")
    until(runner, "turn.requested")
    follower = start("attach", "last")
    until(runner, "message.said")
    antiphon("say", "last", "Hello", "from", "outside.")
    antiphon("end", "last")
    finish(runner)
    ran = finish(follower)
    assert ran.code == 0
    assert "is speaking" in ran.out
    assert "you (a person)\n  Hello from outside.\n" in ran.out
    assert "the room has ended: person" in ran.out


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_that_is_not_utf8_gets_replacements(start: Start, antiphon: Type, encoding: str) -> None:
    antiphon("run", "dyad", "--messages", "2")
    antiphon("say", "last", "漢字 and 💥 and “quotes”")
    for words in (
        ("show", "last"),
        ("play", "last", "--speed", "0"),
        ("rooms",),
        ("models",),
        ("demo", "--rounds", "1"),
    ):
        ran = finish(start(*words, PYTHONIOENCODING=encoding))
        assert ran.code == 0, ran.err
        assert "Traceback" not in ran.err


def test_a_reader_that_goes_away_leaves_a_paused_room(start: Start, antiphon: Type) -> None:
    process = start("run", "dyad", "--rounds", "200", "--latency", "1-2ms", "--json")
    until(process, "message.said")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(MINUTE) == 1
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert antiphon("rooms", "--json").json[0]["state"] == "paused"


def test_a_slow_reader_gets_everything(start: Start) -> None:
    process = start("run", "dyad", "--rounds", "30", "--json")
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(1)
    lines = [first, *process.stdout]
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert json.loads(lines[-1])["type"] == "room.ended"


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_what_was_printed_survives_kill_9(start: Start, antiphon: Type) -> None:
    process = start(*SLOW, "--json")
    printed = [*until(process, "message.said"), *until(process, "turn.requested")]
    os.kill(process.pid, signal.SIGKILL)
    rest = finish(process).out
    kept = antiphon("show", "last", "--json").out
    assert kept.startswith("".join(printed) + rest[: rest.rfind("\n") + 1])
    more = antiphon("resume", "last", "--messages", "3", "--json")
    assert more.json[0]["type"] == "turn.ended"
    assert more.json[0]["outcome"] == "lost"
    assert antiphon("verify", "--replay").code == 0
