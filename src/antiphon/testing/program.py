"""Runs the command line as others do: as a program of its own, with its output, its signals and its exit code.

It starts `python -m antiphon.cli`, and knows nothing of what is inside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

__all__ = ["Program", "Ran", "Start", "Type", "finish", "start_program", "until"]

MINUTE = 60
"""Seconds a program may take to end: much more than any needs, and less than anybody's patience."""

Program: TypeAlias = "subprocess.Popen[str]"


class Ran(NamedTuple):
    """Is what became of a command: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:  # Any: JSON
        """Read standard output as lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Type: TypeAlias = Callable[..., Ran]
"""Runs a command to its end, from its words."""
Start: TypeAlias = Callable[..., Program]
"""Starts a command, from its words; named arguments are environment variables."""


def start_program(words: tuple[str, ...], folder: Path, environment: dict[str, str]) -> Program:
    """Start the command line in a folder, with this process's environment and more."""
    return subprocess.Popen(  # noqa: S603 - our own program, with a test's words
        [sys.executable, "-m", "antiphon.cli", *words],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
    )


def finish(process: Program) -> Ran:
    """Wait for a program's end, and give what it wrote since somebody read last."""
    out, err = process.communicate(timeout=MINUTE)
    return Ran(process.returncode, out, err)


def until(process: Program, kind: str) -> list[str]:
    """Read a program's JSON lines up to the first event of a type.

    Raises:
        EOFError: with what it wrote to standard error, when it ended before.
    """
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if json.loads(line)["type"] == kind:
            return lines
    raise EOFError(f"the program ended before {kind}: {finish(process).err}")
