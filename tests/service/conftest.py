"""Starts aimock, a stranger's fake of the OpenAI API, for tests that are marked `service`.

Set ANTIPHON_AIMOCK to an `llmock` executable (npm: `@copilotkit/aimock`, `node_modules/.bin/llmock`).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from antiphon.testing.program import Program, Ran, finish, start_program

KINDS = {"drop": "unavailable", "malformed": "malformed", "disconnect": "disconnected", "rateLimit": "rate_limited"}
"""What aimock calls its faults -> the kind of failure each must become."""

SHELF = """
[[endpoints]]
name = "aimock"
base_url = "{url}/v1"
key = "{key}"

[[models]]
id = "sees"
endpoint = "aimock"
takes = ["parts", "images"]
"""


class Aimock:
    """Is one running aimock, and what can be asked of it beside its API."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def _ask(self, path: str, data: bytes | None = None) -> Any:
        request = Request(self.url + path, data, {"content-type": "application/json"})  # noqa: S310 - our own, on the loopback
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return json.load(answer)

    def chaos(self, **rates: float) -> None:
        """Set the faults from now on, instead of those before: dropRate, malformedRate, …, latencyMs."""
        self._ask("/__aimock/chaos", json.dumps(rates).encode())

    def calls(self) -> list[Any]:
        """Give every call for words so far, with the fault it met."""
        return [call for call in self._ask("/__aimock/journal?limit=1000") if call["path"].endswith("/completions")]

    def bodies(self, model: str) -> list[str]:
        """Give what was sent for one model, oldest first."""
        return [json.dumps(call["body"]) for call in self.calls() if call["body"]["model"] == model]

    def faults(self) -> Counter[str]:
        """Count the faults that were injected, by the kind of failure each must become."""
        met = (call["response"].get("chaosAction") for call in self.calls())
        return Counter(KINDS[fault] for fault in met if fault)

    def wait_for(self, calls: int, *, faults: bool = False) -> None:
        """Wait until so many calls (or faults) have come."""
        for _ in range(600):
            if (self.faults().total() if faults else len(self.calls())) >= calls:
                return
            time.sleep(0.05)
        raise TimeoutError("nobody called within thirty seconds")


@pytest.fixture
def fixtures() -> list[Any]:
    """Give what aimock answers; a test module overrides it."""
    return [{"match": {}, "response": {"content": "Hello."}}]


@pytest.fixture
def aimock(tmp_path: Path, fixtures: list[Any]) -> Iterator[Aimock]:
    folder = tmp_path / "fixtures"
    folder.mkdir()
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": fixtures}), encoding="utf-8")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [os.environ["ANTIPHON_AIMOCK"], "--port", str(port), "--fixtures", str(folder), "--chunk-size", "5"]
    environment = {**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*command, "--log-level", "silent"], env=environment, stdout=quiet, stderr=quiet)  # noqa: S603 - the person who runs the tests names it
    try:
        _wait(port, process)
        yield Aimock(port)
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "aimock ended by itself"
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("aimock did not answer within ten seconds")


class Desk:
    """Is where the command is typed: a folder of its own, in which the endpoint "aimock" is known."""

    def __init__(self, folder: Path, aimock: Aimock) -> None:
        self.folder, self.aimock = folder, aimock
        self._environment = {"ANTIPHON_CONFIG": str(folder), "ANTIPHON_DATA": str(folder / "data")}
        self._started: list[Program] = []
        self.know()

    def know(self, key: str = "", **environment: str) -> None:
        """Write `models.toml`; `key` names the environment variable with the endpoint's key."""
        (self.folder / "models.toml").write_text(SHELF.format(url=self.aimock.url, key=key), encoding="utf-8")
        self._environment |= environment

    def start(self, *words: str) -> Program:
        """Start a command beside the test."""
        self._started.append(start_program(words, self.folder, self._environment))
        return self._started[-1]

    def run(self, *words: str) -> Ran:
        """Run a command to its end."""
        return finish(self.start(*words))

    def kept(self) -> bytes:
        """Give every byte that is kept in the data folder."""
        return b"".join(path.read_bytes() for path in (self.folder / "data").rglob("*") if path.is_file())

    def clear(self) -> None:
        """End what a failed test left running."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                finish(process)


@pytest.fixture
def desk(tmp_path: Path, aimock: Aimock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.delenv("ANTIPHON_JOURNAL", raising=False)
    made = Desk(tmp_path, aimock)
    yield made
    made.clear()
