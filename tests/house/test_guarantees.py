from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_guarantee_of_the_monitor_names_a_test_that_is_there() -> None:
    page = (ROOT / "docs" / "guide" / "monitor.md").read_text("utf-8")
    part = page.partition("## What it may never do")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:drills|monitor|runner)/test_\w+\.py)`", part)
    assert len(named) >= 10
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []
