"""The program on a real terminal: what is typed is said, ctrl-c pauses, and the terminal is left as it was found."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from pathlib import Path

import pytest

from antiphon.testing.program import Type

pty = pytest.importorskip("pty", reason="terminals of another kind")
CODES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
PATIENCE = 20


class Terminal:
    """Runs the program on a pseudo-terminal of 80 columns and 24 rows."""

    def __init__(self, *words: str) -> None:
        self.seen = b""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:  # the child
            os.environ.update(COLUMNS="80", LINES="24", TERM="xterm-256color")
            os.execv(sys.executable, [sys.executable, "-m", "antiphon.cli", *words])  # noqa: S606 - our own program

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.handle, keys.encode())

    def until(self, words: str) -> str:
        """Look until words appear; give all that was seen, without codes."""
        end = time.monotonic() + PATIENCE
        while words not in (text := CODES.sub(b"", self.seen).decode("utf-8", "replace").replace("\r", "")):
            ready, _, _ = select.select([self.handle], [], [], max(0, end - time.monotonic()))
            try:
                data = os.read(self.handle, 65536) if ready else b""
            except OSError:
                data = b""
            assert data, f"{words!r} never appeared in:\n{text}"
            self.seen += data
        return text

    def close(self) -> int:
        """Wait for the end and give the exit code."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.handle)
        return os.waitstatus_to_exitcode(status)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_person_types_and_pauses(journal: Path, antiphon: Type) -> None:
    assert not journal.exists()
    terminal = Terminal("run", "dyad", "--latency", "300-400ms")
    terminal.until("AI-2 speaks")
    terminal.type("Helo\x7flo there.\r")
    terminal.until("you (a person)\n  Hello there.")
    terminal.type("\x03")
    text = terminal.until("antiphon resume dyad-")
    assert terminal.close() == 0
    assert "paused by a person" in text
    assert b"\x1b[?25h" in terminal.seen.rpartition(b"\x1b[?25l")[2]  # the cursor is back
    assert antiphon("rooms", "--json").json[0]["state"] == "paused"


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_person_fills_a_seat_on_the_screen(journal: Path) -> None:
    assert not journal.exists()
    terminal = Terminal("run", "dyad", "--set", "seats.1.provider=human", "--set", "seats.1.label=Ada")
    terminal.until("Ada, your turn")
    terminal.type("I am here.\r")
    terminal.until("AI-1 · Ada (Echo)\n  I am here.")
    terminal.type("\x03")
    terminal.until("antiphon resume dyad-")
    assert terminal.close() == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_no_color_is_respected(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not journal.exists()
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal("demo", "--rounds", "1", "--latency", "1-2ms")
    terminal.until("as a web page")
    assert terminal.close() == 0
    assert re.search(rb"\x1b\[[0-9;]*3[0-9]|\x1b\[[0-9;]*38;", terminal.seen) is None
