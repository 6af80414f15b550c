"""Makes the gallery's pages: plays each showcase room through the real engine and exports it (`just site`).

    python docs/make_gallery.py FOLDER        one page a room, FOLDER/ROOM.html

The pages are made whenever the site is and are in no repository, so that they cannot be older than the program. It
knows the command line only: whoever types the same commands gets the same pages.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from antiphon.library.showcases import SHOWCASES


def make_page(room: str, page: Path) -> Path:
    """Play one showcase room in a journal of its own, and write its page."""
    with TemporaryDirectory() as folder:
        journal = Path(folder, "rooms.db")
        _antiphon(journal, "demo", "--room", room, "--fast")
        _antiphon(journal, "export", "last", "--format", "html", "-o", str(page), "--force")
    page.chmod(0o644)  # an export is for its owner only; these are for everybody
    return page


def _antiphon(journal: Path, *words: str) -> None:
    command = [sys.executable, "-m", "antiphon.cli", "--journal", str(journal), *words]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main() -> None:
    """Make the pages in the folder that is named."""
    match sys.argv[1:]:
        case [folder]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            for room in SHOWCASES:
                print(make_page(room, Path(folder, f"{room}.html")))
        case _:
            sys.exit("usage: python docs/make_gallery.py FOLDER")


if __name__ == "__main__":
    main()
