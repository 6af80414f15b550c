"""Seats a person: what is typed is what the seat says, and an empty line passes.

It does not know a terminal: assembly hands it a way to ask.
"""

from __future__ import annotations

from antiphon.errors import ProviderFailure
from antiphon.room.contracts import Allowance, Listen, Means, Reply, Speaker
from antiphon.room.events import Usage
from antiphon.room.state import Seat
from antiphon.room.view import View

__all__ = ["PLUGIN", "Human"]


class Human:
    """Makes speakers for people."""

    name = "human"
    cost = "free"

    def speaker(self, seat: Seat, means: Means) -> Speaker:  # noqa: ARG002 - the Protocol's; a view names its seat
        """Make the speaker for a seat."""
        return _Speaker(means)


class _Speaker:
    """Asks a person for the seat's next message."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:  # noqa: ARG002 - the Protocol's; a person sees what they type
        """Give what the person typed; nothing typed is a pass."""
        if self._means.ask is None:
            text = f"nobody is at the keyboard for {view.seat.label}; run the room in a terminal, or mute the seat"
            raise ProviderFailure("unavailable", text)
        typed = await self._means.ask(f"{view.seat.label}: ", view)
        if typed is None or not typed.strip():
            return Reply(text="", passed=True, usage=Usage(), cost=0.0)
        return Reply(text=typed, usage=Usage(), cost=0.0)


PLUGIN = Human()
