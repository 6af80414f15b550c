"""The verb `flags`: what a monitor found, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from antiphon.testing.program import Type

ROOM = "--rounds", "6", "--seed", "3", "--seat", "echo", "--seat", "echo", "--json"

WARY = """
like = "observe"
name = "wary"

[findings.anything]
reading = "lack"
at_least = 0.0
times = 2
"""


def test_what_a_watched_room_raised_is_listed(antiphon: Type, tmp_path: Path) -> None:
    file = tmp_path / "wary.toml"
    file.write_text(WARY)
    ran = antiphon("run", "dyad", "--policy", str(file), *ROOM)
    assert ran.code == 0
    raised = [json.loads(line) for line in ran.out.splitlines() if '"flag.raised"' in line]
    listed = antiphon("flags", "last", "--json")
    assert [json.loads(line)["flag"] for line in listed.out.splitlines()] == [one["flag"] for one in raised]
    assert raised
    assert raised[0]["rule"] in antiphon("flags", "last").out
    assert antiphon("export", "last", "--format", "jsonl", "--output", str(tmp_path / "copy.jsonl")).code == 0
    assert antiphon("import", str(tmp_path / "copy.jsonl")).code == 0
    assert antiphon("verify", "--replay").code == 0


def test_a_room_that_nobody_watched_has_no_flags(antiphon: Type) -> None:
    antiphon("run", "dyad", *ROOM)
    listed = antiphon("flags", "last")
    assert (listed.code, listed.out) == (0, "")
    assert "no flags" in listed.err


def test_a_policy_may_be_a_file_that_is_gone_when_the_room_is_forked(antiphon: Type, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('like = "observe"\nname = "mine"\n')
    assert antiphon("run", "dyad", "--policy", str(file), *ROOM).code == 0
    file.unlink()
    assert antiphon("fork", "last", "--rounds", "8", "--json").code == 0
    assert antiphon("verify", "--replay").code == 0


def test_an_unknown_policy_opens_no_room(antiphon: Type) -> None:
    refused = antiphon("run", "dyad", "--policy", "hasty", *ROOM)
    assert refused.code != 0
    assert "careful" in refused.err
    assert antiphon("rooms", "--json").out == ""
