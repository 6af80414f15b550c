"""Our provider against aimock, a stranger's fake of the OpenAI API, with its faults switched on.

Set ANTIPHON_AIMOCK to an `llmock` executable (npm: `@copilotkit/aimock`, `node_modules/.bin/llmock`).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from antiphon.errors import ProviderFailure
from antiphon.providers.openai import PLUGIN
from antiphon.room.contracts import Allowance, Means, Reply
from antiphon.room.models import Models
from antiphon.room.state import Seat
from antiphon.room.view import Part, SeatView, View, escape
from antiphon.wire.client import Wire
from antiphon.wire.retries import Retries

EXECUTABLE = os.environ.get("ANTIPHON_AIMOCK", "")

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not EXECUTABLE, reason="ANTIPHON_AIMOCK names no llmock executable"),
]

Start: TypeAlias = Callable[..., str]

ANSWER = "Hello. I am a fixture, and I have “nothing” to add; 🙂 is all."
FIXTURES = [
    {"match": {"userMessage": "limit"}, "response": {"error": {"message": "slow", "code": "x"}, "status": 429}},
    {"match": {"userMessage": "gone"}, "response": {"error": {"message": "model not found"}, "status": 404}},
    {"match": {"userMessage": "cut"}, "response": {"content": ANSWER}, "latency": 30, "truncateAfterChunks": 3},
    {"match": {"userMessage": "think"}, "response": {"content": ANSWER, "reasoning": "Let me see."}},
    {"match": {"userMessage": "hello"}, "response": {"content": ANSWER}},
]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start aimock with options; gives its base URL."""
    (tmp_path / "fixtures.json").write_text(json.dumps({"fixtures": FIXTURES}))
    running: list[subprocess.Popen[bytes]] = []

    def run(*options: str) -> str:
        port = _free_port()
        command = [EXECUTABLE, "--port", str(port), "--fixtures", str(tmp_path), "--chunk-size", "5", *options]
        quiet = subprocess.DEVNULL
        running.append(subprocess.Popen([*command, "--log-level", "silent"], stdout=quiet, stderr=quiet))  # noqa: S603 - the person who runs the tests names it
        _wait_for(port, running[-1])
        return f"http://127.0.0.1:{port}/v1"

    yield run
    for process in running:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "aimock ended by itself"
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("aimock did not answer within ten seconds")


async def ask(url: str, said: str, how: str, *, attempts: int = 5) -> tuple[Reply, str]:
    """Ask once; gives the reply and what a listener heard."""
    seat = Seat(
        id="AI-1",
        number=1,
        label="AI-1",
        display="m",
        provider="openai",
        model="gpt-4o-mini",
        system="Talk.",
        temperature=1.0,
        rights=(),
        joined=1,
        by="scenario",
        base_url=url,
    )
    heard = SeatView(seat=seat.id, rich=False, parts=[], late=[])
    heard.hear(Part(1, "AI-2", "said", "", escape(said)))
    view = View("room", seat, seat.system, heard.parts, ("AI-2",), "chat", heard)
    wire = Wire(retries=Retries(attempts=attempts, first=0.01))
    means = Means(key=lambda _name, _place: None, wire=wire, models=Models(), now=lambda: time.time_ns() // 1_000_000)
    chunks: list[str] = []

    def listen(text: str) -> bool:
        chunks.append(text)
        return True

    try:
        speaker = PLUGIN.speaker(seat, means)
        reply = await speaker.speak(view, Allowance(tokens=400), listen if how == "streamed" else None)
    finally:
        await wire.close()
    return reply, "".join(chunks)


BOTH = pytest.mark.parametrize("how", ["streamed", "whole"])


@BOTH
async def test_a_reply_is_read_whole_and_streamed(start: Start, how: str) -> None:
    reply, heard = await ask(start(), "hello", how)
    assert (reply.text, reply.finish) == (ANSWER, "stop")
    assert heard == (ANSWER if how == "streamed" else "")
    assert reply.usage is not None
    assert reply.response_id


@BOTH
async def test_reasoning_is_kept_apart(start: Start, how: str) -> None:
    reply, _ = await ask(start(), "think", how)
    assert (reply.text, reply.reasoning) == (ANSWER, "Let me see.")


async def test_a_stream_cut_in_the_middle_is_a_failure_with_its_partial_text(start: Start) -> None:
    with pytest.raises(ProviderFailure) as caught:
        await ask(start(), "cut", "streamed")
    assert caught.value.kind == "disconnected"
    assert ANSWER.startswith(caught.value.partial)
    assert caught.value.partial


@BOTH
@pytest.mark.parametrize(("said", "kind", "attempts"), [("limit", "rate_limited", 3), ("gone", "model_gone", 1)])
async def test_a_refusal_is_known(start: Start, how: str, said: str, kind: str, attempts: int) -> None:
    with pytest.raises(ProviderFailure) as caught:
        await ask(start(), said, how, attempts=3)
    assert (caught.value.kind, caught.value.attempts) == (kind, attempts)


@BOTH
@pytest.mark.parametrize(
    ("option", "kind", "attempts"),
    [
        ("--chaos-drop", "unavailable", 3),
        ("--chaos-malformed", "malformed", 1),
        ("--chaos-disconnect", "disconnected", 3),
        ("--chaos-ratelimit", "rate_limited", 2),
    ],
)
async def test_a_fault_that_lasts_is_named(start: Start, how: str, option: str, kind: str, attempts: int) -> None:
    with pytest.raises(ProviderFailure) as caught:
        await ask(start(option, "1"), "hello", how, attempts=attempts)
    assert (caught.value.kind, caught.value.attempts) == (kind, attempts)


@BOTH
async def test_passing_faults_are_overcome(start: Start, how: str) -> None:
    url = start("--chaos-drop", "0.2", "--chaos-disconnect", "0.2", "--chaos-latency", "20")
    replies: list[Any] = [await ask(url, "hello", how, attempts=12) for _ in range(15)]
    assert {reply.text for reply, _ in replies} == {ANSWER}
    assert any(reply.attempts > 1 for reply, _ in replies)
