"""Speaks like the room it sits in: it learned online from everybody it heard there, and from nothing else.

What it learned lives in its speaker, in memory, and is built again from what its seat heard whenever a room is taken
up; nothing of it is stored or shared, and a speaker that was given one room refuses another. The rule
`who_speaks.ghost` lets it take a seat; a scenario may also seat it from the start. It knows no wire and no model.
"""

from __future__ import annotations

from hashlib import blake2b
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.errors import ProviderFailure
from antiphon.measures.mimicry import MOST, Mimic
from antiphon.measures.tokens import count, pieces
from antiphon.room.contracts import Allowance, Listen, Means, Reply, Speaker
from antiphon.room.events import Usage
from antiphon.room.state import Seat
from antiphon.room.view import View

__all__ = ["PLUGIN", "Ghost"]

_BYTES_PER_TOKEN = 4
"""Bytes of a view that are counted as one token: an estimate, marked as such; nothing is billed by it."""


class _Extra(Struct, frozen=True):
    """Is what the ghost reads of a seat's `extra`: where it took the seat, what it asks first, what it never says."""

    since: int = 0
    first_question: str = ""
    markers: tuple[str, ...] = ()
    most: int = MOST


class Ghost:
    """Makes speakers that learn from the room they sit in."""

    name = "ghost"
    cost = "free"

    def speaker(self, seat: Seat, means: Means) -> Speaker:  # noqa: ARG002 - the Protocol's; a view names its seat
        """Make the speaker for a seat; it knows nothing yet."""
        return _Speaker(means)


class _Speaker:
    """Holds what one ghost learned in one room."""

    def __init__(self, means: Means) -> None:
        self._seed, self._room = means.seed, ""
        self._mind: Mimic | None = None
        self._heard: set[int] = set()

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:
        """Hear what is new, then say something like it; pass when nothing was ever heard."""
        if self._room not in {"", view.room}:
            raise ProviderFailure("refused", "a ghost speaks only in the room it learned from")
        self._room, extra = view.room, _extra(view.seat.id, view.seat.extra)
        mind = self._hear(view, extra)
        text = self._first(view, extra) or mind.speak(self._chance(view.seat).random)
        if not text:
            return Reply(text="", passed=True, usage=Usage(), cost=0.0)
        finish = "stop"
        if allowance.tokens is not None and count(text) > allowance.tokens:
            text, finish = "".join(pieces(text)[: allowance.tokens]), "length"
        if listen is not None and not listen(text):
            finish = "cut"
        usage = Usage(input=view.source.size // _BYTES_PER_TOKEN, output=count(text), estimated=True)
        return Reply(text=text, finish=finish, usage=usage, cost=0.0, applied={"pairs": mind.pairs})

    def _hear(self, view: View, extra: _Extra) -> Mimic:
        """Learn the parts that are new, oldest first; what it said itself in this seat teaches it nothing."""
        if self._mind is None:
            self._mind = Mimic(extra.most, extra.markers)
        fresh = []
        for part in reversed(view.parts):
            if part.seq in self._heard:
                break
            fresh.append(part)
        for part in reversed(fresh):
            self._heard.add(part.seq)
            if part.kind == "said" and (part.by != view.seat.id or part.seq < extra.since):
                self._mind.learn(part.text)
        return self._mind

    def _first(self, view: View, extra: _Extra) -> str:
        """Give the first question, unless it was asked in this seat already."""
        asked = any(part.by == view.seat.id and part.seq >= extra.since and part.kind == "said" for part in view.parts)
        return "" if asked else extra.first_question

    def _chance(self, seat: Seat) -> Random:
        key = f"{self._seed}:{seat.id}:{seat.messages}:ghost".encode()
        return Random(int.from_bytes(blake2b(key, digest_size=8).digest(), "big"))


def _extra(seat: str, given: dict[str, Any]) -> _Extra:  # Any: as Seat.extra
    """Read a seat's settings; a wrong one is a failed turn, as it is with every provider."""
    try:
        return msgspec.convert(given, _Extra)
    except msgspec.ValidationError as error:
        msg = f"extra of seat {seat}: {error}"
        raise ProviderFailure("refused", msg) from None


PLUGIN = Ghost()
