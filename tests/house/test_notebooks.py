"""Every notebook runs, and shows what is kept in it; it fetches nothing and needs nothing of Jupyter."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def runner(root: Path) -> ModuleType:
    """Load the script that runs them, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("run_notebooks", root / "docs" / "run_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def notebook(*cells: str) -> dict[str, Any]:
    return {"cells": [{"cell_type": "code", "source": [cell], "outputs": []} for cell in cells]}


def outputs(ran: dict[str, Any]) -> list[Any]:
    return [cell["outputs"] for cell in ran["cells"]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_shows_now(runner: ModuleType, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert runner.written(runner.run(json.loads(text))) == text, "run `just docs`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_listed_and_has_words_before_its_first_cell(root: Path, path: Path) -> None:
    assert f"(notebooks/{path.name})" in (root / "docs" / "index.md").read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][0]["cell_type"] == "markdown"


def test_cells_share_names_and_may_await(runner: ModuleType) -> None:
    ran = runner.run(notebook("import asyncio\nx = 20", "await asyncio.sleep(0, x + 1)"))
    assert [output["data"] for output in outputs(ran)[1]] == [{"text/plain": ["21"]}]


def test_what_is_printed_is_kept_and_nothing_is_shown_for_none(runner: ModuleType) -> None:
    ran = runner.run(notebook("print('one')\nprint('two')", "None", "y = 1"))
    assert [[output["text"] for output in kept] for kept in outputs(ran)] == [[["one\n", "two\n"]], [], []]


def test_a_drawing_is_a_picture_on_the_page(runner: ModuleType) -> None:
    ran = runner.run(
        notebook("class D:\n    def _repr_svg_(self): return '<svg/>'\n    def __repr__(self): return 'D'\nD()")
    )
    assert "{raw} html\n<svg/>\n" in runner.as_page(json.dumps(ran))


def test_a_cell_that_raises_is_an_error(runner: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError):
        runner.run(notebook("1 / 0"))
