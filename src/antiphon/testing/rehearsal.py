"""Seats that talk in turn without a room: builtin voices, views, and nothing else.

For tests and benchmarks of voices. It knows neither rules nor commands: what a voice writes is only heard.
"""

from __future__ import annotations

from typing import Any

from antiphon.providers.builtin import PLUGIN
from antiphon.room.contracts import Allowance, Listen, Means, Reply
from antiphon.room.models import Models
from antiphon.room.state import Seat
from antiphon.room.view import Part, SeatView, View, escape

__all__ = ["Rehearsal", "means", "seat"]


def means(seed: int = 0, models: Models | None = None) -> Means:
    """Make the means of a provider that needs neither key nor wire, at a clock that stands still."""
    return Means(key=lambda _name, _place: None, wire=None, models=models or Models(), now=lambda: 0, seed=seed)


def seat(number: int, model: str, **settings: Any) -> Seat:
    """Make a seat with a builtin voice and all rights, unless the settings say otherwise."""
    given: dict[str, Any] = {
        "id": f"AI-{number}",
        "number": number,
        "label": f"AI-{number}",
        "display": model.title(),
        "provider": "builtin",
        "model": model,
        "system": "",
        "temperature": None,
        "rights": ("*",),
        "joined": number,
        "by": "room",
    }
    return Seat(**(given | settings))


class Rehearsal:
    """Lets builtin voices talk in turn, each hearing everything that was said.

    Args:
        models: one for each seat, in speaking order.
        seed: fixes what chance gives.
        settings: for every seat, as in `Seat`.
    """

    def __init__(self, *models: str, seed: int = 0, **settings: Any) -> None:
        """Seat the voices."""
        self.seats = [seat(number, model, **settings) for number, model in enumerate(models, 1)]
        self.speakers = [PLUGIN.speaker(sitting, means(seed)) for sitting in self.seats]
        self.parts: list[Part] = []
        self.turns = 0

    def hear(self, text: str, *, by: str = "person:ada", kind: Any = "said", label: str = "") -> None:  # noqa: ANN401 - a part's kind
        """Let all seats hear a text."""
        self.parts.append(Part(len(self.parts) + 1, by, kind, label, escape(text)))

    async def next(self, allowance: Allowance | None = None, listen: Listen | None = None) -> Reply:
        """Let the next seat speak, and the others hear it."""
        here = self.turns % len(self.seats)
        speaking = self.seats[here]
        reply = await self.speakers[here].speak(self.view(speaking), allowance or Allowance(), listen)
        self.turns += 1
        speaking.messages += 1
        self.hear(reply.text, by=speaking.id, label=speaking.label)
        return reply

    async def talk(self, messages: int) -> list[str]:
        """Give so many messages, one seat after the other."""
        return [(await self.next()).text for _ in range(messages)]

    def view(self, speaking: Seat) -> View:
        """Make what a seat is shown now."""
        source = SeatView(seat=speaking.id, rich=False, parts=self.parts, late=[])
        others = tuple(other.label for other in self.seats if other is not speaking)
        return View("rehearsal", speaking, "", self.parts, others, "chat", source)
