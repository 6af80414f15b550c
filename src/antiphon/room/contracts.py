"""What the room asks of the world, as Protocols and the values that pass through them.

Assembly fills these with real adapters, tests with fakes. Nothing here is implemented here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

from antiphon.room.events import AnyBody, Event, Price, Usage
from antiphon.room.journals import (
    Appends,
    Claim,
    Erases,
    Journal,
    Keeps,
    Lease,
    Owns,
    Reads,
    Record,
    Request,
    RoomRow,
    Tails,
    Write,
)
from antiphon.room.models import Models
from antiphon.room.scenario import SeatPlan
from antiphon.room.state import Seat, State
from antiphon.room.view import Part, View

__all__ = [
    "Allowance",
    "Appends",
    "Breaks",
    "Claim",
    "Clock",
    "Command",
    "Erases",
    "Heard",
    "Journal",
    "Keeps",
    "LastWords",
    "Lease",
    "Listen",
    "Means",
    "Moment",
    "Owns",
    "Painter",
    "Picture",
    "Provider",
    "Ran",
    "Reads",
    "Record",
    "Reply",
    "Request",
    "RoomRow",
    "Rule",
    "Situation",
    "Speaker",
    "Tails",
    "Verdict",
    "Write",
]

# ------------------------------------------------------------------------------------------ speaking

Listen: TypeAlias = Callable[[str], bool]
"""Takes a chunk of text as it streams; returns False to have the stream cut there."""


class Allowance(Struct, frozen=True):
    """Limits one reply: tokens (None: the provider's own), US dollars, and a deadline in ms since 1970.

    `cut` names the rule whose `tokens` are enforced word by word by the room's own estimator, and recorded as
    `message.said.cut`; "" = the provider's count is good enough.
    """

    tokens: int | None = None
    cost: float | None = None
    until: int | None = None
    cut: str = ""


class Reply(Struct, frozen=True, kw_only=True):
    """Is what a speaker said; `text` as received, nothing stripped.

    `finish` is "stop", "length", "cut" (the listener ended it) or the provider's own word; `cost` None = unknown.
    `passed` tells that the speaker chose to say nothing (a human pressing return).
    `seated` names the model that really spoke when a `via` fallback did.
    """

    text: str
    reasoning: str | None = None
    finish: str | None = "stop"
    usage: Usage | None = None
    cost: float | None = None
    response_id: str | None = None
    model_reported: str | None = None
    applied: dict[str, Any] = {}  # Any: parameters as the provider takes them
    attempts: int = 1
    first_token_ms: int | None = None
    passed: bool = False


class Speaker(Protocol):
    """Speaks for one seat."""

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:
        """Give the seat's next message.

        Cancellation aborts the call. Raises ProviderFailure for everything a provider can do wrong.
        """
        ...


class Means(Struct, frozen=True, kw_only=True):
    """Is what assembly hands to providers and painters: keys, a wire, a recording reader, a person's keyboard.

    `key` takes a key's name and the address it would be sent to. `wire` is an `antiphon.wire` object; typed Any
    because the wire is a floor above this one.
    """

    key: Callable[[str, str], str | None]
    wire: Any
    models: Models
    now: Callable[[], int]
    seed: int = 0
    recording: Callable[[str], Awaitable[list[tuple[str, str]]]] | None = None
    ask: Callable[[str, View], Awaitable[str | None]] | None = None


class Provider(Protocol):
    """Is a plug-in file under `providers/`: it makes speakers."""

    name: str
    cost: str
    """"free", "paid" or "unknown", for models without a card of their own."""

    def speaker(self, seat: Seat, means: Means) -> Speaker:
        """Make the speaker for a seat; opens nothing and calls nobody yet."""
        ...


class Picture(Struct, frozen=True):
    """Is a painted picture: its bytes, MIME type, caption, and cost in US dollars (None: unknown)."""

    data: bytes
    mime: str
    caption: str
    cost: float | None = None


class Painter(Protocol):
    """Paints pictures from a description."""

    free: bool

    async def paint(self, description: str, variant: int = 0) -> Picture:
        """Paint; raises ProviderFailure."""
        ...


# ------------------------------------------------------------------------------------------ rules


class Moment(Struct, frozen=True):
    """Is when a rule is asked, about which seat, and about what text, where the question has one.

    `text` is what the others would hear, `raw` what was received, commands included. `barred` lists the seats that a
    rule of how_much lets say nothing, or that forfeit their turn: who_speaks passes over them.
    """

    now: int
    seat: str = ""
    text: str = ""
    barred: tuple[str, ...] = ()
    raw: str = ""


class Heard(Struct, frozen=True):
    """Answers what_is_heard: parts before `first` (a sequence number) are no longer heard.

    `tokens` keeps only so many of the newest tokens, whatever parts they stand in (`system`: the system text counts
    as the oldest of them); `alone` lets the seat hear only itself and what the room says to it.
    """

    first: int = 0
    tokens: int | None = None
    system: bool = False
    alone: bool = False


class Verdict(Struct, frozen=True):
    """Answers what_counts: whether a text counts; if not, why, and what happens to it.

    `penalty` is "flag" (passes on, recorded), "withhold" (kept, heard by nobody else), "leave" (passes on, and the
    seat leaves), or the rule's own (passes on; its `penalty_of` method then takes something from the seat).
    `noted` is the kind of the note it leaves; "" = "what_counts".
    """

    ok: bool = True
    reason: str = ""
    penalty: str = "flag"
    data: dict[str, Any] = {}  # Any: kept in `rule.noted.data`
    noted: str = ""


Memory: TypeAlias = Any  # each rule's own: anything msgspec can encode as JSON, None when it needs none
Answer: TypeAlias = Any  # by question, see `Rule`


@runtime_checkable
class Rule(Protocol):
    """Is a plug-in file under `rules/<question>/`: a frozen Struct of its settings.

    `answer` gives, by question: who_speaks a seat id, an Ask (it must ask somebody first; each answer is noted under
    the ask's `rule`, and the rule is asked again) or None (nobody can); how_much an Allowance (tokens 0: the seat may
    not speak); what_is_heard a Heard; what_counts a Verdict; when_it_ends a reason or None. A rule of what_counts may
    have a method `penalty_of`, with the arguments of `answer`, which gives an Allowance too: tokens 0 = the seat
    forfeits its turn, unless every seat does.
    """

    def start(self) -> Memory:
        """Make the rule's memory (anything msgspec can encode; None when it needs none)."""
        ...

    def step(self, memory: Memory, event: Event) -> Memory:
        """Take in one event and return the memory; it may mutate what it owns."""
        ...

    def answer(self, state: State, memory: Memory, moment: Moment) -> Answer:
        """Answer the rule's question, without clock or chance of its own (`room.chance.draw` is allowed)."""
        ...

    def promise(self, seat: str) -> str | None:
        """Give the sentence the seat is told about this rule, as `told` says; None = it is told nothing."""
        ...


# ------------------------------------------------------------------------------------------ commands


class Situation(Struct, frozen=True, kw_only=True):
    """Is what a command may look at besides its arguments.

    `message` is the sequence number the issuing message will have; `next_effect` a fresh id for an effect;
    `guest` composes a complete `seat.joined` body for a card (rendered system text, number, unique label).
    """

    state: State
    models: Models
    message: int
    now: int
    this_turn: dict[str, int]
    """How often each command already ran in this message, refusals not counted."""
    next_effect: str
    guest: Callable[..., AnyBody]


class Ran(Struct, frozen=True, kw_only=True):
    """Is what became of a command: the outcome, and the events it causes."""

    outcome: str = "done"
    reason: str | None = None
    args: dict[str, Any] = {}  # Any: plug-ins' own arguments
    effect: str | None = None
    result: str | None = None
    bodies: tuple[AnyBody, ...] = ()


class Command(Protocol):
    """Is a plug-in file under `commands/`; its name is the file's (a trailing "_" dropped)."""

    name: str
    aliases: tuple[str, ...]
    paid: bool
    shown: str
    """"stays", "stripped" (with a notice) or "hidden"."""

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Carry out the command for `seat`; refusing is an outcome, never an exception."""
        ...

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:
        """Give the line that tells a seat how to use the command, with the very limits `run` enforces."""
        ...


class Breaks(Protocol):
    """Holds a monitor back that does too much to too many rooms at once."""

    def allows(self, room: str, now: int) -> bool:
        """Tell whether something may be done to a room now (ms since 1970), and count it if so."""
        ...


class LastWords(Protocol):
    """Says what is to be said of a room that is about to end."""

    async def speak(self, state: State, heard: Sequence[Part], allowance: Allowance) -> Reply:
        """Give the last words; raises ProviderFailure.

        Args:
            state: the room's.
            heard: everything that was said and done in it for all to hear, oldest first.
            allowance: `tokens` are input and output together, `cost` US dollars, `until` the deadline.
        """
        ...


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> int:
        """Give milliseconds since 1970, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


Stream: TypeAlias = AsyncIterator[Event]
PriceOf: TypeAlias = Callable[[str], Price | None]
Plans: TypeAlias = tuple[SeatPlan, ...]
