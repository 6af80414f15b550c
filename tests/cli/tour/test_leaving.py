"""The tour on a terminal: it waits for its reader, and is left in any act by key, signal or closed pipe, cleanly."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antiphon.testing.program import MINUTE, Start, Type
from antiphon.testing.terminal import Terminal

pytest.importorskip("pty", reason="terminals of another kind")
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

CODES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
MIDST = {"1": "Minutes of the", "2": "AI-2 · Neighbour 2", "3": "AI-2 speaks", "4": "as it was "}
"""Act -> words that stand on the screen in the midst of it."""


def alone(journal: Path) -> bool:
    """Tell whether no process has a journal on its command line any more."""
    if not Path("/proc").is_dir():
        return True
    for _ in range(40):
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
        if not any(str(journal).encode() in line for line in lines):
            return True
        time.sleep(0.05)
    return False


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("act", MIDST)
def test_q_leaves_an_act_with_0_and_tells_how_to_go_on(act: str, journal: Path, antiphon: Type) -> None:
    terminal = Terminal("--journal", str(journal), "demo", "--act", act)
    terminal.until(MIDST[act])
    terminal.type("q")
    assert terminal.close() == 0
    assert "left; go on with: antiphon demo --act" in terminal.text
    assert terminal.restored()
    assert alone(journal)
    assert antiphon("verify", "--replay").code == 0


@pytest.mark.parametrize(
    ("act", "number"),
    [*((act, signal.SIGINT) for act in MIDST), ("3", signal.SIGTERM), ("3", signal.SIGHUP), ("1", signal.SIGTERM)],
)
def test_a_signal_stops_an_act_with_1(act: str, number: signal.Signals, journal: Path, antiphon: Type) -> None:
    terminal = Terminal("--journal", str(journal), "demo", "--act", act)
    terminal.until(MIDST[act])
    if number == signal.SIGINT:
        terminal.type("\x03")
    else:
        terminal.signal(number)
    assert terminal.close() == 1
    assert "Traceback" not in terminal.text
    assert terminal.text.rstrip().endswith("stopped")
    assert terminal.restored()
    assert alone(journal)
    assert antiphon("verify", "--replay").code == 0


def test_space_pauses_and_goes_on(journal: Path) -> None:
    terminal = Terminal("--journal", str(journal), "demo", "--act", "2")
    terminal.until("AI-1 · Neighbour\n")
    terminal.type(" ")
    heads = terminal.until("paused: space goes on, q leaves").count("Neighbour")
    with pytest.raises(EOFError):
        terminal.until("AI-2 · Neighbour 2\n", within=1.0)
    terminal.type(" ")
    assert terminal.until("AI-2 · Neighbour 2\n").count("Neighbour") > heads
    terminal.type("q")
    assert terminal.close() == 0


@pytest.mark.parametrize("act", MIDST)
def test_a_reader_that_goes_away_ends_an_act_with_1(act: str, start: Start, journal: Path) -> None:
    process = start("--journal", str(journal), "demo", "--act", act)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(f"{act}/4"):
            break
    process.stdout.close()
    code = process.wait(MINUTE)
    assert process.stderr is not None
    assert (code, process.stderr.read()) == (1, "")
    assert alone(journal)


def test_a_slow_reader_gets_everything(journal: Path) -> None:
    program = [sys.executable, "-m", "antiphon.cli", "--journal", str(journal), "demo", "--act", "4"]
    slow = "import sys, time\nfor line in sys.stdin: time.sleep(0.02); sys.stdout.write(line)"
    with subprocess.Popen(program, stdout=subprocess.PIPE) as tour:  # noqa: S603 - our own program
        reader = [sys.executable, "-c", slow]
        read = subprocess.run(reader, stdin=tour.stdout, capture_output=True, check=True)  # noqa: S603 - as above
    assert tour.returncode == 0
    assert b"Three things to type next" in read.stdout


def test_on_80_columns_and_without_colours_or_utf8_nothing_is_wider_and_nothing_is_coloured(journal: Path) -> None:
    terminal = Terminal("--journal", str(journal), "demo", "--fast", NO_COLOR="1", PYTHONIOENCODING="ascii", LC_ALL="C")
    terminal.until("Three things to type next")
    assert terminal.close() == 0
    lines = re.split(r"[\r\n]", CODES.sub(b"", terminal.seen).decode())
    assert [line for line in lines if len(line) > 80 and "/" not in line] == []
    assert terminal.text.isascii()
    assert re.search(rb"\x1b\[[0-9;]*3[0-9]|\x1b\[[0-9;]*38;", terminal.seen) is None
