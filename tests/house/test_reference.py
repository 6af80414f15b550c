"""The help texts in the guide are the ones the command line prints."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def reference(root: Path) -> ModuleType:
    """Load the script that generates, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("make_reference", root / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "guide" / "command-line.md").read_text(encoding="utf-8")


def test_the_guide_shows_the_help_that_is_printed(reference: ModuleType, page: str) -> None:
    assert reference.filled(page, reference.parts()) == page, "run `just docs`"


@pytest.mark.parametrize(("part", "words"), [("help", []), ("help run", ["run"])])
def test_the_program_prints_what_is_generated(reference: ModuleType, part: str, words: list[str]) -> None:
    command = [sys.executable, "-m", "antiphon.cli", *words, "--help"]
    wide = {**os.environ, "COLUMNS": "140", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, env=wide, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - ours
    assert reference.parts()[part] == f"```text\n{done.stdout.rstrip()}\n```"


def test_every_verb_is_in_the_guide(reference: ModuleType, page: str) -> None:
    assert sorted(reference.marks(page)) == sorted(reference.parts())


def test_a_help_text_that_changed_is_found(reference: ModuleType) -> None:
    page = "before\n<!-- begin help run -->\nold\n<!-- end help run -->\nafter\n"
    assert reference.filled(page, {"help run": "new"}) == page.replace("old", "new")


def test_a_mark_for_a_verb_that_is_gone_is_an_error(reference: ModuleType) -> None:
    with pytest.raises(KeyError, match="help gone"):
        reference.filled("<!-- begin help gone -->\n<!-- end help gone -->", {})
