"""The tests must test the tree they stand in, not an older copy of it that happens to be installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import antiphon
from antiphon.providers.voices import librarian


def differing(tree: Path, installed: Path) -> list[str]:
    """Name the files of the tree that are missing or different where the package is installed."""
    files = [path for path in tree.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    pairs = [(path, installed / path.relative_to(tree)) for path in files]
    return [str(own.relative_to(tree)) for own, other in pairs if not other.exists() or _read(own) != _read(other)]


def _read(path: Path) -> bytes:
    return path.read_bytes()


def test_the_installed_package_is_this_tree(root: Path) -> None:
    installed = Path(antiphon.__file__).parent
    stale = differing(root / "src" / "antiphon", installed)
    assert not stale, f"{installed} is an older copy of this tree: install it again; differing: {stale[:5]}"


def test_a_changed_and_a_missing_file_are_found(tmp_path: Path) -> None:
    tree, installed = tmp_path / "tree", tmp_path / "installed"
    for folder in (tree, installed):
        folder.mkdir()
        (folder / "same.py").write_text("x = 1\n")
    (tree / "changed.py").write_text("x = 1\n")
    (installed / "changed.py").write_text("x = 2\n")
    (tree / "missing.toml").write_text("")
    assert sorted(differing(tree, installed)) == ["changed.py", "missing.toml"]


def test_a_wheel_carries_the_pages_that_the_librarian_reads(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    read = [*librarian.PAGES, *librarian.FOLDERS]
    assert included == {f"docs/{name}": f"antiphon/pages/{name}" for name in read}
    assert all((root / path).exists() for path in included)
