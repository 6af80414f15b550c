"""What a scenario file says: the seats of a room, its rules, its ceilings and its limits.

It does not know which rules, providers or models exist (the registry and assembly do), nor how a file is
found. A scenario is data: it is kept whole inside `room.opened`, so a field once shipped is for ever.
"""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import ScenarioError

__all__ = [
    "COMMANDS_FOR_ALL",
    "COMMANDS_FOR_THINGS",
    "Ceilings",
    "Guest",
    "Limits",
    "Pictures",
    "Scenario",
    "SeatPlan",
    "Thing",
    "parse_scenario",
    "scenario_schema",
]

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
_JOINERS = r"^(all|from_joining|briefing|last [1-9][0-9]*)$"
_PATTERNS = {
    _NAME: 'a name of at most 64 letters from a to z, digits, "-" and "_"',
    _JOINERS: '"all", "from_joining", "briefing" or "last N"',
}
"""Pattern -> the words in which an error names it."""

Temperature = Annotated[float, Meta(ge=0, le=2, description="0 to 2, as providers define it")]
Count = Annotated[int, Meta(ge=1)]
Told = Literal["nothing", "that_it_exists", "the_value"]

COMMANDS_FOR_ALL = (
    "prompt",
    "temperature",
    "add_ai",
    "remove_ai",
    "image",
    "list_models",
    "mute_self",
    "pass",
    "name",
    "whisper",
    "vote",
    "sign",
    "remember",
    "end",
    "leave",
)
"""What `rights = ["*"]` grants: every command that costs nothing outside the room's own ceilings.
`search`, tools and `delegate` are never in it: those are granted by name. So are those of `COMMANDS_FOR_THINGS`."""

COMMANDS_FOR_THINGS = ("look", "take", "put")
"""Commands of rooms in which things lie: elsewhere there is nothing to use them on, so they are granted by name."""


class _Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Refuses what it does not know, so that a misspelt setting is an error and not a surprise."""


class SeatPlan(_Part, frozen=True, kw_only=True):
    """Says who sits in one seat when the room opens.

    Attributes:
        model: id or display name in `models.toml`, such as "echo" or "gpt-4o-mini".
        provider: which provider speaks for it; empty = the model card's own.
        label: the name shown; empty = the model's display name (with a number when two are equal).
        system: the seat's own system text, before what the engine adds.
        temperature: 0 to 2; None = the provider's default.
        rights: command names without "!"; `["*"]` = all of `COMMANDS_FOR_ALL`; None = the scenario's `rights`.
        tokens: largest reply in tokens; None = the rules' and the provider's own.
        via: model ids tried in order when this one is gone or keeps failing.
        base_url: an endpoint of the user's own; empty = the provider's.
        key: name of the environment variable that holds the key; never the key itself.
        extra: passed to the provider as it is (top_p, min_p, seed, reasoning_effort, prefill, …).
    """

    model: str
    provider: str = ""
    label: str = ""
    system: str = ""
    temperature: Temperature | None = None
    rights: tuple[str, ...] | None = None
    tokens: Count | None = None
    via: tuple[str, ...] = ()
    base_url: str = ""
    key: str = ""
    extra: dict[str, Any] = {}


class Guest(_Part, frozen=True, kw_only=True):
    """Names a model that seats may invite with `!add_ai`; without any guest, every model known offline may come."""

    model: str
    system: str = ""
    temperature: Temperature | None = None
    rights: tuple[str, ...] | None = None


class Thing(_Part, frozen=True, kw_only=True):
    """Is something that lies in the room, to be looked at, taken and put elsewhere.

    Attributes:
        name: how it is called, such as "brass key"; no two things of a room share one.
        place: where it lies when the room opens, such as "in the drawer"; what seats hold, they put into such places.
        looks: what a seat is told that looks at it closely.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    place: Annotated[str, Meta(min_length=1, max_length=60)]
    looks: Annotated[str, Meta(max_length=600)] = ""


class Ceilings(_Part, frozen=True, kw_only=True):
    """Says what a room may spend before it pauses; enforced for paid and unknown providers always.

    Attributes:
        messages: messages of seats; None = 60 when a paid or unknown provider sits, else unlimited.
        tokens: input + output; None = 500,000 when a paid or unknown provider sits, else unlimited.
        money: US dollars; needs a known price for every paid model.
        wall_time: seconds since the room opened or was resumed.
    """

    messages: Count | None = None
    tokens: Count | None = None
    money: Annotated[float, Meta(gt=0)] | None = None


class Limits(_Part, frozen=True, kw_only=True):
    """Says how far commands reach.

    Attributes:
        seats: seats at one time (classic: 5).
        prompts: layers a seat may hold at once.
        prompt_bytes: UTF-8 bytes of one layer.
        temperature_max: highest temperature a seat may set, 0 to 2.
        invitations: guests one seat may invite in the room's life.
        images: pictures in the room's life.
        repeat_window: messages within which a copied paid command is refused.
        memory_notes: notes a seat may hold; the oldest goes first.
        memory_bytes: UTF-8 bytes of one note.
        name_length: characters of a name.
        hands: things a seat may hold.
        failures_in_row: failed turns in a row after which the room pauses.
        turn_seconds: seconds one turn may take, retries included.
        drain_seconds: seconds the call in flight still has when the room is ended; then it is cut.
        reserve: share of each ceiling, 0 to 0.5, that no turn may use: the room's last words are paid from it; 0 =
            none are said.
    """

    seats: Annotated[int, Meta(ge=1, le=64)] = 5
    prompts: Annotated[int, Meta(ge=0, le=64)] = 8
    prompt_bytes: Count = 4_000
    temperature_max: Annotated[float, Meta(ge=0, le=2)] = 2.0
    invitations: Annotated[int, Meta(ge=0)] = 3
    images: Annotated[int, Meta(ge=0)] = 40
    repeat_window: Annotated[int, Meta(ge=0)] = 8
    memory_notes: Annotated[int, Meta(ge=0)] = 32
    memory_bytes: Count = 500
    name_length: Count = 32
    hands: Annotated[int, Meta(ge=0)] = 3
    failures_in_row: Count = 4
    turn_seconds: Annotated[float, Meta(gt=0)] = 180.0
    drain_seconds: Annotated[float, Meta(gt=0)] = 60.0
    reserve: Annotated[float, Meta(ge=0, le=0.5)] = 0.0


