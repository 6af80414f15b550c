"""`antiphon monitor` and `antiphon bench endings`, and what they are made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.cli import antiphon
from antiphon.library.endings import Label, Labelled, score, wilson
from antiphon.library.laboratory import Laboratory
from antiphon.library.monitoring import Heard, Unjudged, judge, watch_room
from antiphon.measures.conversation import Facts
from antiphon.measures.meter import measure
from antiphon.measures.rows import columns
from antiphon.monitor.monitor import Monitor
from antiphon.monitor.policy import load
from antiphon.monitor.watch import Verdict
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.testing.loops import loop

KEYS = [
    "file",
    "messages",
    "closing_at",
    "revived_at",
    "paused_at",
    "ended_at",
    "reason",
    "saved_messages",
    "saved_output_tokens",
    "saved_input_tokens",
]


def forwarder(said: list[tuple[str, str]]) -> str:
    messages = [{"role": "assistant", "content": text, "speaker": who} for who, text in said]
    whole = {"model_a": "A", "model_b": "B", "initial_message": said[0][1], "messages": messages}
    return json.dumps(whole | {"started_at": "2025-01-01 10:00:00", "ended_at": "2025-01-01 11:00:00"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("goodbyes_marked", "period_2"):
        (tmp_path / f"{kind}.json").write_text(forwarder(loop(kind, seed=1).said), encoding="utf-8")
    labels = [
        {"file": f"{kind}.json", "earliest": 17, "recommended": 19, "latest": 26}
        for kind in ("goodbyes_marked", "period_2")
    ]
    (tmp_path / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return tmp_path


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(antiphon, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_one_file_is_told_as_a_timeline(folder: Path) -> None:
    told = run("monitor", folder / "goodbyes_marked.json")
    assert "-> ended" in told
    assert "consent; saved" in told


def test_json_gives_an_object_a_message_and_an_outcome(folder: Path) -> None:
    lines = [json.loads(line) for line in run("monitor", "--json", folder / "goodbyes_marked.json").splitlines()]
    *messages, outcome = lines
    assert list(outcome) == KEYS
    assert [message["index"] for message in messages] == list(range(outcome["messages"]))
    assert {"index", "seat", "state", "flags", "lack"} <= set(messages[0])
    texts = loop("goodbyes_marked", seed=1).said
    rows = [columns(row) for row in measure([(who, text) for who, text in texts], Facts(marker="[END]"))]
    for message, row in zip(messages, rows, strict=True):
        assert message["measures"]["novelty"] == pytest.approx(row["novelty"], abs=1e-4)
        assert message["measures"]["asks_end"] == row["asks_end"]
    assert outcome["reason"] == "consent"
    assert outcome["saved_messages"] == outcome["messages"] - 1 - outcome["ended_at"]
    assert messages[outcome["ended_at"]]["state"] == "ended"


def test_a_pause_is_a_stop_unless_pauses_run(folder: Path) -> None:
    file = folder / "period_2.json"
    paused = json.loads(run("monitor", "--json", file).splitlines()[-1])
    ran = json.loads(run("monitor", "--json", "--pauses-run", file).splitlines()[-1])
    assert paused["ended_at"] == paused["paused_at"] == ran["paused_at"] < ran["ended_at"]


def test_nothing_is_saved_where_nothing_is_stopped(folder: Path) -> None:
    outcome = json.loads(run("monitor", "--json", "--policy", "observe", folder / "period_2.json").splitlines()[-1])
    assert (outcome["ended_at"], outcome["reason"], outcome["saved_input_tokens"]) == (None, None, 0)


def test_a_folder_gives_a_table_and_sums_and_leaves_out_what_is_no_conversation(folder: Path) -> None:
    told = run("monitor", folder)
    assert "2 conversations" in told
    assert "goodbyes_marked.json" in told


def test_a_named_file_that_cannot_be_read_is_exit_2(folder: Path) -> None:
    run("monitor", folder / "labels.json", folder / "period_2.json", code=2)


def test_an_unknown_policy_is_refused() -> None:
    result = CliRunner().invoke(antiphon, ["monitor", "--policy", "brave", "x.json"])
    assert "there are: careful" in str(result.exception)


def test_a_policy_that_is_not_right_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('like = "careful"\npatience = 3', encoding="utf-8")
    result = CliRunner().invoke(antiphon, ["monitor", "--policy", str(tmp_path / "mine.toml"), "x.json"])
    assert str(result.exception).startswith(f"{tmp_path / 'mine.toml'}: ")
    assert "patience" in str(result.exception)


def test_bench_tells_policies_beside_baselines(folder: Path) -> None:
    lines = [json.loads(line) for line in run("bench", "endings", "--json", folder / "labels.json").splitlines()]
    by = {line["policy"]: line for line in lines}
    assert list(by) == ["never", "first_marker", "first_mutual", "careful", "thrifty"]
    assert by["never"]["late"] == by["never"]["rooms"] == 2
    assert by["careful"]["in_range"] == 2
    assert "waste saved" in run("bench", "endings", folder / "labels.json")


def room(earliest: int | None, messages: int = 50) -> Labelled:
    label = Label(
        "x", earliest, None if earliest is None else earliest + 2, None if earliest is None else earliest + 10
    )
    return Labelled(label, tuple(Heard("A", "") for _ in range(messages)), ())


@pytest.mark.parametrize(
    ("earliest", "stop", "expected"),
    [
        (10, 10, (1, 0, 0, 1.0)),
        (10, 12, (1, 0, 0, 1.0)),
        (10, 9, (0, 1, 0, 0.0)),
        (10, 21, (0, 0, 1, 28 / 37)),
        (10, None, (0, 0, 1, 0.0)),
        (None, None, (1, 0, 0, 0.0)),
        (None, 30, (0, 1, 0, 0.0)),
    ],
)
def test_a_stop_is_scored_by_where_it_is(
    earliest: int | None, stop: int | None, expected: tuple[int, int, int, float]
) -> None:
    found = score([(room(earliest), stop)])
    assert (found.in_range, found.premature, found.late, found.saved) == pytest.approx(expected)


def test_wilson_gives_known_intervals() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_file_is_told_once_however_often_it_is_named(folder: Path) -> None:
    (folder / "more").mkdir()
    told = run("monitor", folder, folder / "more" / "..", folder / "period_2.json")
    assert "2 conversations" in told


def test_files_of_one_name_are_told_apart(folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "period_2.json").write_bytes((folder / "period_2.json").read_bytes())
    rows = [line.split()[0] for line in run("monitor", folder).splitlines()]
    assert "goodbyes_marked.json" in rows
    assert len({row for row in rows if "period_2" in row}) == 2


@pytest.mark.parametrize("name", ["", "a" * 5_000, "no\nsuch"])
def test_a_name_that_no_file_can_have_is_looked_for_among_the_rooms(name: str, tmp_path: Path) -> None:
    where = str(tmp_path / "rooms.db")
    run("run", "dyad", "--journal", where, "--seed", "1", "--messages", "2", "--json")
    result = CliRunner().invoke(antiphon, ["monitor", "--journal", where, name])
    assert result.exit_code == 2
    assert "no such file, and no room called" in result.stderr


def test_what_is_not_there_does_not_keep_the_others_from_being_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTIPHON_JOURNAL", str(folder / "rooms.db"))
    told = run("monitor", folder / "period_2.json", folder / "nosuch.json", code=2)
    assert "stopped at" in told


def test_what_people_say_and_whispers_count_as_messages_and_are_not_judged() -> None:
    turns = [Heard(speaker, text) for speaker, text in loop("period_2", seed=1).said]
    between = [Heard("person:ada", "[END]", judged=False), Heard("A", "psst", judged=False)]
    mixed = [one for turn in turns for one in (turn, *between)]
    plain, whole = judge("plain", turns, Monitor("careful")), judge("mixed", mixed, Monitor("careful"))
    ended = plain.outcome.ended_at
    assert ended is not None
    assert whole.outcome.ended_at == 3 * ended
    assert whole.outcome.messages == len(mixed)
    assert whole.outcome.saved_messages == len(mixed) - 1 - 3 * ended
    assert whole.outcome.saved_output_tokens == plain.outcome.saved_output_tokens
    for place, verdict in enumerate(whole.verdicts):
        assert verdict.index == place
        assert isinstance(verdict, Unjudged) is bool(place % 3)
        if isinstance(verdict, Verdict):
            before = plain.verdicts[place // 3]
            assert isinstance(before, Verdict)
            assert (verdict.state, verdict.odds) == (before.state, before.odds)
            assert [flag.evidence for flag in verdict.flags] == [
                tuple(3 * number for number in flag.evidence) for flag in before.flags
            ]


async def test_a_room_is_judged_by_the_verb_as_it_was_while_it_ran(tmp_path: Path) -> None:
    seats = (SeatPlan(model="suspect"),)
    scenario = Scenario(name="alone", seats=seats, rules={"when_it_ends": {"messages": {"count": 40}}})
    where = str(tmp_path / "rooms.db")
    async with Laboratory(where) as laboratory:
        session = await laboratory.begin(scenario, policy="careful", seed=1)
        await session.conductor.run(3)
        for _ in range(4):
            await session.conductor.say("ada", "Are you there?")
            await session.conductor.say("ada", "Are you there?", to=("AI-1",))
            await session.conductor.run(1)
        await session.conductor.run()
        state = session.conductor.room.state
        watched = await watch_room(laboratory, session.id, load("careful"))
    assert state.phase == "paused"
    assert (watched.outcome.ended_at, f"monitor.{watched.outcome.reason}") == (watched.outcome.messages - 1, state.why)
    assert watched.outcome.messages == state.messages + state.persons


def test_json_tells_of_a_message_that_was_not_judged(tmp_path: Path) -> None:
    where = str(tmp_path / "rooms.db")
    room = run("run", "dyad", "--journal", where, "--seed", "1", "--messages", "3", "--json").splitlines()[-1]
    name = json.loads(room)["stream"]
    CliRunner().invoke(antiphon, ["say", "--journal", where, name, "Hello from me"], catch_exceptions=False)
    lines = [json.loads(line) for line in run("monitor", "--json", "--journal", where, name).splitlines()]
    assert [line["index"] for line in lines[:-1]] == list(range(lines[-1]["messages"]))
    assert lines[-2] == {
        "index": lines[-1]["messages"] - 1,
        "seat": lines[-2]["seat"],
        "state": "live",
        "flags": [],
        "judged": False,
    }


def test_one_marker_may_be_given_as_a_word() -> None:
    assert Monitor("careful", end_markers="[OVER]").policy.end_markers == ("[OVER]",)


def test_json_of_a_room_that_was_steered_tells_each_kind_and_what_it_led_to(tmp_path: Path) -> None:
    turns = loop("period_2", seed=1).said
    (tmp_path / "loop.json").write_text(forwarder(turns), encoding="utf-8")
    seats = "".join(
        f'[[seats]]\nmodel = "{tmp_path}/loop.json#{name}"\nprovider = "recording"\n' for name in ("A", "B")
    )
    (tmp_path / "loop.toml").write_text(f'name = "loop"\npolicy = "revive"\n{seats}', encoding="utf-8")
    where = str(tmp_path / "rooms.db")
    events = run("run", tmp_path / "loop.toml", "--journal", where, "--messages", "60", "--json").splitlines()
    name = json.loads(events[-1])["stream"]
    [*_, last] = [json.loads(line) for line in run("monitor", "--json", "--journal", where, name).splitlines()]
    assert list(last) == [*KEYS, "steers"]
    assert last["steers"][0]["kind"] == "topic"
    assert last["steers"][0]["tried"] >= last["steers"][0]["measured"] >= 1


def test_of_a_fork_it_tells_where_that_would_stop_and_not_where_its_parent_did(tmp_path: Path) -> None:
    plan = 'name = "alone"\npolicy = "thrifty"\nseats = [{ model = "suspect" }]\n'
    (tmp_path / "alone.toml").write_text(plan, encoding="utf-8")
    where = str(tmp_path / "rooms.db")
    run("run", tmp_path / "alone.toml", "--journal", where, "--seed", "1", "--messages", "60")
    run("fork", "last", "--journal", where, "--messages", "120")
    told = run("monitor", "--policy", "thrifty", "--journal", where, "last").splitlines()
    ended = [place for place, line in enumerate(told) if "-> ended" in line]
    [anew] = [place for place, line in enumerate(told) if "forked: what was over begins anew" in line]
    assert len(ended) == 2
    assert ended[0] < anew < ended[1]
    assert "saved 0 messages" in told[-1]
