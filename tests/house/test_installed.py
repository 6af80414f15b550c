"""The tests must test the tree they stand in, not an older copy of it that happens to be installed."""

from __future__ import annotations

from pathlib import Path

import antiphon


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
