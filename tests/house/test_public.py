"""What `import antiphon` promises: sorted public names, each there, and nothing heavy before it is used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import antiphon

HEAVY = ("click", "httpx2", "markdown_it", "msgspec", "nh3", "rich", "sqlite3", "starlette", "uvicorn")
"""What takes its time to import; `antiphon --help` must not pay for what it does not use."""


def loaded_by(code: str) -> set[str]:
    """Run code in a fresh Python and tell which of the heavy packages it loaded."""
    look = f"import sys, json; {code}; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return set(json.loads(done.stdout))


def test_public_names_are_sorted_and_unique() -> None:
    assert list(antiphon.__all__) == sorted(set(antiphon.__all__))


@pytest.mark.parametrize("name", antiphon.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(antiphon, name)
    assert (value.__doc__ or "").strip(), f"antiphon.{name} has no docstring"
    assert name in dir(antiphon)


def test_a_name_that_is_not_public_is_refused_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match=r"'nothing'.*AntiphonError"):
        _ = antiphon.nothing


def test_importing_antiphon_loads_nothing_heavy() -> None:
    assert loaded_by("import antiphon") == set()


def test_asking_for_an_error_does_not_load_the_laboratory() -> None:
    assert loaded_by("import antiphon; antiphon.UserError") == set()


def test_what_is_heavy_is_seen_when_it_is_loaded() -> None:
    assert loaded_by("import rich, sqlite3") >= {"rich", "sqlite3"}
