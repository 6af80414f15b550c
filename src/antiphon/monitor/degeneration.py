"""Notices speech that has come apart while it is still being said: one sign without end, or the same few words.

Text comes in as it streams, in pieces of any size, and the same text gives the same finding however it was cut up.
Code in fences and drawings are set aside, since grids, frames and tables of noughts repeat themselves rightly. The
cost of a character does not grow with the message. It knows no seat, no policy and no room, and cuts nothing itself.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal
from zlib import compress

from msgspec import Struct

from antiphon.measures.drawing import FEWEST, line_kind
from antiphon.room.quoting import Fence

__all__ = ["RATIO", "RUN", "WINDOW", "Degeneration", "Listening", "degeneration"]

WINDOW = 2_048
"""UTF-8 bytes that are looked at together: three hundred words, more than any refrain."""

RATIO = 0.06
"""Compressed size over size below which the window says no more than one sentence, over and over; prose has 0.4 and
more."""

RUN = 200
"""Equal characters in a row: more than a drawn-out word or a rule across a page needs."""

_STEP = 512
"""Bytes between two looks at the window: a look is then cheap beside streaming them, and a cut comes at most about a
hundred words late."""

_TAIL = 16
"""Last bytes of the window that must stand in it twice, else it is not worth compressing: in prose they hardly ever
do, in what compresses to a sixteenth they nearly always do."""

_WIDEST = 240
"""Characters above which a line is no line of a drawing, and is judged before it ends."""

_BLOCK = 64
"""Characters of such a line that are judged at a time."""

_MOST_ASIDE = 32_768
"""Characters of code and drawings in one message that are set aside; what comes after them is judged like text, so
that nobody runs on for ever by opening a fence."""

_PIECE = 128
"""Characters in which runs are counted at a time: fewer than a run has, so that none lies wholly inside a piece."""


class Degeneration(Struct, frozen=True):
    """Says what was found.

    Attributes:
        kind: "run" of one character (or of empty lines), or "repetition" of a few words.
        place: characters of the message after which it was clear.
        value: characters in the run, or the window's compressed size over its size.
    """

    kind: Literal["run", "repetition"]
    place: int
    value: float


class Listening:
    """Hears one message as it comes, and says when it has come apart; holds some three kilobytes.

    Attributes:
        found: what was found first; nothing is looked for after it.
    """

    def __init__(self) -> None:
        """Begin before the first character."""
        self.found: Degeneration | None = None
        self._fence = Fence()
        self._line, self._wide = "", False  # what of the present line is not judged; whether some of it was
        self._place = 0  # characters of whole lines and blocks so far
        self._drawn, self._held, self._aside = 0, "", 0  # drawn lines in a row, the first of them, characters set aside
        self._last, self._run, self._blank = "", 0, 0
        self._window, self._bytes, self._look_at = bytearray(), 0, WINDOW

    def hear(self, text: str) -> Degeneration | None:
        """Take the next piece in; give what was found, None while there is nothing."""
        first, *lines = text.split("\n")
        self._go_on(first)
        for line in lines:
            if self.found is not None:
                break
            self._end_line("\n")
            self._go_on(line)
        return self.found

    def close(self) -> Degeneration | None:
        """Take the message's end for the end of its last line."""
        if self.found is None:
            self._end_line("")
            self._release()
        return self.found

    def _go_on(self, piece: str) -> None:
        """Go on with the present line; one that is too wide for a drawing is judged before it ends."""
        self._line += piece
        while self.found is None and len(self._line) > _WIDEST:
            block, self._line = self._line[:_BLOCK], self._line[_BLOCK:]
            self._wide = True
            self._place += _BLOCK
            self._release()
            self._weigh(block, aside=self._fence.open)

    def _end_line(self, end: str) -> None:
        """Take a whole line, or the rest of a wide one, and judge it unless it is code or drawn."""
        line, wide = self._line, self._wide
        self._line, self._wide = "", False
        self._place += len(line) + len(end)
        code = self._fence.open if wide else self._fence.holds(line)
        kind = "text" if wide or code else line_kind(line)
        self._blank = self._blank + 1 if kind == "blank" and end else 0
        match kind:
            case "blank":
                self._find(self._blank, "run")
            case "art" if self._drawn == 0:
                self._drawn, self._held = 1, line + end
            case "art":
                self._drawn += 1
                held, self._held = self._held, ""
                self._weigh(held + line + end, aside=True)
            case "indented" if self._drawn >= FEWEST:
                self._weigh(line + end, aside=True)
            case _:
                self._release()
                self._weigh(line + end, aside=code)

    def _release(self) -> None:
        """Judge a drawn line that stayed alone: a single one makes no drawing."""
        held, self._held, self._drawn = self._held, "", 0
        if held:
            self._weigh(held, aside=False)

    def _weigh(self, text: str, *, aside: bool) -> None:
        """Set a text aside while there is room for that, else judge it."""
        if aside and self._aside + len(text) <= _MOST_ASIDE:
            self._aside += len(text)
            self._last, self._run = "", 0
            return
        for start in range(0, len(text), _PIECE):
            self._count_run(text[start : start + _PIECE])
        self._look(text.encode("utf-8", "surrogatepass"))

    def _count_run(self, piece: str) -> None:
        """Count equal characters in a row, over the borders of pieces."""
        if self._last:
            self._run += len(piece) - len(piece.lstrip(self._last))
            self._find(self._run, "run")
        last = piece[-1]
        if (own := len(piece) - len(piece.rstrip(last))) < len(piece) or last != self._last:
            self._last, self._run = last, own

    def _look(self, data: bytes) -> None:
        """Move the window on, and look at it every so many bytes, wherever pieces end."""
        while data and self.found is None:
            room = self._look_at - self._bytes
            self._window += data[:room]
            self._bytes += len(data[:room])
            data = data[room:]
            if self._bytes == self._look_at:
                self._look_at += _STEP
                del self._window[:-WINDOW]
                if self._window.find(self._window[-_TAIL:]) < WINDOW - _TAIL:
                    self._find(len(compress(self._window)) / WINDOW, "repetition")

    def _find(self, value: float, kind: Literal["run", "repetition"]) -> None:
        if self.found is None and (value >= RUN if kind == "run" else value < RATIO):
            self.found = Degeneration(kind, self._place, value)


def degeneration(text: str) -> Degeneration | None:
    """Look at a finished text; None when nothing is wrong with it, as at once with one that is short."""
    if not _may_hold_a_run(text) and len(text.encode("utf-8", "surrogatepass")) < WINDOW:
        return None
    listening = Listening()
    listening.hear(text)
    return listening.close()


def _may_hold_a_run(text: str) -> bool:
    """Tell whether a text may hold a run (empty lines too), by every hundredth character; a run holds two of them."""
    looked = text[:: RUN // 2]
    return any(one == other or (one.isspace() and other.isspace()) for one, other in pairwise(looked))
