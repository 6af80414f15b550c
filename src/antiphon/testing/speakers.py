"""Speakers that say what a test gives them, and a cast made of them; the same contracts as the real ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from antiphon.errors import ProviderFailure
from antiphon.room.contracts import Allowance, Listen, Painter, Picture, Reply, Speaker
from antiphon.room.events import Usage
from antiphon.room.scenario import Pictures
from antiphon.room.state import Seat, State
from antiphon.room.view import Part, View

__all__ = ["Epitaph", "Line", "Script", "ScriptedSpeaker", "Sketcher", "Troupe"]

Line: TypeAlias = str | Reply | BaseException | Callable[[View], str]
Script: TypeAlias = Sequence[Line]
"""What a speaker says, turn by turn: words, a whole reply, what it raises, or a function of what it hears."""


class ScriptedSpeaker:
    """Says its lines in order, the last one for ever; keeps every view's body it was shown.

    Attributes:
        heard: the body of each view, as bytes, in order.
        allowances: what it was allowed each time.
    """

    def __init__(self, script: Script, *, seconds: float = 0.0) -> None:
        """Take the lines, and how many seconds each reply takes."""
        self._script, self._seconds = list(script) or ["…"], seconds
        self._said = 0
        self.heard: list[bytes] = []
        self.allowances: list[Allowance] = []

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:
        """Give the next line."""
        self.heard.append(view.body)
        self.allowances.append(allowance)
        line = self._script[min(self._said, len(self._script) - 1)]
        self._said += 1
        if isinstance(line, BaseException):
            await asyncio.sleep(self._seconds)
            raise line
        if isinstance(line, Reply):
            await asyncio.sleep(self._seconds)
            return line
        text = line if isinstance(line, str) else line(view)
        words = text.split(" ")
        for place, word in enumerate(words):
            await asyncio.sleep(self._seconds / len(words))
            if listen is not None and not listen(word if place == 0 else f" {word}"):
                return Reply(text=" ".join(words[: place + 1]), finish="cut")
        return Reply(text=text, usage=Usage(input=len(view.body) // 4, output=len(words)))


class Sketcher:
    """Paints one grey dot, or fails, after some seconds."""

    free = True

    def __init__(self, *, seconds: float = 0.0, failure: ProviderFailure | None = None) -> None:
        """Take how long a picture takes and, if it shall fail, why."""
        self._seconds, self._failure = seconds, failure
        self.asked: list[tuple[str, int]] = []

    async def paint(self, description: str, variant: int = 0) -> Picture:
        """Give a picture whose bytes name its description."""
        self.asked.append((description, variant))
        await asyncio.sleep(self._seconds)
        if self._failure is not None:
            raise self._failure
        return Picture(f"dot {variant} {description}".encode(), "image/png", f"a dot: {description}", 0.0)


class Epitaph:
    """Says last words that cost a share of what they may cost, or fails; keeps what it was allowed.

    Attributes:
        allowances: what it was allowed each time; a room asks once.
    """

    def __init__(self, *, share: float = 1.0, seconds: float = 0.0, failure: BaseException | None = None) -> None:
        """Take the share in [0, 1] to spend, how many seconds that takes, and what it raises, if it shall fail."""
        self._share, self._seconds, self._failure = share, seconds, failure
        self.allowances: list[Allowance] = []

    async def speak(self, state: State, heard: Sequence[Part], allowance: Allowance) -> Reply:
        """Count what was heard."""
        self.allowances.append(allowance)
        await asyncio.sleep(self._seconds)
        if self._failure is not None:
            raise self._failure
        usage = Usage(input=int((allowance.tokens or 0) * self._share))
        cost = None if allowance.cost is None else allowance.cost * self._share
        return Reply(text=f"{state.room}: {len(heard)} parts were heard", usage=usage, cost=cost)


class Troupe:
    """Casts scripted speakers by seat id; a seat without a script says "…"."""

    def __init__(
        self, scripts: dict[str, Script] | None = None, *, seconds: float = 0.0, painter: Painter | None = None
    ) -> None:
        """Take the scripts by seat id, the seconds each reply takes, and who paints."""
        self._scripts, self._seconds = scripts or {}, seconds
        self._painter: Painter = painter or Sketcher()
        self.speakers: dict[str, ScriptedSpeaker] = {}
        self.cast: list[tuple[str, str]] = []

    def speaker(self, seat: Seat, seed: int) -> Speaker:  # noqa: ARG002 - scripts need no chance
        """Give the seat's speaker; one that changed its model goes on in the same script."""
        self.cast.append((seat.id, seat.model))
        if seat.id not in self.speakers:
            self.speakers[seat.id] = ScriptedSpeaker(self._scripts.get(seat.id, ["…"]), seconds=self._seconds)
        return self.speakers[seat.id]

    def painter(self, pictures: Pictures) -> Painter:  # noqa: ARG002 - the contract names what is asked for
        """Give who paints."""
        return self._painter
