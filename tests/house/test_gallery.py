"""The gallery lists every showcase room, and its pages are what the command makes of them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from antiphon.library.showcases import SHOWCASES, showcase


@pytest.fixture(scope="module")
def gallery(root: Path) -> ModuleType:
    """Load the script that makes the pages, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("make_gallery", root / "docs" / "make_gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_index_lists_the_rooms_in_the_order_in_which_they_are_best_met(root: Path) -> None:
    index = (root / "docs" / "gallery" / "index.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^## \[.+\]\(.+/showcase/(.+)\.md\)$", index, re.MULTILINE)) == SHOWCASES
    titles = [showcase(name).title.split(" · ")[0] for name in SHOWCASES]
    assert [title for title in titles if f"## [{title}](" not in index] == []


def test_a_page_of_the_gallery_is_the_room_as_it_is_exported(gallery: ModuleType, tmp_path: Path) -> None:
    page = gallery.make_page("applause", tmp_path / "applause.html")
    text = page.read_text(encoding="utf-8")
    assert "<title>Applause" in text
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=[\"']https?:", text)
