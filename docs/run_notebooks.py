"""Runs the notebooks of this folder and keeps their outputs: `just docs`. Needs nothing of Jupyter.

A cell is run as Jupyter runs it: all in one namespace, `await` at the top level, the last expression is shown by its
`_repr_svg_` or `_repr_html_`, else by its repr. What a notebook shows must be the same each time, so that the kept
outputs can be compared; a test does. It does not know what the notebooks are about.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "notebooks"

Json = dict[str, Any]  # Any: notebooks are JSON

_FORMS = (("image/svg+xml", "_repr_svg_"), ("text/html", "_repr_html_"))
"""What a value may be shown as, richest first: media type, method."""


def run(notebook: Json) -> Json:
    """Give a notebook with the outputs that its cells have now.

    It runs in an empty folder, and raises what a cell raises.
    """
    namespace: Json = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), asyncio.Runner() as loop:
        return {**notebook, "cells": [_cell(cell, namespace, loop) for cell in notebook["cells"]]}


def _cell(cell: Json, namespace: Json, loop: asyncio.Runner) -> Json:
    if cell["cell_type"] != "code":
        return cell
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        value = _value("".join(cell["source"]), namespace, loop)
    outputs: list[Json] = []
    if text := printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)})
    if value is not None:
        outputs.append({"data": shown(value), "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return {**cell, "outputs": outputs}


def _value(source: str, namespace: Json, loop: asyncio.Runner) -> object:
    """Run one cell; give the value of its last line where that is an expression."""
    *before, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        return _run(ast.Module([*before, last], []), "exec", namespace, loop)
    _run(ast.Module(before, []), "exec", namespace, loop)
    return _run(ast.Expression(last.value), "eval", namespace, loop)


def _run(tree: ast.Module | ast.Expression, mode: str, namespace: Json, loop: asyncio.Runner) -> object:
    code = compile(tree, "<cell>", mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result: object = eval(code, namespace)  # noqa: S307 - the notebooks are ours
    return loop.run(result) if inspect.iscoroutine(result) else result


def shown(value: object) -> dict[str, list[str]]:
    """Give what a cell's last value looks like: media type -> lines."""
    for media, method in _FORMS:
        draw: Callable[[], str] | None = getattr(value, method, None)
        if draw is not None:
            return {media: draw().splitlines(keepends=True), "text/plain": [repr(value)]}
    return {"text/plain": repr(value).splitlines(keepends=True)}


def as_page(text: str) -> str:
    """Give a notebook as Markdown: its words, its code, what it printed and drew."""
    return "\n\n".join(_part(cell) for cell in json.loads(text)["cells"]) + "\n"


def _part(cell: Json) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return source
    return "\n\n".join([_fence("python", source), *(_output(output) for output in cell["outputs"])])


def _output(output: Json) -> str:
    if output["output_type"] == "stream":
        return _fence("text", "".join(output["text"]))
    for media, _ in _FORMS:
        if media in output["data"]:
            return _fence("{raw} html", "".join(output["data"][media]))
    return _fence("text", "".join(output["data"]["text/plain"]))


def _fence(kind: str, text: str) -> str:
    return f"````{kind}\n{text.rstrip()}\n````"


def written(notebook: Json) -> str:
    """Give a notebook as it stands in its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Run every notebook, and rewrite those whose outputs changed."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = written(run(json.loads(before)))
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{path.name}: written anew", file=sys.stderr)


if __name__ == "__main__":
    main()
