"""Runs the documents: every ```python block of README.md and docs/, each file in a namespace and a folder of its own.

Blocks are read as a notebook reads them: `await` and `async for` stand at the top level. A console block is only
shown, unless its fence says ```console run: then each of its lines that begins with "$ " must succeed. A ```toml
block is a piece of a scenario or of a `models.toml`, and must be a right one. Nothing here touches the journal or the
settings of whoever runs it. It does not know what the documents say.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import shlex
import subprocess
import sysconfig
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, SkipParser

from antiphon.registry import rules_of
from antiphon.room.scenario import Scenario
from antiphon.wire.cards import load_models

_MINUTE = 60.0
"""Seconds one line of a console block may take."""


def _run_python(example: Example) -> None:
    """Run a block; a block that awaits runs on the document's own loop."""
    first = example.line + example.parsed.line_offset
    source = "\n" * first + example.parsed  # so that a traceback names the document's own lines
    code = compile(source, example.path, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result = eval(code, example.namespace)  # noqa: S307 - the documents are ours
    if inspect.iscoroutine(result):
        example.namespace["__loop__"].run(result)


def _run_console(example: Example) -> None:
    """Run the "$ " lines of a block, with this environment's own `antiphon`."""
    scripts = Path(sysconfig.get_path("scripts"))
    for line in example.parsed.splitlines():
        if line.startswith("$ "):
            program, *words = shlex.split(line[2:])
            own = scripts / program
            subprocess.run([own if own.exists() else program, *words], check=True, timeout=_MINUTE)  # noqa: S603 - ours


def _check_toml(example: Example) -> None:
    """Check a piece of a scenario (what it leaves out is filled in, and its rules are made), or of a `models.toml`."""
    found = tomllib.loads(example.parsed)
    if found.keys() & {"models", "endpoints"}:
        path = Path("models.toml")
        path.write_text(example.parsed, encoding="utf-8")
        load_models(path)
    else:
        rules_of(msgspec.convert({"name": "example", "seats": [{"model": "echo"}], **found}, Scenario))


_ELSEWHERE = (
    "ANTIPHON_DATA",
    "ANTIPHON_CONFIG",
    "ANTIPHON_JOURNAL",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "HOME",
    "APPDATA",
    "LOCALAPPDATA",
)
"""Environment variables that say where a user's files are; a document sees an empty folder instead."""


def _begin(namespace: dict[str, Any]) -> None:  # Any: whatever the document defines
    folder = tempfile.TemporaryDirectory(prefix="antiphon-docs-")
    namespace["__folder__"] = folder
    namespace["__before__"] = (Path.cwd(), {name: os.environ.get(name) for name in _ELSEWHERE})
    namespace["__loop__"] = asyncio.Runner()
    os.environ.update(dict.fromkeys(_ELSEWHERE, folder.name))
    os.environ["ANTIPHON_JOURNAL"] = str(Path(folder.name, "rooms.db"))
    os.chdir(folder.name)


def _finish(namespace: dict[str, Any]) -> None:  # Any: whatever the document defines
    namespace["__loop__"].close()
    before, environment = namespace["__before__"]
    os.chdir(before)
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    namespace["__folder__"].cleanup()


pytest_collect_file = Sybil(
    parsers=[
        CodeBlockParser("python", _run_python),
        CodeBlockParser("console run", _run_console),
        CodeBlockParser("toml", _check_toml),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/*/*.md"],
    setup=_begin,
    teardown=_finish,
).pytest()
