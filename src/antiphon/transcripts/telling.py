"""What every writer asks of a room's events: who sits in it, what was said aloud, when it began and ended.

It knows no form.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    Erased,
    Event,
    FlagRaised,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RoomEnded,
    RoomOpened,
    SeatChanged,
    SeatJoined,
    TurnRequested,
)
from antiphon.room.journals import Record
from antiphon.room.records import decode

__all__ = ["NOBODY", "Told", "aloud", "events_of", "opened", "plain", "seats", "span", "unkept"]

NOBODY = "opening"
"""Names who said a room's first words where the scenario did and no seat is held to have."""
_LONGEST_NAME = 120
"""Characters of a name in a heading; a longer one is cut and the report says so."""


class Told(Struct, frozen=True):
    """Is a seat as writers name it: its id, first label, and its model's shown name."""

    id: str
    label: str
    model: str


def events_of(told: Sequence[Record] | Sequence[Event]) -> list[Event]:
    """Give events, decoding records; oldest first."""
    return [decode(each) if isinstance(each, Record) else each for each in told]


def opened(events: Iterable[Event]) -> list[RoomOpened]:
    """List the openings: the room's own comes last, those of its parents before it."""
    return [event.body for event in events if isinstance(event.body, RoomOpened)]


def seats(events: Iterable[Event]) -> dict[str, Told]:
    """List everybody who ever sat in the room, by id, in the order they joined."""
    found: dict[str, Told] = {}
    for event in events:
        body = event.body
        if isinstance(body, SeatJoined):
            found.setdefault(body.seat, Told(body.seat, body.label, body.display or body.model))
    return found


def aloud(events: Iterable[Event]) -> list[tuple[Event, MessageSaid]]:
    """List the messages that everybody heard, with their events."""
    said = [(event, event.body) for event in events if isinstance(event.body, MessageSaid)]
    return [(event, body) for event, body in said if body.to is None and not body.whisper]


def span(events: Sequence[Event]) -> tuple[str | None, str | None]:
    """Give when the room began and ended, as "YYYY-MM-DD HH:MM:SS"; imported rooms keep their file's own times."""
    first = opened(events)
    labels = first[0].labels if first else {}
    began = labels.get("started") or (events[0].at if events else None)
    ends = [event.at for event in events if isinstance(event.body, RoomEnded)]
    went_on = any(isinstance(event.body, TurnRequested) for event in events)
    ended = ends[-1] if ends else (labels.get("ended") if not went_on else None)
    if "imported" in labels and "started" not in labels:
        began = None
    return _moment(began), _moment(ended)


def _moment(at: str | None) -> str | None:
    return plain(at)[:19].replace("T", " ") if at else None


def plain(name: str) -> str:
    """Make a name fit for one line: no control or separator character, no white space around it, not too long."""
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} else sign for sign in name)
    return " ".join(kept.split(" ")).strip()[:_LONGEST_NAME].rstrip() or "unnamed"


def unkept(events: Iterable[Event], kept: Iterable[str] = ()) -> list[str]:
    """Count what a writer leaves out, in words such as "7 pictures"; `kept` names what it does not."""
    counted: Counter[str] = Counter()
    for event in events:
        counted.update(_kinds(event))
    told = [_ONE_AND_MANY[kind] for kind in _ONE_AND_MANY if kind not in set(kept) and counted[kind]]
    numbers = [counted[kind] for kind in _ONE_AND_MANY if kind not in set(kept) and counted[kind]]
    return [f"{n} {one if n == 1 else many}" for n, (one, many) in zip(numbers, told, strict=True)]


_ONE_AND_MANY = {
    "whispers": ("whisper", "whispers"),
    "reasoning": ("reasoning text", "reasoning texts"),
    "outcomes": ("command outcome", "command outcomes"),
    "notices": ("notice", "notices"),
    "pictures": ("picture", "pictures"),
    "prompts": ("prompt change", "prompt changes"),
    "names": ("name change", "name changes"),
    "flags": ("flag", "flags"),
    "erased": ("erased event", "erased events"),
}
"""What a writer may leave out, and its words in the report; the order is the report's."""


def _kinds(event: Event) -> list[str]:
    match event.body:
        case MessageSaid(whisper=whisper, to=to, reasoning=reasoning):
            return ["whispers"] * (whisper or to is not None) + ["reasoning"] * bool(reasoning)
        case CommandRan():
            return ["outcomes"]
        case NoticeGiven(to=to):
            return ["notices"] * (to != ())
        case EffectEnded(kind="image", failed=None):
            return ["pictures"]
        case PromptChanged():
            return ["prompts"]
        case SeatChanged(what="label"):
            return ["names"]
        case FlagRaised():
            return ["flags"]
        case Erased():
            return ["erased"]
        case _:
            return []
