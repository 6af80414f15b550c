"""`antiphon doctor`: what works is said, what does not is told with what to do, and no key is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.library.health import findings
from antiphon.testing.endpoint import Endpoint
from antiphon.testing.program import Ran, Type
from antiphon.wire.cards import Endpoint as Place
from antiphon.wire.kept import FILE, Kept, keep

CANARY = "canary-5e0f77ab-key"
WORKSHOP = Place(name="workshop", base_url="http://127.0.0.1:1/v1", key="WORKSHOP_API_KEY")


def by_name(ran: Ran) -> dict[str, dict[str, str]]:
    """Give the findings of --json by what they are about."""
    return {line["about"]: line for line in ran.json}


def test_a_healthy_machine_is_told_so(antiphon: Type, journal: Path) -> None:
    ran = antiphon("doctor")
    assert ran.code == 0
    assert "Rooms can run here" in ran.out
    assert "!!" not in ran.out
    found = by_name(antiphon("doctor", "--json"))
    assert {"Python", "SQLite", "journal", "disk", "configuration", "text", "terminal"} <= found.keys()
    assert {one["state"] for one in found.values()} <= {"good", "note"}
    assert "is made with the first room" in found["journal"]["said"]
    assert not journal.exists()


def test_it_writes_nothing(antiphon: Type, journal: Path) -> None:
    antiphon("doctor")
    assert list(journal.parent.iterdir()) == []


def test_a_kept_journal_is_told_with_its_size_and_who_may_read_it(antiphon: Type, journal: Path) -> None:
    antiphon("demo", "--rounds", "1", "--json")
    assert by_name(antiphon("doctor", "--json"))["journal"]["state"] == "good"
    journal.chmod(0o644)
    ran = antiphon("doctor", "--json")
    assert ran.code == 1
    assert by_name(ran)["journal"]["state"] == "bad"
    assert f"chmod 600 {journal}" in by_name(ran)["journal"]["do"]


def test_keys_are_known_by_name_and_never_shown(antiphon: Type, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(journal.parent / FILE, Kept().with_endpoint(WORKSHOP).with_key("WORKSHOP_API_KEY", CANARY))
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    plain, told = antiphon("doctor"), antiphon("doctor", "--json")
    found = by_name(told)
    assert found["key WORKSHOP_API_KEY"]["said"] == "kept by setup, for workshop"
    assert found["key OPENAI_API_KEY"]["said"] == "in the environment, for openai"
    assert found["key OPENROUTER_API_KEY"]["do"] == "antiphon setup openrouter"
    assert CANARY not in plain.out + plain.err + told.out + told.err


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (f'[keys]\nWORKSHOP_API_KEY = "{CANARY}', 0o600, "is not what `antiphon setup` writes"),
        (f'[keys]\nWORKSHOP_API_KEY = "{CANARY}"', 0o644, "others may read it"),
    ],
)
def test_a_file_of_keys_that_cannot_be_trusted_is_told_without_a_word_of_it(
    antiphon: Type, journal: Path, text: str, mode: int, said: str
) -> None:
    path = journal.parent / FILE
    path.write_text(text)
    path.chmod(mode)
    ran = antiphon("doctor")
    assert ran.code == 1
    assert said in ran.out
    assert "1 to mend, marked !!" in ran.out
    assert CANARY not in ran.out + ran.err


def test_a_broken_file_of_models_is_named(antiphon: Type, journal: Path) -> None:
    (journal.parent / "models.toml").write_text("[[models]]\nid = 3\n")
    found = by_name(antiphon("doctor", "--json"))
    assert found["configuration"]["state"] == "bad"
    assert "$.models[0].id" in found["configuration"]["said"]


def test_keys_inside_a_repository_are_told(antiphon: Type, journal: Path) -> None:
    keep(journal.parent / FILE, Kept())
    (journal.parent / ".git").mkdir()
    assert "lies in the repository" in by_name(antiphon("doctor", "--json"))["configuration"]["said"]


async def test_a_server_on_this_machine_is_told_with_the_command_that_seats_its_model(tmp_path: Path) -> None:
    async with Endpoint() as server:
        server.models = ("one; rm -rf ~", "two")
        shelf = f'[[endpoints]]\nname = "here"\nbase_url = "{server.url}"\n'
        (tmp_path / "models.toml").write_text(shelf)
        env = {"ANTIPHON_CONFIG": str(tmp_path), "ANTIPHON_DATA": str(tmp_path)}
        found = {one.about: one for one in await findings(env)}
        assert [(seen.path, "authorization" in seen.headers) for seen in server.seen] == [("/v1/models", False)]
    assert found["server here"].said == f"answers at {server.url} with 2 models"
    assert found["server here"].do == "antiphon run dyad --seat 'here:one; rm -rf ~' --seat 'here:one; rm -rf ~'"
    assert found["server ollama"].state in {"good", "note"}


async def test_a_journal_elsewhere_is_told_by_its_kind(tmp_path: Path) -> None:
    env = {"ANTIPHON_CONFIG": str(tmp_path), "ANTIPHON_DATA": str(tmp_path)}
    kept = {
        where: {one.about: one for one in await findings(env, where)}["journal"]
        for where in ("memory:", "postgres://x")
    }
    assert kept["memory:"].said == "in memory: nothing is kept"
    assert kept["postgres://x"].said == "in PostgreSQL"
