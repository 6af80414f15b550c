"""The pins agree with pyproject.toml and with each other, and say nothing about where packages come from."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LEAST_HASHES = 2
"""A wheel and a source archive at the least; packages with compiled parts have dozens."""


@dataclass(frozen=True)
class Pin:
    """Is one line of a pin file: what is pinned, under which marker, and with how many hashes."""

    requirement: Requirement
    hashes: int

    @property
    def version(self) -> str:
        """Give the exact version; a requirement that is not exact is an error."""
        (only,) = self.requirement.specifier
        assert only.operator == "=="
        return only.version


def read_pins(text: str) -> dict[str, Pin]:
    """Read a pin file: name -> pin."""
    joined = re.sub(r" \\\n\s*", " ", text)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    pins = [Pin(Requirement(line.split(" --hash=")[0]), line.count(" --hash=sha256:")) for line in lines]
    return {canonicalize_name(pin.requirement.name): pin for pin in pins}


def wanted(pyproject: str) -> list[Requirement]:
    """List what the core, the extra `dev` and the build ask for."""
    data = tomllib.loads(pyproject)
    extra = data["project"]["optional-dependencies"]["dev"]
    return [Requirement(text) for text in [*data["project"]["dependencies"], *extra, *data["build-system"]["requires"]]]


def unmet(pyproject: str, pins: str) -> list[str]:
    """Name what pyproject asks for and the pins do not give."""
    known = read_pins(pins)
    found = []
    for requirement in wanted(pyproject):
        pin = known.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(pin.version):
            found.append(f"{requirement}: pinned {pin.version if pin else 'nowhere'}")
    return found


def addresses(text: str) -> list[str]:
    """Find what says where packages come from."""
    return re.findall(r"\S*://\S*|--(?:extra-)?index-url|--find-links|--trusted-host| @ \S+", text)


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    pins = ("pins.txt", "pins-hashed.txt", "recipes.txt", "docs.txt")
    names = ["pyproject.toml", *(f"requirements/{name}" for name in pins)]
    return {Path(name).name: (root / name).read_text(encoding="utf-8") for name in names}


@pytest.mark.parametrize("name", ["pins.txt", "pins-hashed.txt"])
def test_every_dependency_is_pinned_at_a_version_it_allows(texts: dict[str, str], name: str) -> None:
    assert unmet(texts["pyproject.toml"], texts[name]) == [], "run `just pins`"


@pytest.mark.parametrize("name", ["pins.txt", "pins-hashed.txt", "recipes.txt", "docs.txt"])
def test_pins_say_nothing_about_where_packages_come_from(texts: dict[str, str], name: str) -> None:
    assert addresses(texts[name]) == []


def test_both_files_pin_the_same(texts: dict[str, str]) -> None:
    plain, hashed = read_pins(texts["pins.txt"]), read_pins(texts["pins-hashed.txt"])
    assert {name: str(pin.requirement) for name, pin in plain.items()} == {
        name: str(pin.requirement) for name, pin in hashed.items()
    }


def test_only_the_twin_has_hashes_and_it_has_them_for_every_pin(texts: dict[str, str]) -> None:
    assert all(pin.hashes == 0 for pin in read_pins(texts["pins.txt"]).values())
    assert all(pin.hashes >= LEAST_HASHES for pin in read_pins(texts["pins-hashed.txt"]).values())


def test_the_other_programs_are_pinned_with_what_our_monitor_needs_as_we_pin_it(
    root: Path, texts: dict[str, str]
) -> None:
    wishes = [Requirement(line) for line in (root / "requirements/recipes.in").read_text("utf-8").splitlines()]
    pins = read_pins(texts["recipes.txt"])
    assert all(wish.specifier.contains(pins[canonicalize_name(wish.name)].version) for wish in wishes)
    assert pins["msgspec"].version == read_pins(texts["pins.txt"])["msgspec"].version


SAMPLE = """
[build-system]
requires = ["hatchling"]
[project]
dependencies = ["click>=8.2"]
[project.optional-dependencies]
dev = ["pytest>=9"]
"""


def test_a_missing_and_a_too_old_pin_are_found() -> None:
    assert unmet(SAMPLE, "click==8.5\npytest==9.2.0\nhatchling==1.33.0\n") == []
    assert unmet(SAMPLE, "click==8.1\npytest==9.2.0\n") == ["click>=8.2: pinned 8.1", "hatchling: pinned nowhere"]


@pytest.mark.parametrize("line", ["--index-url x", "click @ file:///tmp/click.whl", "--find-links x"])
def test_an_address_is_found(line: str) -> None:
    assert addresses(line)


def test_a_pin_that_is_not_exact_is_refused() -> None:
    with pytest.raises(AssertionError):
        assert unmet(SAMPLE, "click>=8.5\n")


def test_hashes_over_several_lines_are_counted() -> None:
    assert read_pins("nh3==0.3.7 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n")["nh3"].hashes == LEAST_HASHES
