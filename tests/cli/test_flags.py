"""The verb `flags`: what a monitor found, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from antiphon.room.events import FlagAcked, FlagRaised
from antiphon.room.records import SALT_BYTES, line, seal
from antiphon.testing.events import Script
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


def watched(antiphon: Type, tmp_path: Path) -> list[dict[str, object]]:
    """Run a room in which something is found, and list its flags."""
    (tmp_path / "wary.toml").write_text(WARY)
    assert antiphon("run", "dyad", "--policy", str(tmp_path / "wary.toml"), *ROOM).code == 0
    return [json.loads(line) for line in antiphon("flags", "last", "--json").out.splitlines()]


def test_a_flag_is_answered_after_its_room_has_ended(antiphon: Type, tmp_path: Path) -> None:
    [flag, *_] = watched(antiphon, tmp_path)
    name = str(flag["flag"])
    told = antiphon("ack", name[:6], "--verdict", "false", "--reason", "a \x1b[31msong", "--by", "Ada")
    assert (told.code, told.err) == (0, "")
    assert "anything" in told.out
    listed = antiphon("flags")
    assert "resolved" in listed.out
    assert "false by Ada" in listed.out
    assert "\x1b" not in listed.out
    [now] = [json.loads(line) for line in antiphon("flags", "--json").out.splitlines() if name in line]
    assert (now["state"], now["waits"], len(now["assessments"])) == ("resolved", False, 1)
    assert name not in antiphon("flags", "--open", "--json").out
    assert antiphon("verify", "--replay").code == 0
    assert antiphon("fork", "last", "--no-run", "--json").code == 0


def test_who_ran_a_room_is_told_where_to_look(antiphon: Type, tmp_path: Path) -> None:
    (tmp_path / "wary.toml").write_text(WARY)
    ran = antiphon("run", "dyad", "--policy", str(tmp_path / "wary.toml"), *ROOM[:-1])
    assert "  what was found  antiphon flags dyad-" in ran.out
    assert "what was found" not in antiphon("run", "dyad", "--policy", "none", *ROOM[:-1]).out


def test_flags_can_be_asked_for_by_severity(antiphon: Type, tmp_path: Path) -> None:
    watched(antiphon, tmp_path)
    most = antiphon("flags", "--severity", "S4")
    assert (most.code, most.out) == (0, "")
    assert "no such flags" in most.err
    assert antiphon("flags", "--severity", "S0", "--json").out == antiphon("flags", "--json").out


def test_a_mistake_in_an_answer_says_what_would_be_right(antiphon: Type, tmp_path: Path) -> None:
    [flag, *_] = watched(antiphon, tmp_path)
    unknown = antiphon("ack", "nothing")
    assert unknown.code == 2
    assert str(flag["flag"]) in unknown.err
    assert antiphon("ack", str(flag["flag"]), "--verdict", "perhaps").code == 2
    long = antiphon("ack", str(flag["flag"]), "--reason", "x" * 5_000)
    assert (long.code, "2,000" in long.err) == (2, True)


def test_a_copy_has_the_same_flags_and_its_room_must_be_named(antiphon: Type, tmp_path: Path) -> None:
    [flag, *_] = watched(antiphon, tmp_path)
    copy = str(tmp_path / "copy.jsonl")
    antiphon("export", "last", "--format", "jsonl", "--output", copy)
    antiphon("import", copy)
    refused = antiphon("ack", str(flag["flag"]))
    assert (refused.code, "--room" in refused.err) == (2, True)
    assert antiphon("ack", str(flag["flag"]), "--room", "last").code == 0
    states = [json.loads(line)["state"] for line in antiphon("flags", "--json").out.splitlines()]
    assert sorted(set(states)) == ["acknowledged", "open"]


def test_a_room_is_watched_by_careful_unless_told_otherwise(antiphon: Type) -> None:
    ran = antiphon("run", "dyad", *ROOM)
    assert '"name": "careful"' in ran.out or '"name":"careful"' in ran.out
    assert '"monitor.policy"' not in antiphon("run", "dyad", *ROOM, "--policy", "none").out
    taken_up = antiphon("fork", "last", "--rounds", "8", "--policy", "observe", "--json")
    assert '"monitor.policy"' in taken_up.out
    assert antiphon("verify", "--replay").code == 0


def test_rooms_count_what_waits_by_severity(antiphon: Type, tmp_path: Path) -> None:
    flags = watched(antiphon, tmp_path)
    [row] = [json.loads(line) for line in antiphon("rooms", "--json").out.splitlines()]
    assert row["open_flags"] == {"S1": len(flags)}
    assert f"{len(flags)} S1" in antiphon("rooms").out
    for flag in flags:
        antiphon("ack", str(flag["flag"]), "--verdict", "resolved")
    assert "open flags" not in antiphon("rooms").out
    assert "no such flags" in antiphon("flags", "--open").err


def test_a_file_full_of_odd_flags_harms_nothing(antiphon: Type, tmp_path: Path) -> None:
    script = Script(2)
    script.turn("AI-1", "word")
    odd = FlagRaised(
        flag="a\n\x1b[2J",
        fingerprint="\u202e",
        rule="<b>\x07",
        severity=-(10**12),
        seat="?",
        evidence=(-1, 0, 10**15),
        numbers={"pressure": "x"},
        ttl=-5,
        waited=10**15,
    )
    for body in (odd, odd, FlagAcked(flag=odd.flag, verdict="\x1b[2J", reason="\x07"), odd):
        script.add(body, "monitor\x1b")
    previous, lines = b"", list[bytes]()
    for event in script.events:
        record = seal(previous, event, bytes(SALT_BYTES))
        previous = record.hash
        lines.append(line(record))
    (tmp_path / "odd.jsonl").write_bytes(b"\n".join(lines))
    assert antiphon("import", str(tmp_path / "odd.jsonl")).code == 0
    for words in (("flags",), ("flags", "last"), ("flags", "last", "--json"), ("show", "last"), ("rooms",)):
        ran = antiphon(*words)
        assert (ran.code, ran.err) == (0, "")
        assert not {"\x1b", "\x07", "\u202e"} & set(ran.out)
    assert antiphon("ack", odd.flag, "--room", "last").code == 0
