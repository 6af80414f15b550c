"""From zero to a room of five seats with aimock as the endpoint, in at most six commands; and the key is in one file.

Two commands bring aimock (npm) and one brings Antiphon (pip); these are the others. Set ANTIPHON_AIMOCK to an `llmock`
executable (npm: `@copilotkit/aimock`, `node_modules/.bin/llmock`).
"""

from __future__ import annotations

import os
from typing import Any

import pytest

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif("ANTIPHON_AIMOCK" not in os.environ, reason="ANTIPHON_AIMOCK names no llmock executable"),
]

CANARY = "canary-2f7d90be-key"
MODELS = ("gpt-4o", "gpt-4o-mini", "claude-3-opus", "gemini-2.5-flash", "deepseek-r1")


@pytest.fixture
def fixtures() -> list[Any]:
    return [{"match": {}, "response": {"content": f"I was sent {CANARY}."}}]


def test_two_commands_after_the_installs_and_five_models_talk(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.folder / "models.toml").unlink()
    asked = ("setup", "aimock", "--url", f"{desk.aimock.url}/v1", "--key-env", "MY_KEY")
    without = desk.run(*asked)
    assert (without.code, without.err) == (2, "antiphon: the environment variable MY_KEY holds no key\n")
    monkeypatch.setenv("MY_KEY", CANARY)
    ran = desk.run(*asked)
    monkeypatch.delenv("MY_KEY")
    assert ran.code == 0, ran.err

    seats = [word for model in MODELS for word in ("--seat", f"aimock:{model}")]
    room = desk.run("run", "backrooms", *seats, "--rounds", "2", "--seed", "5")
    assert room.code == 0, room.err
    assert "the room has ended: rounds" in room.out
    assert [call["body"]["model"] for call in desk.aimock.calls()] == [*MODELS, *MODELS]
    assert "I was sent [key]." in room.out

    doctor = desk.run("doctor")
    assert "kept by setup, for aimock" in doctor.out
    told = "".join(one.out + one.err for one in (without, ran, room, doctor))
    assert CANARY not in told
    assert CANARY.encode() not in desk.kept()
    holding = [path.name for path in desk.folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert sorted(holding) == ["fixtures.json", "setup.toml"]
