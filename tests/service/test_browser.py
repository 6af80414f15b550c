"""An exported page in a real browser: everything is there, and nothing is fetched."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import antiphon
from antiphon.assembly import find_scenario
from antiphon.library.settings import with_rounds

EXECUTABLE = os.environ.get("ANTIPHON_CHROMIUM", "")
SECONDS = 60
"""What a browser may take to start, draw one page and stop on a busy machine."""

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not EXECUTABLE, reason="ANTIPHON_CHROMIUM names no Chromium"),
]


def browse(page: Path, folder: Path) -> tuple[str, list[str]]:
    """Open a page; returns the document as the browser holds it, and every address that it tried to fetch."""
    log = folder / "net.json"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    places = [f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--dump-dom", page.as_uri()]
    done = subprocess.run(  # noqa: S603 - a browser the caller named, and our own page
        [EXECUTABLE, *options, *places], capture_output=True, encoding="utf-8", timeout=SECONDS, check=True
    )
    return done.stdout, fetched(json.loads(log.read_text(encoding="utf-8")))


def fetched(log: dict[str, Any]) -> list[str]:  # Any: Chromium's log
    """Name the addresses in a network log that a page asked for, the browser's own business left out."""
    urls = {event.get("params", {}).get("url", "") for event in log["events"] if "params" in event}
    return sorted(url for url in urls if url.startswith(("http:", "https:")) and "//page." in url)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    room = antiphon.open(with_rounds(find_scenario("backrooms"), 1), journal="memory:", seed=110)
    room.say(
        '<img src="http://page.invalid/a.png"> ![x](http://page.invalid/b.png) <script>document.title="no"</script>'
    )
    room.run_sync()
    assert "effect.ended" in {event.type for event in room.events()}, "this seed paints; choose another that does"
    path = tmp_path / "room.html"
    path.write_bytes(room.export("html"))
    return path


def test_a_page_shows_every_message_and_fetches_nothing(page: Path, tmp_path: Path) -> None:
    document, addresses = browse(page, tmp_path)
    assert all(label in document for label in ("Echo 2", "Listener 2", "Suspicious"))
    assert document.count("data:image/png") >= 1
    assert "<title>no</title>" not in document
    assert addresses == []


def test_a_page_that_fetches_is_found(tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text('<p>a page</p><img src="http://page.invalid/a.png">', encoding="utf-8")
    assert browse(path, tmp_path)[1] == ["http://page.invalid/a.png"]
