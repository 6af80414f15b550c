"""A place in a room, and the small facts a room remembers about what seats did."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from antiphon.room.events import Price

__all__ = ["Ask", "Repeat", "Seat", "Vote"]


class Seat(Struct, kw_only=True):
    """Is a place in a room; known by its id, never by its model's name.

    `over` is the most tokens by which an answer was longer than allowed: what the next call must be able to pay.
    `made_room` tells that parts were dropped because its model refused them all, and that it has not spoken since.
    """

    id: str
    number: int
    label: str
    display: str
    provider: str
    model: str
    system: str
    temperature: float | None
    rights: tuple[str, ...]
    joined: int
    by: str
    takes: tuple[str, ...] = ()
    context: int | None = None
    price: Price | None = None
    free: bool = False
    tokens: int | None = None
    via: tuple[str, ...] = ()
    base_url: str = ""
    key: str = ""
    extra: dict[str, Any] = {}
    layers: list[str] = []
    replaced: bool = False
    left: bool = False
    muted: bool = False
    turns: int = 0
    messages: int = 0
    invited: int = 0
    input: int = 0
    output: int = 0
    cost: float = 0.0
    notes: list[str] = []
    told: int = 0
    over: int = 0
    made_room: bool = False

    @property
    def speaks(self) -> bool:
        """Tell whether the seat still takes turns."""
        return not (self.left or self.muted)

    def system_text(self) -> str:
        """Compose the system text with the seat's layers, as a model without late system messages reads it."""
        if self.replaced:
            return "\n\n".join(self.layers)
        return "\n\n".join([self.system, *self.layers]) if self.layers else self.system


class Vote(Struct):
    """Is a question the seats vote on: seat id -> choice; `opened` is the round in which it was first asked."""

    question: str
    choices: tuple[str, ...]
    by: dict[str, str]
    opened: int


class Repeat(Struct, frozen=True):
    """Remembers one paid command: its key, the number of the message it stood in, and who asked."""

    key: str
    message: int
    seat: str = ""


class Ask(Struct, frozen=True):
    """Remembers that a seat asked to end: where, in which round, and the class of its reason."""

    seq: int
    round: int
    reason: str
