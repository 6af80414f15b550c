"""A file has at most 400 lines, a function at most 40; tests count, and there is no list of exceptions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILE_LINES = 400
FUNCTION_LINES = 40


def too_long(source: str, name: str) -> list[str]:
    """Name what is too long in one file, with its length; docstrings count, decorators do not."""
    lines = source.count("\n")
    found = [f"{name}: {lines} lines"] if lines > FILE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    return found


def test_every_file_and_function_is_short(root: Path, python_files: list[Path]) -> None:
    found = [
        line
        for path in python_files
        for line in too_long(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    ]
    assert not found, f"longer than {FILE_LINES} lines a file or {FUNCTION_LINES} a function:\n" + "\n".join(found)


def test_the_whole_tree_was_looked_at(python_files: list[Path]) -> None:
    assert Path(__file__) in python_files
    assert any(path.name == "errors.py" for path in python_files)


@pytest.mark.parametrize(("lines", "bad"), [(FILE_LINES, False), (FILE_LINES + 1, True)])
def test_a_file_may_have_400_lines_and_no_more(lines: int, bad: bool) -> None:  # noqa: FBT001 - a column of the table
    assert bool(too_long("x = 1\n" * lines, "sample.py")) is bad


@pytest.mark.parametrize("head", ["def f():", "async def f():", "class A:\n  def f(self):"])
def test_a_function_may_have_40_lines_and_no_more(head: str) -> None:
    body = "    x = 1\n"
    assert too_long(f"{head}\n{body * (FUNCTION_LINES - 1)}", "sample.py") == []
    assert "f has 41 lines" in too_long(f"{head}\n{body * FUNCTION_LINES}", "sample.py")[0]
