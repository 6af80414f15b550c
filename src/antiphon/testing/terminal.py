"""A pseudo-terminal of 80 columns and 24 rows with the program on it, for tests of what a person sees and types.

It knows nothing of what is shown; POSIX only.
"""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time

__all__ = ["Terminal"]

PATIENCE = 20
"""Seconds to wait for words to appear: much more than any screen needs."""

_CODES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Runs the program on a terminal of its own.

    Attributes:
        pid: the program's.
        seen: every byte that it wrote.
    """

    def __init__(self, *words: str, **environment: str) -> None:
        """Start it; `environment` is added to this process's own."""
        import pty  # POSIX only
        import termios

        self.seen = b""
        self.pid, self._handle = pty.fork()
        if self.pid == 0:  # the child
            os.environ.update({"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color", **environment})
            os.execv(sys.executable, [sys.executable, "-m", "antiphon.cli", *words])  # noqa: S606 - our own program
        self._found = termios.tcgetattr(self._handle)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._handle, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    @property
    def text(self) -> str:
        """Give what was seen so far, without codes."""
        return _CODES.sub(b"", self.seen).decode("utf-8", "replace").replace("\r", "")

    def until(self, words: str, *, within: float = PATIENCE) -> str:
        """Look until words appear, for some seconds; give all that was seen, without codes.

        Raises:
            EOFError: when the program ended, or nothing more came for a long time.
        """
        end = time.monotonic() + within
        while words not in self.text:
            if not self._read(end):
                raise EOFError(f"{words!r} never appeared in:\n{self.text}")
        return self.text

    def close(self) -> int:
        """Read on until the program ends, and give its exit code (negative: the signal that ended it)."""
        while self._read(time.monotonic() + PATIENCE):
            pass
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def restored(self) -> bool:
        """Tell whether keyboard and cursor are as they were found; only after `close`."""
        import termios

        now = termios.tcgetattr(self._handle)
        os.close(self._handle)
        shown = b"\x1b[?25l" not in self.seen.rpartition(b"\x1b[?25h")[2]
        return now == self._found and shown

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self._handle], [], [], max(0, end - time.monotonic()))
        try:
            data = os.read(self._handle, 65536) if ready else b""
        except OSError:  # Linux: the other side is closed
            data = b""
        self.seen += data
        return bool(data)
