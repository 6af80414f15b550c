"""What is generated into the pages is what the code says, and every generated part stands on one page."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
from msgspec import Meta, Struct


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
def pages(root: Path) -> dict[str, str]:
    """Give every page of docs/ by its path."""
    docs = root / "docs"
    return {str(path.relative_to(docs)): path.read_text(encoding="utf-8") for path in sorted(docs.rglob("*.md"))}


def test_the_pages_say_what_the_code_says(reference: ModuleType, pages: dict[str, str]) -> None:
    generated = reference.parts()
    old = [name for name, page in pages.items() if reference.filled(page, generated) != page]
    assert old == [], "run `just docs`"


@pytest.mark.parametrize(("part", "words"), [("help", []), ("help run", ["run"])])
def test_the_program_prints_what_is_generated(reference: ModuleType, part: str, words: list[str]) -> None:
    command = [sys.executable, "-m", "antiphon.cli", *words, "--help"]
    wide = {**os.environ, "COLUMNS": "140", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, env=wide, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - ours
    assert reference.parts()[part] == f"```text\n{done.stdout.rstrip()}\n```"


def test_every_generated_part_stands_on_one_page(reference: ModuleType, pages: dict[str, str]) -> None:
    marks = [mark for page in pages.values() for mark in reference.marks(page)]
    assert sorted(marks) == sorted(reference.parts())


def test_a_field_is_described_by_its_kind_its_default_and_its_meaning(reference: ModuleType) -> None:
    class Thing(Struct, kw_only=True):
        """Is a thing.

        Attributes:
            weight, height: grams, or
                millimetres.
        """

        weight: Annotated[int, Meta(ge=1)] = 2
        height: float | None = None

    assert reference._described(Thing, "## Thing").splitlines()[-2:] == [
        "| `weight` | a whole number, 1 or more | `2` | grams, or millimetres. |",
        "| `height` | a number |  | grams, or millimetres. |",
    ]


def test_a_help_text_that_changed_is_found(reference: ModuleType) -> None:
    page = "before\n<!-- begin help run -->\nold\n<!-- end help run -->\nafter\n"
    assert reference.filled(page, {"help run": "new"}) == page.replace("old", "new")


def test_a_mark_for_a_verb_that_is_gone_is_an_error(reference: ModuleType) -> None:
    with pytest.raises(KeyError, match="help gone"):
        reference.filled("<!-- begin help gone -->\n<!-- end help gone -->", {})
