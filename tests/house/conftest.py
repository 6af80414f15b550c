"""What the house's own tests share: where the tree is, and which files belong to it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("conftest.py", "src", "tests", "bench", "docs", "requirements")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """List every file that is, or would be, in the repository; without git, every file of the code's folders."""
    git = shutil.which("git")
    if git is not None and (ROOT / ".git").exists():
        command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed words
        found = [ROOT / name for name in listed.split("\0") if name]
    else:
        found = [path for top in CODE for path in [ROOT / top, *(ROOT / top).rglob("*")]]
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


@pytest.fixture(scope="session")
def python_files(tracked: list[Path]) -> list[Path]:
    return [path for path in tracked if path.suffix == ".py"]
