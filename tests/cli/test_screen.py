"""The program on a real terminal: what is typed is said, ctrl-c pauses, and the terminal is left as it was found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.testing.program import Type
from antiphon.testing.terminal import Terminal

pytest.importorskip("pty", reason="terminals of another kind")


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
    assert terminal.restored()
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
