"""From zero to a room of five with aimock as the endpoint: the tutorial's own commands, typed as it says them.

What fetches is not typed again: pip has brought Antiphon already, and npm aimock. Set ANTIPHON_AIMOCK to an `llmock`
executable (npm: `@copilotkit/aimock`, `node_modules/.bin/llmock`).
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif("ANTIPHON_AIMOCK" not in os.environ, reason="ANTIPHON_AIMOCK names no llmock executable"),
    pytest.mark.skipif(os.name == "nt", reason="the tutorial's commands are typed into a POSIX shell"),
]

MOST = 6
"""Commands from zero to the room."""

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
PORT = "8951"
"""What the tutorial says; another test may be using it, so a free one is typed in its place."""

Type = Callable[[str], str]


def commands(part: str) -> list[str]:
    """Give the commands of a part of the tutorial, in order."""
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(r"^\$ (.+)$", text.split(f"<!-- {part}: begin -->")[1].split("<!--")[0], re.MULTILINE)


@pytest.fixture
def type_in(tmp_path: Path) -> Iterator[Type]:
    """Give a terminal in a new folder, into which npm has put aimock."""
    (tmp_path / "node_modules").symlink_to(Path(os.environ["ANTIPHON_AIMOCK"]).parents[1])
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    places = {"ANTIPHON_DATA": str(tmp_path / "data"), "ANTIPHON_CONFIG": str(tmp_path / "config")}
    environment = {name: value for name, value in os.environ.items() if name != "ANTIPHON_JOURNAL"} | places
    environment |= {"PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}", "npm_config_offline": "true"}
    beside: list[subprocess.Popen[bytes]] = []

    def typed(line: str) -> str:
        words = ["bash", "-c", line.replace(PORT, port).removesuffix("&")]
        if line.endswith("&"):
            beside.append(_begin(words, tmp_path, environment))
            _answers(int(port))
            return ""
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)  # noqa: PLW1510, S603 - the tutorial's own words
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    yield typed
    for process in beside:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _begin(words: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(words, cwd=folder, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603 - as above


def _answers(port: int) -> None:
    """Wait until the endpoint listens, as somebody who types would."""
    for _ in range(400):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("aimock did not answer within twenty seconds")


def test_six_commands_from_zero_to_a_room_of_five(type_in: Type) -> None:
    every = commands("six commands")
    assert len(every) <= MOST
    fetching, here = every[:2], every[2:]
    assert "pip install" in fetching[0]
    assert fetching[1].startswith("npm install ")

    said = [type_in(line) for line in here]
    assert "aimock answers at http://127.0.0.1:" in said[-2]
    assert said[-1].count("Well then.") == 10
    assert "AI-5" in said[-1]
    assert "the room has ended: rounds" in said[-1]
    assert "exact_loop" in said[-1]

    room, flags = (type_in(line) for line in commands("and then"))
    assert 10 < room.count("Well then.") < 60
    assert "paused by the monitor: exact_loop" in room
    assert "exact_loop" in flags
