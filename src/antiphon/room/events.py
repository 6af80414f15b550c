"""The event catalogue, version 1: everything that can happen in a room.

An event is a header {v, stream, seq, at, by, type} and a body, one Struct a type. Extend, never rename: a new
field gets a default, a changed shape gets a new version and one upcast in `records`. Body fields never bear a
header's name, so that a line of JSONL can hold both. Nothing here knows how events are stored or applied.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from antiphon.room.scenario import Scenario

__all__ = [
    "AnyBody",
    "Body",
    "CommandRan",
    "Draft",
    "EffectEnded",
    "Erased",
    "Event",
    "Fault",
    "FlagAcked",
    "FlagRaised",
    "GateChanged",
    "MessageSaid",
    "NoticeGiven",
    "Phase",
    "Price",
    "PromptChanged",
    "Reserved",
    "RoomEnded",
    "RoomOpened",
    "RuleNoted",
    "SeatChanged",
    "SeatJoined",
    "SeatLeft",
    "StateChanged",
    "TurnEnded",
    "TurnOutcome",
    "TurnRequested",
    "Usage",
    "ViewFact",
]

Phase: TypeAlias = Literal["live", "suspect", "closing", "paused", "draining", "ended", "expired"]
Purpose: TypeAlias = Literal["speak", "bid", "moderate", "judge"]
TurnOutcome: TypeAlias = Literal["said", "passed", "failed", "cut", "lost"]
Outcome: TypeAlias = Literal["done", "refused", "pending"]
Json: TypeAlias = dict[str, Any]  # Any: plug-ins put their own data here; it must be JSON


class _Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Is a value inside a body."""


class Price(_Fact, frozen=True, kw_only=True):
    """Gives US dollars per million tokens, with where that was read."""

    input: float
    output: float
    cached: float | None = None
    source: str = ""


class Usage(_Fact, frozen=True, kw_only=True):
    """Counts tokens as the provider billed them (or as estimated, where `estimated`)."""

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0
    estimated: bool = False


class Reserved(_Fact, frozen=True, kw_only=True):
    """Says what was set aside before a call: tokens in + out, and US dollars where a price is known."""

    tokens: int = 0
    cost: float | None = None


class ViewFact(_Fact, frozen=True, kw_only=True):
    """Describes what was sent: UTF-8 bytes of its parts, their digest, and the share in [0, 1] kept from before."""

    bytes: int
    digest: str
    kept_prefix: float = 1.0


class Fault(_Fact, frozen=True, kw_only=True):
    """Says why a turn or an effect failed; `kind` is one of `ProviderFailure.KINDS`."""

    kind: str
    message: str
    status: int | None = None


class Body(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", gc=False):
    """Is what one type of event says beyond its header."""


class RoomOpened(Body, frozen=True, kw_only=True, tag="room.opened"):
    """Opens a room, or a fork of `parent` after its event `forked_at`; `reserve` is `limits.reserve`."""

    scenario: Scenario
    seed: int
    engine: str
    views: str = "views-1"
    tokens: str = "pieces-1"
    policy: str | None = None
    labels: dict[str, str] = {}
    parent: str | None = None
    forked_at: int | None = None
    parent_hash: str | None = None
    changes: Json = {}
    reserve: float = 0.0
    painter_free: bool = True


class SeatJoined(Body, frozen=True, kw_only=True, tag="seat.joined"):
    """Seats a participant; `system` is its whole system text, fixed from here on.

    `takes` lists what its model accepts ("images", "parts", "late_system"); `stops` the extra stop strings;
    `context` its size in tokens (None: unknown); `free` tells that speaking costs no money.
    `invitation` is the first message a guest hears, from its inviter (the header's `by`).
    """

    seat: str
    label: str
    provider: str
    model: str
    system: str = ""
    temperature: float | None = None
    rights: tuple[str, ...] = ()
    number: int = 0
    display: str = ""
    takes: tuple[str, ...] = ()
    context: int | None = None
    price: Price | None = None
    free: bool = False
    tokens: int | None = None
    invitation: str | None = None
    via: tuple[str, ...] = ()
    base_url: str = ""
    key: str = ""
    extra: Json = {}


class SeatLeft(Body, frozen=True, kw_only=True, tag="seat.left"):
    """Empties a seat for good: it left, or the others voted it out."""

    seat: str
    reason: str = ""
    cause: Literal["left", "voted_out", "removed"] = "left"


class SeatChanged(Body, frozen=True, kw_only=True, tag="seat.changed"):
    """Changes one thing of a seat: "label", "temperature", "muted", "model" (provider and all), "notes"."""

    seat: str
    what: Literal["label", "temperature", "muted", "model", "notes", "rights"]
    before: Any = msgspec.field(default=None, name="from")  # Any: the type depends on `what`
    after: Any = msgspec.field(default=None, name="to")  # Any: the type depends on `what`


class PromptChanged(Body, frozen=True, kw_only=True, tag="prompt.changed"):
    """Adds a layer to a seat's system text, replaces all layers by one, or takes all layers back."""

    seat: str
    how: Literal["add", "replace", "revert"]
    text: str = ""


class TurnRequested(Body, frozen=True, kw_only=True, tag="turn.requested"):
    """Is durable before the call: what a seat is about to be asked, and what was set aside for it."""

    turn: int
    seat: str
    heard: int
    model: str
    purpose: Purpose = "speak"
    parameters: Json = {}
    view: ViewFact
    reserved: Reserved | None = None


class TurnEnded(Body, frozen=True, kw_only=True, tag="turn.ended"):
    """Settles a turn, whatever became of it."""

    turn: int
    outcome: TurnOutcome
    usage: Usage | None = None
    cost: float | None = None
    finish: str | None = None
    response_id: str | None = None
    model_reported: str | None = None
    applied: Json = {}
    attempts: int = 1
    ms: int = 0
    first_token_ms: int | None = None
    error: Fault | None = None
    partial: str | None = None


class MessageSaid(Body, frozen=True, kw_only=True, tag="message.said"):
    """Is what a seat (or a person) said; `text` is raw, as received.

    `own` is what the speaker is shown of it later, `shown` what the others hear; each is absent where it equals
    `text`. `asks_end` is the class of its reason when it asks to end. `said_at` is the time a foreign file gives,
    "unknown" where it gives none. `to` limits who hears it.
    """

    turn: int | None = None
    seat: str | None = None
    person: str | None = None
    text: str
    reasoning: str | None = None
    to: tuple[str, ...] | None = None
    asks_end: str | None = None
    cut: str | None = None
    own: str | None = None
    shown: str | None = None
    whisper: bool = False
    said_at: str | None = None


class CommandRan(Body, frozen=True, kw_only=True, tag="command.ran"):
    """Records one command with its typed outcome; `message` is the sequence number it stood in.

    `result` is what the issuer is told when it is done (`list_models` gives a list, say).
    """

    message: int | None
    seat: str
    name: str
    args: Json = {}
    outcome: Outcome
    reason: str | None = None
    effect: str | None = None
    result: str | None = None


class EffectEnded(Body, frozen=True, kw_only=True, tag="effect.ended"):
    """Brings the result of an effect: a blob (`sha256:…`), a text, a child room, or why it failed."""

    effect: str
    kind: Literal["image", "search", "tool", "child", "last_words", "summary"]
    seat: str | None = None
    prompt: str | None = None
    caption: str | None = None
    blob: str | None = None
    text: str | None = None
    child: str | None = None
    cost: float | None = None
    usage: Usage | None = None
    failed: Fault | None = None


class NoticeGiven(Body, frozen=True, kw_only=True, tag="notice.given"):
    """Is a line from the room itself; `to` None = every seat; () = nobody but people."""

    text: str
    to: tuple[str, ...] | None = None
    synthetic: bool = False
    kind: str = ""


class RuleNoted(Body, frozen=True, kw_only=True, tag="rule.noted"):
    """Lets a rule (or the engine, under a dotted name) keep a fact in the journal."""

    rule: str
    data: Json = {}


class FlagRaised(Body, frozen=True, kw_only=True, tag="flag.raised"):
    """Records a finding of the monitor with its evidence (sequence numbers).

    `ttl` is how many messages it waits for an answer (0: for ever); `waited` tells, in messages, that this is no new
    finding but one that nobody answered.
    """

    flag: str
    rule: str
    severity: int
    fingerprint: str = ""
    seat: str | None = None
    evidence: tuple[int, ...] = ()
    numbers: Json = {}
    thresholds: Json = {}
    policy: str = ""
    ttl: int = 0
    waited: int = 0


class FlagAcked(Body, frozen=True, kw_only=True, tag="flag.acked"):
    """Records an assessment of a flag."""

    flag: str
    verdict: str
    reason: str = ""


class StateChanged(Body, frozen=True, kw_only=True, tag="state.changed"):
    """Moves the room from one phase to another; says which rule asked for it and on what evidence."""

    before: Phase = msgspec.field(name="from")
    after: Phase = msgspec.field(name="to")
    rule: str
    evidence: tuple[int, ...] = ()
    numbers: Json = {}
    thresholds: Json = {}
    policy: str = ""


class RoomEnded(Body, frozen=True, kw_only=True, tag="room.ended"):
    """Ends the room for good; `reason` is a rule's name, "person" or "error"."""

    reason: str
    detail: str = ""


class GateChanged(Body, frozen=True, kw_only=True, tag="gate.changed"):
    """Belongs to `gate:…` streams: the shared limit of calls in flight to one (provider, account, model) moved."""

    limit_before: float
    limit_after: float
    why: str
    pause: float = 0.0


class Erased(Struct, frozen=True, gc=False):
    """Stands where the owner erased a body; only the type is still known. Never stored."""

    erased_type: str


AnyBody: TypeAlias = (
    RoomOpened
    | SeatJoined
    | SeatLeft
    | SeatChanged
    | PromptChanged
    | TurnRequested
    | TurnEnded
    | MessageSaid
    | CommandRan
    | EffectEnded
    | NoticeGiven
    | RuleNoted
    | FlagRaised
    | FlagAcked
    | StateChanged
    | RoomEnded
    | GateChanged
)


class Draft(Struct, frozen=True, gc=False):
    """Is an event before it has a place: who did it, and what."""

    by: str
    body: AnyBody


class Event(Struct, frozen=True, gc=False):
    """Is one thing that happened.

    Attributes:
        stream: the room's id.
        seq: 1, 2, 3 … within the room; a fork goes on at `forked_at` + 1.
        at: RFC 3339, UTC, milliseconds, such as "2026-11-21T09:30:00.123Z".
        by: a seat's id, a person ("person:ada"), "room", "runner", "rule:NAME" or "monitor".
        body: the rest; `Erased` where the owner erased it.
    """

    stream: str
    seq: int
    at: str
    by: str
    body: AnyBody | Erased
    v: int = 1

    @property
    def type(self) -> str:
        """Name the event's type, such as "message.said"."""
        body = self.body
        return body.erased_type if isinstance(body, Erased) else type_of(body)


def type_of(body: Body | type[Body]) -> str:
    """Name the type of a body, or of its class, as it stands in JSON."""
    return str(body.__struct_config__.tag)
