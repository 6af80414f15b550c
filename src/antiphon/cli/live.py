"""The live screen: what is finished scrolls up as normal output; below it the speech under way and the status.

Only this module knows rich. Nothing here changes the room.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from antiphon.cli.keyboard import Keyboard
from antiphon.cli.outlets import Typed
from antiphon.cli.status import Status, status
from antiphon.cli.styles import SEATS, SEATS_16, fitting, rich_style
from antiphon.cli.telling import BLANK, Line, Teller, block
from antiphon.cli.washes import bars, wash_for
from antiphon.measures.surprise import Surprises
from antiphon.room.contracts import Record
from antiphon.room.events import Event, MessageSaid, TurnEnded, TurnRequested
from antiphon.room.state import State
from antiphon.transcripts.safe import for_terminal

__all__ = ["LiveOutlet", "console", "laid_out"]

MEASURE = 92
"""Columns of running text at most: longer lines are hard to read; drawings may use the whole width."""
_FRAME = 1 / 12
"""Seconds between two looks at whether the live part changed: smooth for the eye, cheap over ssh."""
_BESIDE = 6
"""Rows of the terminal that the text under way leaves free for its header, the status and the typed line."""
_BARS = 8
"""Messages whose surprise stands on the status line: enough to see it fall, and as long as another fact."""
_LETTERS = 0.5
"""Share of letters from which a line is read as prose and wrapped; drawings have fewer."""


def console() -> Console:
    """Make a console that sends texts as they are: no markup, no highlighting, no emoji names."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def laid_out(line: Line, on: Console) -> list[Text]:
    """Wrap one line for a console, each part after the same indent."""
    colours = SEATS_16 if on.color_system in {"standard", "windows"} else SEATS
    wash = None if on.no_color else wash_for(on.color_system, os.environ.get("COLORFGBG", ""))
    text = Text()
    for words, style in line.spans:
        text.append(fitting(words, on.encoding), rich_style(style, colours, wash))
    room = max(8, on.width - line.indent)
    plain = text.plain
    prose = sum(sign.isalnum() for sign in plain) >= _LETTERS * len(plain)
    width = min(room, MEASURE) if prose and not line.row else room
    lead = Text(" " * line.indent)
    # the console crops nothing (soft_wrap), so a line that fits is left exactly as it is
    if text.cell_len <= width:
        return [lead + text]
    rows = list(text.wrap(on, width))
    for row in rows:
        row.rstrip()
    return [lead + row for row in rows]


