"""The tour where nobody waits for it: what it shows, how long it takes, and what it leaves behind."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest

from antiphon.cli.tour.running_dry import TRUST
from antiphon.testing.program import Start, Type, finish

GUARD = """
import os, sys

def told(event, words):
    if event in {"socket.connect", "socket.sendto"} and isinstance(words[1], tuple):
        open(os.environ["GUARD"], "a").write(f"{words[1][0]}\\n")
    elif event == "socket.getaddrinfo":
        open(os.environ["GUARD"], "a").write(f"{words[0]}\\n")

sys.addaudithook(told)
"""
"""Notes every address that a process of Python, or one it starts, would call."""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def children(journal: Path) -> list[str]:
    """List the processes that still have a journal on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if str(journal).encode() in line:
            found.append(line.replace(b"\0", b" ").decode())
    return found


def test_the_whole_tour_takes_less_than_20_seconds_where_nobody_looks_on(start: Start, journal: Path) -> None:
    began = time.monotonic()
    ran = finish(start("--journal", str(journal), "demo"))
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert time.monotonic() - began < 20
    assert "\x1b" not in ran.out
    for words in (
        "For people who wonder",
        "1/4",
        "We wrote the words; no model said them",
        "!add_ai refused: Maximum of 5 AIs already reached",
        "AI-3 · Varga whispers to AI-2",
        "system text added to",
        "placeholder, no image model",
        "AI-5 · Odd joins, invited by AI-2 · Ansa",
        "2/4",
        "Two small programs",
        "suspect",
        "closing",
        "the room has ended: ",
        "unheard by the seats",
        "half the evidence a stop takes",
        "for a thousand such rooms",
        "--policy observe",
        "3/4",
        "in the middle of turn 6",
        "the call in flight was lost; asked again",
        "nothing was changed",
        "4/4",
        "as it was ",
        "Three things to type next",
    ):
        assert words in ran.out, words
    assert re.search(r"seed \d|sha256|\d%|· [0-9a-f]{8}$", ran.out, re.MULTILINE) is None
    assert re.search(r"\w…", ran.out) is None, "cut inside a word"
    assert max(map(len, re.findall(r"^.*\|.*$", ran.out, re.MULTILINE))) <= 100
    assert not Path("/proc").is_dir() or children(journal) == []


def test_what_it_leaves_behind_is_its_rooms_and_one_page_and_it_says_where(antiphon: Type, journal: Path) -> None:
    ran = antiphon("demo", "--act", "4")
    assert ran.code == 0, ran.err
    page = next(journal.parent.glob("*.html"))
    assert f"~/{page.name}" in ran.out
    assert page.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    left = {path.name.partition(".db")[0] for path in journal.parent.iterdir() if path.suffix != ".html"}
    assert left == {"rooms"}
    assert antiphon("verify", "--replay").code == 0


def test_the_acts_can_be_played_one_by_one(antiphon: Type) -> None:
    for act, words in {"1": "spare-month", "2": "neighbours", "3": "dyad", "4": "dyad"}.items():
        ran = antiphon("demo", "--act", act)
        assert ran.code == 0, ran.err
        assert f"{act}/4" in ran.out
        assert len(re.findall(r"^\d/4", ran.out, re.MULTILINE)) == 1
        assert f"antiphon play {words}-" in ran.out


def test_what_it_says_it_saved_is_what_the_rooms_would_have_cost(antiphon: Type) -> None:
    out = antiphon("demo", "--act", "2").out
    kept, more = (int(re.search(words, out)[1]) for words in (r"Ended after (\d+) mess", r"said (\d+) more"))  # type: ignore[index]
    assert kept + more == 100
    assert "$0.15 and $0.60" in out
    assert "2026-11" in out
    [found] = re.findall(r"\$([\d.]+) a room, \$(\d+) for a thousand", out)
    room, thousand = map(float, found)
    read = 300 * sum(range(kept + 1, 101))
    assert round((0.15 * read + 0.6 * 300 * more) / 1e6, 2) == room
    assert abs(thousand / 1000 - room) < 0.01


def test_what_an_act_leaves_out_is_marked_where_it_is_missing(antiphon: Type) -> None:
    out = antiphon("demo", "--act", "1").out
    shown = re.findall(r"^AI-\d · \w+|^  …$", out, re.MULTILINE)
    speakers = ["Hobb", "Ansa", "…", "Lis", "Hobb", "Ansa", "Varga", "…", "Odd", "…", "Varga", "Varga"]
    assert [line.split()[-1] for line in shown] == speakers
    assert "Soup noted" not in out
    assert "Soup noted" in antiphon("show", "last").out


def test_how_far_the_monitor_may_be_trusted_is_what_the_page_about_endings_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "endings.md").read_text(encoding="utf-8")
    shipped, trials = (
        next(line for line in page.splitlines() if words in line) for words in ("| as shipped", "| weights and thr")
    )
    assert "| 39 |" in shipped
    assert ".03 (" in shipped
    assert "| 1 |" in shipped
    assert "| 78 |" in trials
    assert ".01 (" in trials
    assert "| 7 |" in trials
    for figure in ("39 recorded rooms", "1 too early and 1 too late", "78 trials", "1 and 7"):
        assert figure in " ".join(TRUST).replace("  ", " ")


def test_the_numbers_of_a_fork_are_the_ones_that_the_verb_takes(antiphon: Type) -> None:
    out = antiphon("demo", "--act", "4").out
    [(at, said)] = re.findall(r"fork \S+ --at (\d+) .*\n +\(message \d+ and .* event (\d+)\)", out)
    assert at == said
    assert antiphon("fork", "last", "--at", at, "--no-run").code == 0


def test_a_showcase_room_is_played_whole_by_its_name(antiphon: Type) -> None:
    ran = antiphon("demo", "--room", "dictionary-for-one")
    assert ran.code == 0, ran.err
    assert "no model said them" in ran.out
    assert "This one has stairs in it." in ran.out
    assert "the room has ended: first_marker" in ran.out
    assert antiphon("demo", "--room", "nothing").code == 2


@pytest.mark.parametrize("words", [("--act", "1", "--json"), ("--room", "applause", "--rounds", "2"), ("--act", "5")])
def test_what_belongs_to_the_tour_is_not_mixed_with_what_belongs_to_a_plain_room(
    antiphon: Type, words: tuple[str, ...]
) -> None:
    ran = antiphon("demo", *words)
    assert (ran.code, ran.out) == (2, "")


def test_a_journal_in_memory_is_refused_and_it_says_why(antiphon: Type) -> None:
    ran = antiphon("--journal", "memory:", "demo")
    assert ran.code == 2
    assert "journal in a file" in ran.err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_that_is_not_utf8_gets_plainer_signs(start: Start, encoding: str) -> None:
    ran = finish(start("demo", PYTHONIOENCODING=encoding, LC_ALL="C"))
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "�" not in ran.out
    assert "Three things to type next" in ran.out


def test_nothing_is_called_but_this_machine(start: Start, journal: Path) -> None:
    folder = journal.parent / "guard"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    called = journal.parent / "called.txt"
    ran = finish(start("demo", PYTHONPATH=str(folder), GUARD=str(called)))
    assert ran.code == 0, ran.err
    assert set(called.read_text(encoding="utf-8").split()) <= LOOPBACK
