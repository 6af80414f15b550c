"""The first screen holds what it promises: two commands, a picture, every verb, links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.cli import VERBS

TRY = "python3 -m venv .venv && .venv/bin/pip install -q -c requirements/pins.txt . && .venv/bin/antiphon demo"
TEST = ".venv/bin/pip install -q -c requirements/pins.txt '.[dev]' && .venv/bin/pytest"
SCREEN = 40
"""Lines of a README that are seen without scrolling, about."""


def broken_links(page: Path) -> list[str]:
    """Name the relative links of a page that lead to no file."""
    text = _prose(page.read_text(encoding="utf-8"))
    targets = [found.split("#")[0] for found in re.findall(r"\]\(([^)\s]+)\)", text)]
    return [target for target in targets if target and "://" not in target and not (page.parent / target).exists()]


def missing_verbs(text: str, verbs: list[str]) -> list[str]:
    """Name the verbs that a text never shows as code."""
    shown = " ".join(re.findall(r"`([^`]+)`", _prose(text)))
    return [verb for verb in verbs if not re.search(rf"\b{verb}\b", shown)]


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [TRY, TEST])
def test_both_commands_stand_on_the_first_screen(readme: str, command: str) -> None:
    assert command in [line.strip() for line in readme.splitlines()[:SCREEN]]


def test_every_verb_is_shown(readme: str) -> None:
    assert missing_verbs(readme, [verb for section in VERBS.values() for verb in section]) == []


def test_every_link_leads_somewhere(root: Path, tracked: list[Path]) -> None:
    pages = [path for path in tracked if path.suffix == ".md"]
    assert pages
    assert {str(page.relative_to(root)): broken_links(page) for page in pages if broken_links(page)} == {}


def fetched(svg: str) -> list[str]:
    """Name what a picture would have a browser fetch."""
    return re.findall(r"(?:url\(|href=)[\"']?(https?:[^\"')]+)", svg)


def test_the_picture_fetches_nothing(root: Path) -> None:
    assert fetched((root / "docs" / "images" / "demo.svg").read_text(encoding="utf-8")) == []


def test_what_a_picture_would_fetch_is_found() -> None:
    assert fetched('src: url("https://example.org/a.woff2"); fill: url(#clip)') == ["https://example.org/a.woff2"]


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#top) [there](gone.md) [web](https://example.org/x)\n")
    assert broken_links(page) == ["gone.md"]


def test_a_verb_that_is_not_shown_is_found() -> None:
    assert missing_verbs("`antiphon run X`, `say` and fork", ["run", "say", "fork"]) == ["fork"]
