"""`antiphon swarm`, typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antiphon.cli.swarming import lines_of
from antiphon.swarm.totals import Totals
from antiphon.testing.program import Start, Type


def test_a_swarm_runs_reports_and_goes_on(start: Start, journal: Path) -> None:
    words = ("swarm", "dyad", "--rooms", "4", "--rounds", "1", "--workers", "1", "--name", "night-walk")
    out, _ = start(*words, "--json").communicate(timeout=60)
    report = json.loads(out.splitlines()[-1])["report"]
    assert report["rooms"]["ended"] == 4
    assert report["turns"] >= 4
    again, _ = start(*words).communicate(timeout=60)
    assert "4 of 4 rooms" in again
    assert "0 turns" in again
    assert (journal.parent / "swarms" / "night-walk" / "rooms-0.db").is_file()


def test_a_dry_run_says_what_it_would_come_to_and_makes_nothing(antiphon: Type, journal: Path) -> None:
    ran = antiphon(
        "swarm", "dyad", "--rooms", "42000", "--dry-run", "--set", "ceilings.messages=20", "--tokens", "9000000"
    )
    assert ran.code == 0, ran.err
    assert "42,000 rooms" in ran.out
    assert "840,000 messages" in ran.out
    assert "at most 9,000,000 tokens in all" in ran.out
    assert not (journal.parent / "swarms").exists()


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("swarm", "no-such-scenario"), "no scenario"),
        (("swarm", "dyad", "--rooms", "0"), "0 is not in the range"),
        (("swarm", "dyad", "--name", "../x", "--dry-run"), "no name of a swarm"),
        (("swarm", "dyad", "--table", "none.csv", "--dry-run"), "cannot be read as a table"),
        (("swarm", "pause", "nobody"), "there is no swarm 'nobody'"),
        (("swarm", "budget", "nobody"), "say by how much"),
    ],
)
def test_a_slip_is_told_and_exits_with_2(antiphon: Type, words: tuple[str, ...], wrong: str) -> None:
    ran = antiphon(*words)
    assert ran.code == 2
    assert wrong in ran.err


def test_a_folder_and_a_table_make_a_scenario_each(antiphon: Type, journal: Path) -> None:
    folder = journal.parent / "plans"
    folder.mkdir()
    for name in ("one", "two"):
        assert antiphon("init", str(folder / f"{name}.toml")).code == 0
    assert "2 rooms of 2 scenarios" in antiphon("swarm", str(folder), "--dry-run").out
    table = journal.parent / "grid.csv"
    table.write_text("seats.1.temperature\n0.2\n0.9\n", encoding="utf-8")
    ran = antiphon("swarm", "dyad", "--table", str(table), "--dry-run")
    assert "2 rooms of 2 scenarios" in ran.out


def test_the_picture_names_pace_states_and_flags() -> None:
    totals = Totals(planned=40, rooms={"ended": 10, "running": 5, "waiting": 25}, turns=100, input=1000, cached=400)
    totals.flags = {"S2": 3}
    totals.failed, totals.first_failure = 1, "rate_limited in walk-1\x1b[2J"
    text = "\n".join(line.text for line in lines_of(totals, 5.0))
    assert "10 of 40 rooms · 5 turns/s · about 60 s left" in text
    assert "40% cached" in text
    assert "S2 3" in text
    assert "\x1b" not in text
