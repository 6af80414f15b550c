"""The shape of a room's state: its seats, and the few facts it remembers about what they did.

Values only; `state.apply` is what changes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct

from antiphon.room.events import CommandRan, Phase, Price, SeatJoined, TurnRequested
from antiphon.room.flags import Flag
from antiphon.room.scenario import Ceilings, Scenario, SeatPlan

__all__ = ["Ask", "Lying", "Repeat", "Seat", "State", "Vote", "stranger"]

_BLANK = Scenario(name="blank", seats=(SeatPlan(model="echo"),))


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
    told_temperature: float | None = None
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


def stranger(seats: Iterable[Seat]) -> SeatJoined:
    """Seat somebody of whom nothing is known any more but the place after these: later events name it."""
    number = max((seat.number for seat in seats), default=0) + 1
    name = f"AI-{number}"
    return SeatJoined(seat=name, number=number, label=name, provider="imported", model="erased", free=True)


class Lying(Struct, frozen=True):
    """Says where a thing is: the place where it lies, or the seat that holds it."""

    place: str = ""
    seat: str = ""


class State(Struct, kw_only=True):
    """Is everything a room is, except its texts (`view.py` keeps those).

    `tokens` and `cost` are settled spending of this room alone (a fork's prefix is its parent's); `reserved_*` is
    set aside for the call in flight. `messages` counts messages of seats; `round` counts whole rounds, and
    `round_at_opening` those a fork found. `things` tells of those that were moved; the others lie where the
    scenario says. `last_seat` said the last message; `last_turn` had the last turn, which it may have passed; `again`
    is the seat whose call was lost just now, and that is asked again. `policy` names what the room's monitor goes by;
    "" = nobody watches. `reserve` is the share of each ceiling kept for the last words, `last_words` how far those are.
    """

    room: str
    scenario: Scenario = _BLANK
    seed: int = 0
    engine: str = ""
    phase: Phase = "live"
    before_pause: Phase = "live"
    why: str = ""
    seq: int = 0
    opened_at: int = 0
    at: str = ""
    parent: str | None = None
    forked_at: int = 0
    labels: dict[str, str] = {}
    seats: dict[str, Seat] = {}
    turn: int = 0
    open_turn: TurnRequested | None = None
    round: int = 0
    round_at_opening: int = 0
    round_size: int = 0
    round_done: int = 0
    messages: int = 0
    persons: int = 0
    spoken_since_opening: int = 0
    tokens: int = 0
    cost: float = 0.0
    cost_unknown: bool = False
    reserved_tokens: int = 0
    reserved_cost: float = 0.0
    ceilings: Ceilings = Ceilings()
    effects: dict[str, CommandRan] = {}
    repeats: list[Repeat] = []
    votes: dict[str, Vote] = {}
    signatures: dict[str, str] = {}
    things: dict[str, Lying] = {}
    asks: dict[str, Ask] = {}
    failures: int = 0
    images: int = 0
    flags: dict[str, Flag] = {}
    last_seat: str = ""
    last_turn: str = ""
    again: str = ""
    reserve: float = 0.0
    last_words: Literal["", "asked", "said"] = ""
    briefing: str = ""
    policy: str = ""

    def present(self) -> list[Seat]:
        """List the seats that have not left, in the order they joined."""
        return [seat for seat in self.seats.values() if not seat.left]

    def speakers(self) -> list[Seat]:
        """List the seats that still take turns, in the order they joined."""
        return [seat for seat in self.seats.values() if not (seat.left or seat.muted)]

    def by_label(self, name: str) -> Seat | None:
        """Find a present seat by id or label; case is ignored."""
        wanted = name.strip().casefold()
        for seat in self.seats.values():
            if not seat.left and wanted in {seat.id.casefold(), seat.label.casefold()}:
                return seat
        return None
