"""What the tour says last: who answers on this machine, and what to type next."""

from __future__ import annotations

import asyncio
from pathlib import Path

from antiphon.cli.tour.parting import commands, servers
from antiphon.cli.tour.stage import Stage
from antiphon.library.laboratory import Laboratory
from antiphon.testing.endpoint import Endpoint
from antiphon.testing.program import Start, finish


async def staged(rooms: dict[str, str], journal: str | None = None) -> Stage:
    async with Laboratory("memory:") as laboratory:
        stage = Stage(laboratory, journal, fast=True)
        stage.rooms = rooms
        return stage


def test_servers_that_answer_are_named_with_some_of_their_models() -> None:
    told = servers([("ollama", "http://127.0.0.1:11434/v1", ["a", "b", "c", "d", "e"]), ("vllm", "http://…", None)])
    assert told == [
        "ollama at http://127.0.0.1:11434/v1: a, b, c and 2 more",
        "they were asked for this list on loopback; nothing else was sent",
    ]


def test_where_none_answers_it_says_who_was_asked_and_what_to_do_about_it() -> None:
    assert servers([("ollama", "http://…", None)], "my rooms.db") == [
        "no model server answers here; asked: ollama",
        "nothing was sent to anybody; start ollama, say, and then type",
        "  antiphon run dyad --seat ollama:MODEL --seat ollama:MODEL --journal 'my rooms.db'",
        "models by name, with prices: antiphon models",
    ]


async def test_the_exact_command_seats_models_that_answer() -> None:
    stage = await staged({"showcase": "spare-month-1"}, "my rooms.db")
    found = [("ollama", "u", ["bad\x1b[2Jname", "llama3.2:3b"]), ("vllm", "v", ["org/model x"])]
    told = [command for command, _ in commands(stage, found)]
    assert told == [
        "antiphon run dyad --seat ollama:llama3.2:3b --seat 'vllm:org/model x' --journal 'my rooms.db'",
        "antiphon play spare-month-1 --journal 'my rooms.db'",
        "antiphon run backrooms --journal 'my rooms.db'",
    ]


async def test_where_none_answers_the_first_of_three_commands_still_seats_ones_own_model() -> None:
    (first, why), *others = commands(await staged({}), [])
    assert len(others) == 2
    assert first == "antiphon setup openrouter"
    assert "antiphon run dyad --seat openrouter:MODEL" in why


async def test_a_server_of_the_users_own_is_found_and_its_command_runs(start: Start, journal: Path) -> None:
    folder = journal.parent / "settings"
    folder.mkdir()
    async with Endpoint() as fake:
        fake.models = ("tiny",)
        own = f'[[endpoints]]\nname = "workshop"\nbase_url = "{fake.url}"\ncost = "free"\n'
        (folder / "models.toml").write_text(own, encoding="utf-8")
        told = await asyncio.to_thread(finish, start("demo", "--act", "4", ANTIPHON_CONFIG=str(folder)))
        assert f"workshop at {fake.url}: tiny" in told.out
        words = ("run", "dyad", "--seat", "workshop:tiny", "--seat", "workshop:tiny")
        assert " ".join(words) in told.out
        ran = await asyncio.to_thread(finish, start(*words, "--messages", "2", ANTIPHON_CONFIG=str(folder)))
        assert ran.code == 0, ran.err