class Pictures(_Part, frozen=True, kw_only=True):
    """Says who paints `!image`: the offline `placeholder`, or an OpenAI-compatible images endpoint."""

    painter: str = "placeholder"
    model: str = ""
    base_url: str = ""
    key: str = ""
    size: str = "1024x1024"


class Scenario(_Part, frozen=True, kw_only=True):
    """Is one scenario file, checked.

    Attributes:
        name: what it is called on the command line; letters, digits, "-" and "_".
        seats: who sits when the room opens, in speaking order.
        system: put before every seat's own system text.
        opening: the first message, from nobody, heard by all (the forwarder's is one space); "" = none.
        opening_seat: number of the seat (from 1) that is held to have said `opening`; 0 = a person.
        rights: what a seat may do unless its plan says otherwise.
        labels: "auto" = none while two seats sit, "[Label]: " from the third on; "always"; "never".
        shape: "chat" = one message a part; "history" = one `<history>` block.
        continue_: the notice given when nothing was heard since the seat's own last message.
        joiners_hear: "all", "from_joining", "briefing" or "last N".
        overflow: what happens when a view no longer fits the seat's context.
        summariser: model id that summarises when `overflow = "summarise"`.
        end_markers: strings that ask to end when they are the last token of a message.
        twins: whether a model that already sits may be invited again.
        persona: whether `!add_ai` may set a persona.
        hear_reasoning: whether reasoning text is shown to the other seats.
        memory: name of a notebook kept across rooms; "" = the notebook dies with the room.
        min_seats: fewer than this many seats left ends the room when rule `left` is on.
        paused_for: seconds after which a paused room is expired; None = never.
        policy: what a monitor goes by: a policy's name or TOML file, "none"; "" = as whoever opens the room says.
        things: what lies in the room, for `!look`, `!take` and `!put`.
        rules: question -> rule name -> settings, in the order they are asked.
    """

    name: Annotated[str, Meta(pattern=_NAME)]
    seats: Annotated[tuple[SeatPlan, ...], Meta(min_length=1, max_length=64)]
    title: str = ""
    about: str = ""
    licence: str = ""
    system: str = ""
    opening: str = ""
    opening_seat: Annotated[int, Meta(ge=0)] = 0
    rights: tuple[str, ...] = ()
    labels: Literal["auto", "always", "never"] = "auto"
    shape: Literal["chat", "history"] = "chat"
    continue_: str = msgspec.field(
        default="[room]: Nobody has said anything since. Go on as you like.", name="continue"
    )
    joiners_hear: Annotated[str, Meta(pattern=_JOINERS)] = "all"
    overflow: Literal["pause", "drop_oldest", "summarise"] = "pause"
    summariser: str = ""
    end_markers: tuple[str, ...] = ()
    twins: bool = False
    persona: bool = False
    hear_reasoning: bool = False
    memory: str = ""
    min_seats: Count = 1
    paused_for: Annotated[float, Meta(gt=0)] | None = None
    guests: tuple[Guest, ...] = ()
    things: Annotated[tuple[Thing, ...], Meta(max_length=64)] = ()
    ceilings: Ceilings = Ceilings()
    limits: Limits = Limits()
    pictures: Pictures = Pictures()
    policy: str = ""
    rules: dict[str, dict[str, dict[str, Any]]] = {}


def parse_scenario(text: str | bytes, *, source: str = "the scenario") -> Scenario:
    """Read a scenario from TOML.

    Args:
        text: the TOML text, UTF-8.
        source: how an error names the file.

    Raises:
        ScenarioError: with the path of what is wrong, such as `$.seats[1].temperature`.
    """
    try:
        data = msgspec.to_builtins(msgspec.toml.decode(text))
        _finite(data, "$")
        return msgspec.convert(data, Scenario)
    except msgspec.ValidationError as error:
        what = str(error)
        for pattern, words in _PATTERNS.items():
            what = what.replace(f"`str` matching regex {pattern!r}", words)
        raise ScenarioError(f"{source}: {what}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{source} is not TOML: {error}"
        raise ScenarioError(msg) from None


def _finite(value: Any, path: str) -> None:  # noqa: ANN401 - anything TOML can say
    """Refuse nan and inf: a journal is JSON, which would quietly turn them into null."""
    if isinstance(value, float) and not isfinite(value):
        msg = f"Expected a finite number, got {value} - at `{path}`"
        raise msgspec.ValidationError(msg)
    if isinstance(value, dict):
        for name, inner in value.items():
            _finite(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _finite(inner, f"{path}[{place}]")


def scenario_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a scenario file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Scenario)}
