"""A wrong block in a document is a failing test; what is only shown is not run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
```python
import asyncio
import os
from pathlib import Path

await asyncio.sleep(0)
kept = 1
Path("written.txt").write_text("here")
assert Path(os.environ["ANTIPHON_JOURNAL"]).parent == Path.cwd()
```

```python
assert kept == 1
```

```console
$ false
```

```console run
$ python -c "print(1)"
```

```toml
[rules.when_it_ends.rounds]
count = 3
```
"""

BAD = {
    "a block that raises": "```python\nassert 1 == 2\n```\n",
    "a block of another document's names": "```python\nkept\n```\n",
    "a line that fails": '```console run\n$ python -c "raise SystemExit(3)"\n```\n',
    "a piece of a scenario with a wrong word": "```toml\n[rules.when_it_ends.rounds]\ncuont = 3\n```\n",
    "a card with a wrong word": '```toml\n[[models]]\nid = "x"\ncontxt = 3\n```\n',
}


def run(root: Path, folder: Path, **documents: str) -> subprocess.CompletedProcess[str]:
    """Run pytest over documents in a folder of their own, with the house's conftest."""
    shutil.copy(root / "conftest.py", folder)
    (folder / "docs").mkdir()
    for name, text in documents.items():
        (folder / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "docs"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def test_good_blocks_pass_in_a_folder_of_their_own(root: Path, tmp_path: Path) -> None:
    done = run(root, tmp_path, good=GOOD)
    assert "4 passed" in done.stdout, done.stdout
    assert not list(tmp_path.rglob("written.txt"))


def test_every_kind_of_wrong_block_fails(root: Path, tmp_path: Path) -> None:
    texts = {f"bad{i}": text for i, text in enumerate(BAD.values())}
    done = run(root, tmp_path, agood=GOOD, **texts)
    assert f"{len(BAD)} failed, 4 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("page", ["README.md", "docs/guide/library.md", "docs/guide/scenarios.md"])
def test_the_documents_have_blocks_to_run(root: Path, page: str) -> None:
    text = (root / page).read_text(encoding="utf-8")
    assert "```python\n" in text or "```toml\n" in text
