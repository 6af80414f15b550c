"""Asks the people who sit in rooms of this server: a `human` seat waits until somebody types its words on the page.

It knows no request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from antiphon.errors import NotAllowed
from antiphon.room.view import View

__all__ = ["People"]


class People:
    """Holds the seats that wait for a person.

    Attributes:
        tell: is told (room, seat) when a seat begins to wait.
    """

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self.tell: Callable[[str, str], None] = lambda _room, _seat: None
        self._asked: dict[tuple[str, str], asyncio.Future[str | None]] = {}

    async def ask(self, _: str, view: View) -> str | None:
        """Wait for what is typed; None passes."""
        place = view.room, view.seat.id
        asked: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._asked[place] = asked
        self.tell(*place)
        try:
            return await asked
        finally:
            self._asked.pop(place, None)

    def waiting(self, room: str) -> list[str]:
        """List the seats of a room that wait."""
        return [seat for where, seat in self._asked if where == room]

    def speak(self, room: str, seat: str, text: str | None) -> None:
        """Say something in a seat that waits; None passes.

        Raises:
            NotAllowed: when it does not wait.
        """
        asked = self._asked.get((room, seat))
        if asked is None or asked.done():
            raise NotAllowed(f"seat {seat} of {room} does not wait for a person now")
        asked.set_result(text)
