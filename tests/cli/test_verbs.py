"""What each verb does to a journal, and its exit code: 0 done, 1 failure, 2 the user's mistake."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from antiphon.testing.program import Ran, Type

RUN = ("run", "dyad", "--seed", "7", "--rounds", "2")


@pytest.fixture
def room(antiphon: Type) -> str:
    """Run a short room and give its id."""
    name: str = antiphon(*RUN, "--json").json[0]["room"]
    return name


def texts(ran: Ran) -> list[str]:
    """Give what was said, from --json."""
    return [line["text"] for line in ran.json if line["type"] == "message.said"]


def test_a_room_runs_and_is_kept(antiphon: Type) -> None:
    ran = antiphon(*RUN)
    assert ran.code == 0
    assert "AI-2 · Listener\n  " in ran.out
    assert "the room has ended: rounds" in ran.out
    assert "\x1b" not in ran.out
    assert antiphon("rooms").out.count("dyad-") == 1
    assert antiphon("verify").out.startswith("1 room, ")


def test_json_lines_are_the_journals_own_and_nothing_else(antiphon: Type) -> None:
    ran = antiphon(*RUN, "--json")
    assert [line["seq"] for line in ran.json] == list(range(1, len(ran.json) + 1))
    assert {"stream", "room", "seq", "at", "type"} <= ran.json[0].keys()
    assert ran.out == antiphon("show", "last", "--json").out
    assert antiphon("verify", "--json").json[-1] == {"rooms": 1, "events": len(ran.json), "broken": 0, "erased": 0}


def test_the_same_seed_says_the_same(antiphon: Type) -> None:
    first, second, other = (texts(antiphon("demo", "--rounds", "1", "--seed", seed, "--json")) for seed in "334")
    assert first == second != other


def test_demo_says_where_the_room_is_kept_and_three_things_to_try(antiphon: Type, journal: Path) -> None:
    out = antiphon("demo", "--rounds", "1").out
    assert f"kept in ~/{journal.name}" in out
    assert out.count("\n  see it again") == out.count("\n  go on, forked") == out.count("\n  as a web page") == 1


def test_rooms_are_named_by_an_end_a_beginning_or_last(antiphon: Type, room: str) -> None:
    assert antiphon("show", room[-6:], "--json").out == antiphon("show", "last", "--json").out
    assert antiphon("show", room[:8], "--json").code == 0
    assert antiphon("rooms", "--json").json[0]["room"] == room


def test_a_view_is_what_a_seat_heard(antiphon: Type, room: str) -> None:
    out = antiphon("show", room, "--views", "AI-2").out
    assert out.startswith("system\n")
    assert "\nassistant\n" in out
    assert antiphon("show", room, "--views", "AI-9").code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "No such command"),
        (("run",), "Missing argument"),
        (("run", "nonsense"), "backrooms"),
        (("run", "no-such-file.toml"), "no scenario file"),
        (("run", "dyad", "--seat", "nobody"), "no model called 'nobody'"),
        (("run", "dyad", "--set", "limits.seats=many"), "$.limits.seats"),
        (("run", "dyad", "--set", "limits"), "KEY=VALUE"),
        (("run", "dyad", "--latency", "soon"), "50-300ms"),
        (("run", "dyad", "--money", "1", "--seat", "openai:no-such-model", "--seat", "echo"), "price"),
        (("show", "nothing"), "no room called 'nothing'"),
        (("play", "nothing"), "no room"),
        (("resume", "nothing"), "no room"),
        (("fork", "nothing"), "no room"),
        (("say", "nothing", "Hello."), "no room"),
        (("verify", "nothing"), "no room"),
        (("import", "nothing.md"), "nothing.md"),
        (("rooms", "--journal", "typo.db"), "no journal typo.db"),
        (("--journal", "mysql://somewhere", "rooms"), "mysql"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_2(antiphon: Type, words: tuple[str, ...], said: str) -> None:
    ran = antiphon(*words)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert not Path("typo.db").exists()


def test_a_paid_room_shows_what_it_may_cost_and_wants_a_yes(antiphon: Type) -> None:
    ran = antiphon("run", "dyad", "--seat", "gpt-4o-mini", "--seat", "echo", "--messages", "10")
    assert ran.code == 2
    assert "at most 10 messages" in ran.err
    assert "add --yes" in ran.err
    assert antiphon("rooms").out == ""


def test_an_unknown_price_is_not_said_to_be_nothing(antiphon: Type) -> None:
    ran = antiphon("run", "dyad", "--seat", "gpt-4o", "--seat", "echo")
    assert ran.code == 2
    assert "price unknown" in ran.err


def test_the_hint_at_a_ceiling_of_tokens_leads_to_two_more_turns(antiphon: Type) -> None:
    paused = antiphon("run", "dyad", "--tokens", "10", "--seed", "7")
    words = next(
        line.split()[-2:] for line in paused.err.splitlines() + paused.out.splitlines() if " --tokens " in line
    )
    assert len(texts(antiphon("resume", "last", *words, "--json"))) >= 2


def test_an_imported_room_takes_its_seats_in_order(antiphon: Type, room: str) -> None:
    antiphon("export", room, "-o", "talk.md")
    antiphon("import", "talk.md")
    for words in (("--seat", "echo"), ("--seat", "echo", "--seat", "AI-2=echo")):
        ran = antiphon("resume", "last", *words)
        assert (ran.code, "say AI-1=echo" in ran.err) == (2, True)
    ran = antiphon("resume", "last", "--seat", "echo", "--seat", "listener", "--messages", "2", "--json")
    assert ran.code == 0
    voiced = [(line["seat"], line["to"]["model"]) for line in ran.json if line["type"] == "seat.changed"]
    assert voiced == [("AI-1", "echo"), ("AI-2", "listener")]


def test_an_empty_folder_is_no_import(antiphon: Type) -> None:
    Path("empty").mkdir()
    ran = antiphon("import", "empty")
    assert ran.code == 2
    assert "empty: a folder without files" in ran.err


def test_a_pause_a_resume_and_an_end(antiphon: Type) -> None:
    kept = antiphon("run", "dyad", "--messages", "3", "--json")
    assert kept.json[-1]["type"] == "state.changed"
    assert "antiphon resume" in kept.err
    assert "--messages 6" in kept.err
    assert antiphon("say", "last", "Are", "you", "there?").code == 0
    assert antiphon("mute", "last", "AI-1").code == 0
    assert antiphon("mute", "last", "AI-1", "--off").code == 0
    assert antiphon("whisper", "last", "AI-2", "psst", "--as", "Ada").code == 0
    more = antiphon("resume", "last", "--messages", "6", "--json")
    assert more.json[0]["seq"] > kept.json[-1]["seq"]
    shown = antiphon("show", "last").out
    assert "you (a person)\n  Are you there?" in shown
    assert "Ada (a person) whispers to AI-2" in shown
    assert antiphon("end", "last").code == 0
    assert antiphon("resume", "last").code == 2


def test_a_fork_begins_where_it_was_told_to(antiphon: Type, room: str) -> None:
    words = ("--at", "8", "--seat", "AI-2=suspect", "--prompt", "AI-1=Be brief.", "--temperature", "AI-1=0.3")
    ran = antiphon("fork", room, *words, "--rule", "who_speaks.random", "--rounds", "4", "--json")
    assert ran.code == 0
    opened = ran.json[0]
    assert (opened["parent"], opened["seq"]) == (room, opened["forked_at"] + 1)
    assert list(opened["scenario"]["rules"]["who_speaks"]) == ["random"]
    assert {"seat.changed", "prompt.changed"} <= {line["type"] for line in ran.json}
    assert "AI-2 · Listener (Suspicious)" in antiphon("show", opened["room"]).out
    assert antiphon("verify", "--replay").code == 0


def test_a_fork_can_be_kept_without_being_run(antiphon: Type, room: str) -> None:
    ran = antiphon("fork", room, "--no-run", "--rounds", "3")
    assert ran.code == 0
    assert antiphon("resume", ran.out.split()[0], "--json").code == 0


def test_what_is_exported_can_be_imported(antiphon: Type, room: str) -> None:
    said = texts(antiphon("show", room, "--json"))
    for form in ("markdown", "jsonl"):
        made = antiphon("export", room, "--format", form)
        assert made.code == 0
        found = antiphon("import", made.out.strip(), "--json").json
        assert found[0].keys() == {"file", "room", "messages", "commands", "lost"}
        assert texts(antiphon("show", found[0]["room"], "--json")) == said


def test_a_page_is_tinted_unless_told_not_to_be(antiphon: Type, room: str) -> None:
    tinted = antiphon("export", room, "--format", "html", "-o", "-").out
    plain = antiphon("export", room, "--format", "html", "--no-tint", "-o", "-").out
    assert "bits a word" in tinted
    assert '<span class="t' in tinted
    assert "bits a word" not in plain
    assert '<span class="t' not in plain


def test_an_export_never_overwrites_unless_told_to(antiphon: Type, room: str) -> None:
    assert antiphon("export", room, "-o", "room.html", "--format", "html").code == 0
    assert antiphon("export", room, "-o", "room.html", "--format", "html").code == 2
    assert antiphon("export", room, "-o", "room.html", "--format", "html", "--force").code == 0
    assert antiphon("export", room, "-o", "-").out.startswith("# ")


def test_all_rooms_become_a_folder_of_pages(antiphon: Type, room: str) -> None:
    ran = antiphon("export", "--site", "pages")
    assert (ran.code, ran.out) == (0, str(Path("pages/index.html")) + "\n")
    assert room in Path("pages/index.html").read_text("utf-8")
    assert antiphon("export", "--site", "pages").code == 0
    for words in (("--site", "."), ("--site", "pages", "-o", "x.md"), ("--site", "pages/index.html"), ()):
        assert antiphon("export", *words).code == 2


def test_notes_go_only_where_there_is_a_place_for_them(antiphon: Type, room: str) -> None:
    assert antiphon("export", room, "--marks", "-o", "-").code == 0
    ran = antiphon("export", room, "--marks", "--format", "jsonl")
    assert (ran.code, "html and markdown have" in ran.err) == (2, True)


def test_one_bad_file_does_not_stop_an_import(antiphon: Type, room: str) -> None:
    antiphon("export", room, "-o", "good.md")
    ran = antiphon("import", "good.md", "bad.md", "--json")
    assert ran.code == 2
    assert len(ran.json) == 1
    assert "bad.md" in ran.err


def test_a_changed_byte_is_named_with_its_place(antiphon: Type, room: str, journal: Path) -> None:
    with sqlite3.connect(journal) as base:
        base.execute("update event set body = cast(replace(body, 'Echo', 'Eche') as blob) where seq = 2")
    base.close()
    ran = antiphon("verify")
    assert ran.code == 1
    assert f"broken: room {room} at seq 2" in ran.out
    assert antiphon("verify", "--json").json[-1]["broken"] == 1


def test_a_backup_is_a_journal(antiphon: Type, room: str) -> None:
    assert antiphon("backup", "copy.db").code == 0
    assert antiphon("rooms", "--json", "--journal", "copy.db").json[0]["room"] == room
    assert antiphon("backup", "copy.db").code == 2


def test_deleting_wants_a_yes(antiphon: Type, room: str) -> None:
    assert antiphon("delete", room).code == 2
    said = [line["seq"] for line in antiphon("show", room, "--json").json if line["type"] == "message.said"]
    assert "no message stands at 1; there are: " in antiphon("delete", room, "--message", "1", "--yes").err
    assert antiphon("delete", room, "--message", str(said[-1]), "--yes").code == 0
    assert antiphon("verify", "--json").json[-1]["erased"] >= 1
    assert antiphon("delete", room, "--yes").code == 0
    assert antiphon("show", room).code == 2


def test_forks_that_go_too_are_counted_in_words(antiphon: Type, room: str) -> None:
    for told in (f"{room} and its fork;", f"{room} and its 2 forks;"):
        assert antiphon("fork", room, "--no-run").code == 0
        assert told in antiphon("delete", room, "--with-forks").err


def test_an_unknown_cost_is_no_number(antiphon: Type, room: str, journal: Path) -> None:
    assert (antiphon("rooms", "--json").json[0]["cost"], antiphon("rooms", "--json").json[0]["room"]) == (0.0, room)
    with sqlite3.connect(journal) as base:
        base.execute("update room set counters = json_set(counters, '$.cost_unknown', json('true'), '$.cost', 0.25)")
    base.close()
    assert antiphon("rooms", "--json").json[0]["cost"] is None
    assert "$0.25 + unknown" in antiphon("rooms").out


def test_a_scenario_is_written_once_and_runs(antiphon: Type) -> None:
    assert antiphon("init").code == 0
    assert antiphon("init").code == 2
    assert antiphon("init", "other.toml", "--from", "nonsense").code == 2
    assert antiphon("run", "room.toml", "--rounds", "1").code == 0


def test_playing_back_shows_what_was_shown(antiphon: Type, room: str) -> None:
    assert antiphon("play", room, "--speed", "0").out.strip() == antiphon("show", room).out.strip()


def test_the_schema_is_json(antiphon: Type) -> None:
    assert "$defs" in json.loads(antiphon("schema").out)


def test_models_are_listed_and_nobody_is_called(antiphon: Type) -> None:
    ran = antiphon("models", "--json")
    assert {"echo", "listener"} <= {line.get("model") for line in ran.json}
    assert all(line["base_url"].startswith("http://127.0.0.1") for line in ran.json if "endpoint" in line)
    assert "Echo" in antiphon("models").out
