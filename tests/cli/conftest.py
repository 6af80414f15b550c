"""The command line for tests: in this process, and as a program of its own; both with a journal of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.cli import main
from antiphon.testing.program import Program, Ran, Start, Type, start_program


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep everything below a folder of the test's own, and stand there."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME", "ANTIPHON_DATA", "ANTIPHON_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTIPHON_JOURNAL", str(tmp_path / "rooms.db"))
    return tmp_path / "rooms.db"


@pytest.fixture
def antiphon(journal: Path, capfd: pytest.CaptureFixture[str]) -> Type:
    """Run a command in this process."""
    assert journal.parent.is_dir()

    def run(*words: str) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as done:
            main(words)
        out, err = capfd.readouterr()
        assert isinstance(done.value.code, int)
        return Ran(done.value.code, out, err)

    return run


@pytest.fixture
def start(journal: Path) -> Iterator[Start]:
    """Start the program as another process; what still runs at the end is ended."""
    started: list[Program] = []

    def run(*words: str, **environment: str) -> Program:
        process = start_program(words, journal.parent, environment)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
