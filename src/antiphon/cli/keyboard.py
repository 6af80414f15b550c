"""What a person types while a room runs: a line of their own on the live screen, or plain lines from a pipe.

It knows no room and draws nothing; whoever shows the screen asks it for the line as it stands.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

__all__ = ["Keyboard", "piped_line"]

_ERASE = {"\x7f", "\x08"}
_CLEAR = {"\x15"}  # ctrl-u
_WORD = {"\x17"}  # ctrl-w
_ENTER = {"\r", "\n"}
_ESCAPE = "\x1b"
_LONGEST = 100_000
"""Characters of one typed line: a paste larger than this is a slip, and the rest of it is left out."""


class Keyboard:
    """Reads keys as they are pressed and gives whole lines; interrupts stay signals.

    Attributes:
        text: the line as it stands.
    """

    def __init__(self, on_line: Callable[[str], None], on_change: Callable[[], None]) -> None:
        """Call `on_line` with each finished line, and `on_change` whenever `text` changed."""
        self.text = ""
        self._on_line, self._on_change = on_line, on_change
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._escape = ""
        self._before: list[Any] | None = None  # Any: termios' own
        self._termios: ModuleType | None = None

    def open(self) -> bool:
        """Take the keyboard; False where there is none, or somebody else has it."""
        try:
            import termios
        except ImportError:  # not on Windows
            return False
        handle = _stdin()
        if handle is None or not os.isatty(handle) or os.getpgrp() != os.tcgetpgrp(handle):
            return False
        self._termios, self._before = termios, termios.tcgetattr(handle)
        now = list(self._before)
        now[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(handle, termios.TCSADRAIN, now)
        asyncio.get_running_loop().add_reader(handle, self._read, handle)
        return True

    def close(self) -> bool:
        """Give the keyboard back as it was; False where it was not taken."""
        handle = _stdin()
        if self._termios is None or self._before is None or handle is None:
            return False
        asyncio.get_running_loop().remove_reader(handle)
        with contextlib.suppress(self._termios.error, OSError):  # the terminal may be gone
            self._termios.tcsetattr(handle, self._termios.TCSADRAIN, self._before)
        self._before = None
        return True

    def _read(self, handle: int) -> None:
        try:
            data = os.read(handle, 4096)
        except OSError:
            data = b""
        if not data:  # the terminal went away, and would be "readable" for ever
            asyncio.get_running_loop().remove_reader(handle)
            return
        for sign in self._decode(data):
            self.press(sign)
        self._on_change()

    def press(self, sign: str) -> None:
        """Take in one character."""
        if self._escape or sign == _ESCAPE:
            self._skip(sign)
        elif sign in _ENTER:
            line, self.text = self.text, ""
            self._on_line(line)
        elif sign in _ERASE:
            self.text = self.text[:-1]
        elif sign in _CLEAR:
            self.text = ""
        elif sign in _WORD:
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif (sign.isprintable() or sign == "\t") and len(self.text) < _LONGEST:
            self.text += sign

    def _skip(self, sign: str) -> None:
        """Swallow arrow keys and their kin: ESC, "[" or "O", parameters, one final letter."""
        self._escape += sign
        body = self._escape[1:]
        if (body and body[0] not in "[O") or (len(body) > 1 and sign.isalpha()) or body[-1:] == "~":
            self._escape = ""


def _stdin() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


async def piped_line() -> str | None:
    """Wait for a line on standard input; None at its end. The thread that waits never keeps the program alive."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def give(text: str) -> None:
        if not line.done():
            line.set_result(text.rstrip("\r\n") if text else None)

    def read() -> None:
        try:
            text = sys.stdin.readline()
        except (OSError, ValueError):
            text = ""
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(give, text)

    threading.Thread(target=read, name="antiphon-keyboard", daemon=True).start()
    return await line
