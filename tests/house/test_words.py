"""No drawer for odds and ends, and no file that says where packages come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "stuff"}
"""Names that say nothing about what is inside."""

HALVES = [("python", r"hosted\."), ("//py", r"pi\."), ("registry.npm", "js"), ("deb.deb", "ian"), ("test.py", r"pi\.")]
HOSTS = re.compile("|".join(left + right for left, right in HALVES))
"""Hosts of package registries: where packages come from is for whoever installs them to say."""


def drawers(path: Path) -> list[str]:
    """Name the parts of a path that are drawers."""
    return [part for part in path.with_suffix("").parts if part.removeprefix("test_").strip("_").lower() in DRAWERS]


def hosts(text: str) -> list[str]:
    """Find the registry hosts a text names."""
    return HOSTS.findall(text)


def test_no_module_is_a_drawer(root: Path, python_files: list[Path]) -> None:
    found = [str(path) for path in python_files if drawers(path.relative_to(root))]
    assert not found, f"a file's name is the thing; these say nothing: {found}"


def test_no_tracked_file_names_a_registry(root: Path, tracked: list[Path]) -> None:
    found = {str(path.relative_to(root)): hosts(path.read_text(encoding="utf-8", errors="replace")) for path in tracked}
    assert not {name: named for name, named in found.items() if named}


@pytest.mark.parametrize("name", ["src/antiphon/utils.py", "tests/test_helpers.py", "src/common/room.py", "a/_misc.py"])
def test_a_drawer_is_found(name: str) -> None:
    assert drawers(Path(name))


def test_a_word_that_only_contains_a_drawer_is_none() -> None:
    assert drawers(Path("src/antiphon/room/commonplace.py")) == []


@pytest.mark.parametrize(
    "host", ["files.python" + "hosted.org", "https://py" + "pi.org/simple", "registry.npm" + "js.org"]
)
def test_a_registry_is_found(host: str) -> None:
    assert hosts(f"index-url = {host}/")


def test_a_link_elsewhere_is_no_registry() -> None:
    assert hosts("https://example.org/pypi and pip install antiphon") == []
