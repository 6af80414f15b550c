"""Copies a live SQLite journal into a new file, as of one moment, while others go on writing."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from antiphon.errors import UserError

__all__ = ["copy"]


def copy(connection: sqlite3.Connection, path: Path) -> None:
    """Write a consistent copy (0600); raises UserError when the file exists or cannot be made."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise UserError(f"{path} exists already; name a file that does not") from None
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from None
    try:
        connection.execute("VACUUM INTO ?", (str(path),))
    except sqlite3.Error:
        path.unlink(missing_ok=True)
        raise