class LiveOutlet:
    """Shows one room on a terminal, and takes what a person types there."""

    live = True

    def __init__(
        self,
        room: str,
        *,
        typed: Typed | None = None,
        hint: str = "",
        on: Console | None = None,
        keyboard: Keyboard | None = None,
        tint: bool = True,
        brief: bool = False,
    ) -> None:
        """Show `room`; `typed` carries out what a person types (None: the keyboard is left alone).

        Somebody else's `keyboard` is only given back while the program is stopped (ctrl-z). With `tint`, surprising
        words stand on a wash where there are quiet colours, and the last messages' surprise on the status line.
        `brief`: without seeds and hashes.
        """
        self._console = on or console()
        self._teller, self._status = Teller(room, Surprises() if tint else None, brief=brief), Status()
        self._typed, self._hint = typed, hint or "type to speak in the room · ctrl-c pauses"
        self._keyboard, self._lent = Keyboard(self._line, self._touch), keyboard
        self._keys = False
        self._asked: tuple[str, asyncio.Future[str]] | None = None
        self._speech, self._speaker = "", ""
        self._changed, self._second = True, -1
        self._began = time.monotonic()
        self._display = Live(
            console=self._console,
            get_renderable=self._below,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> State:
        """Give the room after the last event shown."""
        return self._teller.state

    def remember(self, events: Sequence[Event], *, begins: bool = False) -> None:
        """Take in what happened before, and say which room this is."""
        self._teller.remember(events)
        if events and not begins:
            self._print(self._teller.heading())

    # -------------------------------------------------------------------------------- what is shown

    async def show(self, event: Event, record: Record) -> None:  # noqa: ARG002 - the outlet's signature
        """Print what is to be read of the event above the live part."""
        lines = self._teller.tell(event)
        self._status.hear(self._teller.state, event)
        if means := self._teller.means:
            self._status.surprise = f"{bars(means[-_BARS:], self._console.encoding)} {means[-1]:.1f} bits"
        if isinstance(event.body, TurnRequested | TurnEnded | MessageSaid):
            self._speech = ""
        self._print(lines)
        self._touch()
        await asyncio.sleep(0)

    def _print(self, lines: Sequence[Line]) -> None:
        parts = [part for line in lines for part in laid_out(line, self._console)]
        if parts:
            self._console.print(Group(*parts))

    def chunk(self, seat: str, text: str) -> None:
        """Show text as it streams."""
        self._speech, self._speaker = self._speech + text, seat
        self._touch()

    def tell(self, text: str) -> None:
        """Say something beside the room, now."""
        self._print([BLANK, Line(((text, "bold"),), 2)])

    def close_with(self, lines: Sequence[str]) -> None:
        """Say the last words."""
        self._print([BLANK, *(Line(((line, ""),)) for line in lines)])

    # -------------------------------------------------------------------------------- the live part

    def _below(self) -> Group:
        lines: list[Line] = []
        if (speaking := self._speaking()) is not None:
            lines += [BLANK, Line((self._teller.header(speaking),))]
        rows = [part for line in lines for part in laid_out(line, self._console)]
        rows += self._under_way()
        elapsed = time.monotonic() - self._began
        spans = status(self.state, self._status, elapsed, self._console.width - 1)
        rows += [Text(""), *laid_out(Line(tuple(spans)), self._console)]
        if self._keys:
            rows.append(self._typing())
        return Group(*rows)

    def _speaking(self) -> str | None:
        """Name the seat whose turn it is, or whose message is played back word by word."""
        return self._status.speaking or (self._speaker if self._speech else None)

    def _under_way(self) -> list[Text]:
        """Give the last rows of the speech under way, as many as there is room for."""
        most = max(3, self._console.height - _BESIDE)
        tail = self._speech[-most * self._console.width :]
        if not tail.strip():
            return []
        style = self._teller.style(self._speaking())
        rows = [part for line in block(tail, style) for part in laid_out(line, self._console)]
        return rows[-most:]

    def _typing(self) -> Text:
        who = f"{self._asked[0]}, your turn (return passes) " if self._asked else ""
        room = max(8, self._console.width - len(who) - 4)
        typed = for_terminal(self._keyboard.text).replace("\t", " ")
        prompt = Text().append(fitting(f"{who}› ", self._console.encoding), "bold")
        if not typed and not self._asked:
            return prompt + Text(fitting(self._hint[:room], self._console.encoding), "dim")
        return prompt + Text(typed[-room:]) + Text(" ", "reverse")

    def _touch(self) -> None:
        self._changed = True

    async def _paint(self) -> None:
        while True:
            second = int(time.monotonic() - self._began)
            if self._changed or second != self._second:
                self._changed, self._second = False, second
                self._display.refresh()
            await asyncio.sleep(_FRAME)

    # -------------------------------------------------------------------------------- what is typed

    def _line(self, text: str) -> None:
        if self._asked is not None and not self._asked[1].done():
            self._asked[1].set_result(text)
        elif text.strip() and self._typed is not None:
            self._start(self._carry_out(text))

    async def _carry_out(self, text: str) -> None:
        from antiphon.errors import AntiphonError

        try:
            if self._typed is not None:
                await self._typed(text)
        except AntiphonError as error:
            self.tell(for_terminal(str(error)))

    async def ask(self, who: str) -> str | None:
        """Ask the person at the keyboard for what `who` says; an empty line is nothing."""
        if not self._keys:
            from antiphon.cli.keyboard import piped_line

            self.tell(f"{who}: your turn; an empty line passes")
            return await piped_line() or None
        self._asked = (who, asyncio.get_running_loop().create_future())
        self._touch()
        try:
            return await self._asked[1] or None
        finally:
            self._asked = None

    # -------------------------------------------------------------------------------- beginning and end

    def _start(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)  # type: ignore[arg-type]  # a coroutine of this class
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def __aenter__(self) -> Self:
        """Take the terminal."""
        self._began = time.monotonic()
        self._keys = self._typed is not None and self._keyboard.open()
        if hasattr(signal, "SIGTSTP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, self._step_aside)
        self._display.start()
        self._start(self._paint())
        return self

    def _step_aside(self) -> None:
        """Give the terminal to the shell (ctrl-z), and take it again when the person comes back."""
        self._display.stop()
        lent = self._lent is not None and self._lent.close()
        self._keyboard.close()
        os.kill(os.getpid(), signal.SIGSTOP)  # the program stands still here until it is called back
        if lent and self._lent is not None:
            self._lent.open()
        self._keys = self._typed is not None and self._keyboard.open()
        self._display.start()
        self._touch()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the terminal back as it was."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._keyboard.close()
        self._keys = False
        if hasattr(signal, "SIGTSTP"):
            asyncio.get_running_loop().remove_signal_handler(signal.SIGTSTP)
        with suppress(OSError):  # the terminal may be gone
            self._display.stop()
