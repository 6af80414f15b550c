"""The architecture page draws what is built: the floors that are enforced, the events that exist, every folder."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from antiphon.room.events import AnyBody, Phase


def drawn_floors(page: str) -> list[str]:
    """Read the floors a page draws, highest first: an indented block under the heading "Floors"."""
    section = page.split("## Floors")[1]
    block = next(re.finditer(r"(?:^    .+\n)+", section, re.MULTILINE))[0]
    return [_names(re.split(r" {3,}", line.strip())[0]) for line in block.splitlines()]


def enforced_floors(pyproject: str) -> list[str]:
    """Read the floors that import-linter enforces; those in brackets only are not built yet."""
    contracts = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    kept = [re.sub(r"\([^)]*\)", "", layer) for layer in layers]
    return [_names(layer) for layer in kept if re.search(r"\w", layer)]


def _names(layer: str) -> str:
    return " | ".join(name for name in re.split(r"[ |]+", layer) if name)


def event_types() -> set[str]:
    """List the types of the catalogue."""
    return {str(body.__struct_config__.tag) for body in get_args(AnyBody)}


def drawn_events(page: str) -> set[str]:
    """Read the types in the first column of the page's table of events."""
    rows = re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z]+\.[a-z]+)`", row)}


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_floors_drawn_are_the_floors_enforced(root: Path, page: str) -> None:
    assert drawn_floors(page) == enforced_floors((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_events_listed_are_the_events_there_are(page: str) -> None:
    assert drawn_events(page) == event_types()


def test_every_part_of_the_package_is_drawn(root: Path, page: str) -> None:
    parts = [path for path in (root / "src" / "antiphon").iterdir() if not path.name.startswith(("_", "py."))]
    drawn = {path.name + "/" if path.is_dir() else path.name for path in parts}
    assert {name for name in drawn if name not in page} == set()


def test_every_phase_is_named(page: str) -> None:
    phases = page.split("## Phases")[1]
    assert {phase for phase in get_args(Phase) if phase not in phases} == set()


def test_a_floor_out_of_place_is_found() -> None:
    page = "## Floors\n\n    cli | testing     high\n    room\n    errors\n"
    layers = '[[tool.importlinter.contracts]]\ntype = "layers"\nlayers = ["cli | testing", "(web)", "room", "errors"]\n'
    assert drawn_floors(page) == enforced_floors(layers) == ["cli | testing", "room", "errors"]
    assert drawn_floors(page.replace("room\n", "rooms\n")) != enforced_floors(layers)


def test_an_event_that_is_missing_is_found() -> None:
    assert drawn_events("| `room.opened` | began |\n| `flag.raised`, `flag.acked` | found |\n") == {
        "room.opened",
        "flag.raised",
        "flag.acked",
    }
