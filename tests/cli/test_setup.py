"""`antiphon setup`: one endpoint, one key, one free call; the key is in one file and nowhere else."""

from __future__ import annotations

import asyncio
import io
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from antiphon.testing.endpoint import Endpoint, Fault
from antiphon.testing.program import Type

CANARY = "canary-71d0c3aa-key"


@contextmanager
def serving(listing: Fault | None = None) -> Iterator[Endpoint]:
    """Run an endpoint in a thread of its own: the command in front of it has a loop of its own."""
    ready, done, running = Event(), Event(), []

    async def serve() -> None:
        async with Endpoint(answer=lambda _: f"I was told {CANARY}.") as endpoint:
            endpoint.listing = listing or endpoint.listing
            running.append(endpoint)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield running[0]
    finally:
        done.set()
        thread.join()


@pytest.fixture(autouse=True)
def config(journal: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANTIPHON_CONFIG", str(journal.parent / "config"))
    return journal.parent / "config"


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def everything(folder: Path, but: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path != but)


def test_from_nothing_to_a_room_of_five_in_two_commands(
    antiphon: Type, config: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as endpoint:
        pipe(monkeypatch, f"{CANARY}\n")
        ran = antiphon("setup", "workshop", "--url", endpoint.url, "--key-stdin")
        assert ran.code == 0, ran.err
        assert "workshop answers" in ran.out
        assert [seen.path for seen in endpoint.seen] == ["/v1/models"]
        seats = [word for number in range(5) for word in ("--seat", f"workshop:model-{number}")]
        told = antiphon("run", "backrooms", *seats, "--rounds", "1", "--seed", "1")
        assert told.code == 0, told.err
        assert "the room has ended: rounds" in told.out
        asked = [seen for seen in endpoint.seen if seen.path.endswith("/completions")]
        assert len(asked) == 5
        assert {seen.headers["authorization"] for seen in asked} == {f"Bearer {CANARY}"}
    kept = config / "setup.toml"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert CANARY in kept.read_text()
    assert CANARY.encode() not in everything(journal.parent, but=kept)
    assert CANARY not in ran.out + ran.err + told.out + told.err


STRANGE = """
name = "strange"

[[seats]]
model = "model-1"
base_url = "{url}"
key = "WORKSHOP_API_KEY"

[pictures]
{pictures}
"""


@pytest.mark.parametrize(
    "pictures", ["", 'painter = "openai"\nmodel = "p"\nkey = "WORKSHOP_API_KEY"\nbase_url = "{url}"']
)
def test_a_strangers_scenario_cannot_have_a_kept_key_sent_elsewhere(
    antiphon: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: str
) -> None:
    with serving() as own, serving() as elsewhere:
        pipe(monkeypatch, f"{CANARY}\n")
        assert antiphon("setup", "workshop", "--url", own.url, "--key-stdin").code == 0
        seat, painted = (own, elsewhere) if pictures else (elsewhere, own)
        text = STRANGE.format(url=seat.url, pictures=pictures.format(url=painted.url))
        (tmp_path / "strange.toml").write_text(text, encoding="utf-8")
        ran = antiphon("run", str(tmp_path / "strange.toml"), "--yes", "--rounds", "1")
    assert ran.code == 2
    assert f"would send the key WORKSHOP_API_KEY to {elsewhere.url}" in ran.err
    assert f"kept it for {own.url} alone" in ran.err
    assert CANARY not in ran.out + ran.err
    assert elsewhere.seen == []


def test_a_known_endpoint_needs_only_its_key(antiphon: Type, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELSEWHERE", CANARY)
    ran = antiphon("setup", "openrouter", "--key-env", "ELSEWHERE", "--untested")
    assert ran.code == 0
    assert "not tested" in ran.out
    assert f'OPENROUTER_API_KEY = "{CANARY}"' in (config / "setup.toml").read_text()
    assert CANARY not in ran.out + ran.err
    assert "may cost money" in ran.out


@pytest.mark.parametrize("status", [401, 404])
def test_what_did_not_answer_is_not_kept(
    antiphon: Type, config: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with serving(Fault(status=status, error={"message": CANARY})) as endpoint:
        pipe(monkeypatch, CANARY)
        ran = antiphon("setup", "workshop", "--url", endpoint.url, "--key-stdin")
    assert ran.code == 1
    assert "Nothing was kept" in ran.err
    assert CANARY not in ran.out + ran.err
    assert not config.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say which endpoint"),
        (("nowhere",), "give its address with --url"),
        (("Work Shop", "--url", "https://example.org/v1", "--no-key"), "a name begins with a small letter"),
        (("workshop", "--url", "ftp://example.org", "--no-key"), "an address begins with"),
        (("workshop", "--url", "http://exa mple/v1", "--no-key", "--untested"), "no spaces"),
        (("workshop", "--url", "http://127.0.0.1:99999/v1", "--no-key"), "a port up to 65535"),
        (("workshop", "--url", "https://[::1/v1", "--no-key", "--untested"), "a host"),
        (("workshop", "--url", f"https://ada:{CANARY}@example.org/v1", "--no-key"), "no user and no password"),
        (("openai", "--no-key", "--key-stdin"), "a key comes from one place"),
        (("openai",), "nobody is at the keyboard"),
        (("openai", "--key-env", "NOT_SET"), "NOT_SET holds no key"),
        (("openai", "--key-stdin"), "more than one key"),
    ],
)
def test_a_mistake_is_told_before_anything_is_kept_or_called(
    antiphon: Type, config: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    pipe(monkeypatch, f"{CANARY} {CANARY}")
    ran = antiphon("setup", *words)
    assert ran.code == 2
    assert said in ran.err
    assert CANARY not in ran.err + ran.out
    assert not config.exists()


def test_a_key_that_would_travel_readable_is_not_kept_untested_either(
    antiphon: Type, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, CANARY)
    ran = antiphon("setup", "workshop", "--url", "http://192.0.2.1/v1", "--key-stdin", "--untested")
    assert ran.code == 2
    assert "use an https address" in ran.err
    assert not config.exists()


def test_setup_refuses_a_configuration_folder_inside_a_repository(
    antiphon: Type, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config.parent / ".git").mkdir()
    pipe(monkeypatch, CANARY)
    ran = antiphon("setup", "openai", "--key-stdin", "--untested")
    assert ran.code == 2
    assert "would lie in the repository" in ran.err
    assert not config.exists()


def test_a_room_whose_key_is_nowhere_says_how_to_keep_one(antiphon: Type) -> None:
    ran = antiphon("run", "dyad", "--seat", "openai:some-model", "--seat", "echo", "--yes")
    assert ran.code == 2
    assert "OPENAI_API_KEY" in ran.err
    assert "antiphon setup" in ran.err
