"""Every command of the how-to pages is typed as it stands, in a folder a page, and must succeed.

What the pages have from outside stands in: the endpoints they name are our own on the loopback, `pass` and `ollama`
are two-line scripts. Where a person would be asked before the first paid call, `--yes` is typed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands are typed into a POSIX shell")

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("*.md"))

SHELF = """
[[endpoints]]
name = "{name}"
base_url = "{url}"
cost = "{cost}"
key = "{key}"
"""
STANDING_IN = {
    "openrouter": ("paid", "OPENROUTER_API_KEY"),
    "openai": ("paid", "OPENAI_API_KEY"),
    "ollama": ("free", ""),
}
"""Endpoint -> what its models cost, and the variable that holds its key."""


def commands(page: str) -> list[str]:
    """Give the commands of a page, in order."""
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return re.findall(r"^\$ (.+)$", "".join(blocks), re.MULTILINE)


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Start the endpoint that comes for rehearsals, once for each that stands in; give their addresses."""
    command = [sys.executable, "-u", "-m", "antiphon.testing.endpoint"]
    with ExitStack() as running:
        started = {
            name: running.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))  # noqa: S603 - ours
            for name in STANDING_IN
        }
        yield {
            name: re.findall(r"http://\S+", next(process.stdout or iter("")))[0] for name, process in started.items()
        }
        for process in started.values():
            process.terminate()


@pytest.fixture
def environment(addresses: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Give a home of its own, with what the pages have from outside."""
    programs, config = tmp_path / "programs", tmp_path / "config"
    programs.mkdir()
    config.mkdir()
    for name, says in (("pass", "echo a-key-of-$2"), ("ollama", "true")):
        (programs / name).write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    told = {name: {"url": addresses[name], "cost": cost, "key": key} for name, (cost, key) in STANDING_IN.items()}
    shelf = [SHELF.format(name=name, **endpoint) for name, endpoint in told.items()]
    (config / "models.toml").write_text("".join(shelf), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_JOURNAL"))}
    places = {"ANTIPHON_CONFIG": str(config), "ANTIPHON_DATA": str(tmp_path / "data")}
    return kept | places | {"PATH": f"{programs}:{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_the_page_succeeds(page: Path, environment: dict[str, str], tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for scenario, name in re.findall(r'^```toml\n(name = "(.+?)"\n.*?)^```', text, re.DOTALL | re.MULTILINE):
        (tmp_path / f"{name}.toml").write_text(scenario, encoding="utf-8")
    for line in commands(text):
        agreed = re.sub(r"^(antiphon (?:run|resume|fork) .+)$", r"\1 --yes", line)
        done = _typed(agreed, tmp_path, environment)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def _typed(line: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    shell = ["bash", "-c", line]
    return subprocess.run(  # noqa: S603 - the pages are ours
        shell, cwd=folder, env=environment, input="", capture_output=True, text=True, timeout=60, check=False
    )


def test_every_page_is_listed(root: Path) -> None:
    index = (root / "docs" / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"(how-to/{page.name})" not in index] == []
