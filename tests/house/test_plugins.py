"""Every plug-in has its paragraph in the guide and a test that knows it by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.registry import KINDS, names, plugin

PAGES = {
    "command": "commands.md",
    "provider": "providers.md",
    "painter": "providers.md",
    "reader": "transcripts.md",
    "writer": "transcripts.md",
    "who_speaks": "scenarios.md",
    "how_much": "scenarios.md",
    "what_is_heard": "scenarios.md",
    "what_counts": "scenarios.md",
    "when_it_ends": "scenarios.md",
}
"""Kind of plug-in -> the page of the guide that has a paragraph for each of that kind."""

FOLDERS = {
    "reader": "transcripts",
    "writer": "transcripts",
    "command": "commands",
    "provider": "providers",
    "painter": "providers",
}
"""Kind -> folder under tests/; every other kind is a question of the rules."""

PLUGINS = [(kind, name) for kind in KINDS for name in names(kind)]


def described(page: str, name: str) -> bool:
    """Tell whether a page has the name in a heading, or in bold or code at the start of a line or a table's row."""
    mark = rf"^(?:#+ .*|[*|\-\s]*)(?:`|\*\*)+!?{re.escape(name)}(?:[ \"][^`*]*)?(?:`|\*\*)"
    return re.search(mark, page, re.MULTILINE) is not None


def known_to(sources: list[str], name: str) -> bool:
    """Tell whether a test knows a plug-in: imports its file, or writes its name as a string or with its "!"."""
    exact = re.escape(name)
    known = re.compile(
        rf"^ *(?:from|import) .*\b{exact}_?\b|[\"'!/]{exact}(?:\b|[\"'])|^test_{exact}\.py$", re.MULTILINE
    )
    return any(known.search(source) for source in sources)


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
def test_every_plugin_has_its_paragraph(root: Path, kind: str, name: str) -> None:
    page = root / "docs" / "guide" / PAGES[kind]
    assert described(page.read_text(encoding="utf-8"), name), f"{page.name} has no paragraph for {kind} {name}"


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
def test_every_plugin_has_a_test(root: Path, kind: str, name: str) -> None:
    folder = root / "tests" / FOLDERS.get(kind, "rules")
    sources = [path.name + "\n" + path.read_text(encoding="utf-8") for path in folder.rglob("test_*.py")]
    assert known_to(sources, name), f"no test under {folder} knows the {kind} {name}"


@pytest.mark.parametrize("name", names("command"))
def test_the_guide_says_what_the_others_see_of_a_command(root: Path, name: str) -> None:
    page = (root / "docs" / "guide" / "commands.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `!{name}\b.*\| ([^|]+) \|$", page, re.MULTILINE)
    assert row is not None
    seen = {"stays": ["the line"], "stripped": ["a notice", "nothing"], "hidden": ["nothing"]}
    assert row[1].split(",")[0] in seen[plugin("command", name).shown]


def test_there_are_plugins_of_every_kind() -> None:
    assert {kind for kind, _ in PLUGINS} == set(KINDS) == set(PAGES)


@pytest.mark.parametrize(
    "text", ["### `!vote`", "**`vote`** asks", '| `!vote "question" [a, b]` | asks |', "* **vote**: asks"]
)
def test_a_paragraph_is_found(text: str) -> None:
    assert described(f"# Commands\n\n{text}\n", "vote")


@pytest.mark.parametrize("text", ["a vote is taken", "see `vote` below", "### devote", "**votes**"])
def test_a_mention_is_no_paragraph(text: str) -> None:
    assert not described(f"# Commands\n\n{text}\n", "vote")


def test_a_plugin_that_no_test_names_is_found() -> None:
    assert known_to(["from antiphon.commands.vote import PLUGIN"], "vote")
    assert known_to(["def test_it():\n    run('!vote \"x\"')"], "vote")
    assert not known_to(["def test_a_vote_is_taken(): ..."], "vote")
