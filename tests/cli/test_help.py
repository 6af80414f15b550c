"""The help is cheap, complete, and says of each verb what the verb says of itself."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import click
import pytest

from antiphon import __version__, registry
from antiphon.cli import VERBS, antiphon
from antiphon.cli.export import FORMATS
from antiphon.testing.program import Type

SECTIONS = {name: line for section in VERBS.values() for name, line in section.items()}
CPU = 0.1
"""Seconds of CPU that `antiphon --help` may take, Python's own start included."""
HEAVY = ("rich", "httpx2", "sqlite3", "msgspec", "asyncio", "antiphon.library", "antiphon.room")


def command(name: str) -> click.Command:
    """Import a verb."""
    found = antiphon.get_command(click.Context(antiphon), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", SECTIONS)
def test_a_verbs_line_is_the_first_of_its_own_help(name: str) -> None:
    assert (command(name).help or "").splitlines()[0] == SECTIONS[name]


@pytest.mark.parametrize("name", SECTIONS)
def test_every_option_of_a_verb_is_told(name: str) -> None:
    silent = [p.name for p in command(name).params if isinstance(p, click.Option) and not p.help]
    assert silent == []


@pytest.mark.parametrize("name", SECTIONS)
def test_help_fits_a_terminal(antiphon: Type, name: str) -> None:
    ran = antiphon(name, "--help")
    assert ran.code == 0
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_the_help_names_every_verb(antiphon: Type) -> None:
    out = antiphon("--help").out
    assert all(f"  {name} " in out for name in SECTIONS)
    assert antiphon("--version").out == f"antiphon {__version__}\n"


def test_the_formats_of_export_are_the_writers_there_are() -> None:
    assert sorted(FORMATS) == registry.names("writer")


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, antiphon.cli; print(*[name for name in sys.argv[1:] if name in sys.modules])"
    found = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-c", code, *HEAVY],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == []


def test_help_costs_less_than_a_tenth_of_a_second_of_cpu() -> None:
    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(4):
        before = spent()
        subprocess.run(
            [sys.executable, "-m", "antiphon.cli", "--help"], check=True, stdout=subprocess.DEVNULL, env=os.environ
        )
        times.append(spent() - before)
    assert min(times) < CPU
