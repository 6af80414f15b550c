"""Finds what a message left behind it: every event that holds its words because its speaker or the room put them there.

What others said of it in their own messages is theirs, and is no trace. It reads events and erases nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    Event,
    FlagRaised,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    TurnEnded,
    TurnRequested,
)
from antiphon.room.speech import commands_in

__all__ = ["Traces", "notes_written", "traces", "with_notes"]

PERSONA_WORDS = 4
"""Characters of an argument of `!add_ai` that is looked for in its guest's system text: shorter ones are anywhere."""


class Traces(Struct):
    """Is what a message left: sequence numbers, itself included; the notes and names it gave; its pictures' effects.

    `clear` is the seat whose next summary tells of nothing that is a trace.
    """

    seqs: set[int]
    notes: set[str] = set()
    names: set[str] = set()
    effects: set[str] = set()
    clear: str = ""


def traces(events: Sequence[Event], seq: int) -> Traces:
    """Find the traces of the message at `seq`.

    Args:
        events: of the room, its parents' prefixes included, oldest first.
        seq: of a `message.said` among them.
    """
    found = Traces({seq})
    place = next(place for place, event in enumerate(events) if event.seq == seq)
    for event in _deeds(events, place):
        if _is_deed(found, event, events[place]):
            found.seqs.add(event.seq)
    for event in events[place + 1 :]:
        if event.seq not in found.seqs and _echoes(found, event):
            found.seqs.add(event.seq)
    return found


def _deeds(events: Sequence[Event], place: int) -> Iterator[Event]:
    """Give what was stored together with a seat's message, after it."""
    said = events[place]
    if not isinstance(said.body, MessageSaid) or said.body.seat is None or said.body.whisper:
        return
    for event in events[place + 1 :]:
        speaks = isinstance(event.body, MessageSaid) and not event.body.whisper
        if speaks or event.at != said.at or isinstance(event.body, TurnRequested | TurnEnded):
            return
        if event.by == said.by:
            yield event


def _is_deed(found: Traces, event: Event, said: Event) -> bool:
    """Tell whether a deed of the speaker's holds words of the message, and keep by what its echoes are known."""
    match event.body:
        case CommandRan(message=message, effect=effect):
            found.effects |= {effect} if effect else set()
            return message == said.seq
        case SeatChanged(what="notes", after=notes):
            found.notes |= set(notes[-1:])
            return True
        case SeatChanged(what="label", after=name):
            found.names.add(name)
            return True
        case SeatJoined(invitation=invitation, system=system):
            return bool(invitation) or _persona_in(system, said)
        case SeatLeft(reason=reason, cause=cause):
            return cause == "left" and bool(reason)
        case PromptChanged(text=text):
            return bool(text)
        case NoticeGiven() | MessageSaid():
            return True
        case _:
            return False


def _persona_in(system: str, said: Event) -> bool:
    text = said.body.text if isinstance(said.body, MessageSaid) else ""
    words = (word for command in commands_in(text) for word in command.words[1:])
    return any(len(word) >= PERSONA_WORDS and word in system for word in words)


def _echoes(found: Traces, event: Event) -> bool:
    """Tell whether a later event repeats what the message gave."""
    match event.body:
        case EffectEnded(kind="summary", seat=seat):
            return bool(found.seqs) and seat != found.clear
        case EffectEnded(effect=effect):
            return effect in found.effects
        case SeatChanged(what="notes", before=before, after=after):
            return not found.notes.isdisjoint([*(before or ()), *after])
        case SeatChanged(what="label", before=before, after=after):
            return not found.names.isdisjoint([before, after])
        case NoticeGiven(text=text):
            return any(word in text for word in (*found.notes, *found.names))
        case FlagRaised(evidence=evidence):
            return not found.seqs.isdisjoint(evidence)
        case RuleNoted(data=data):
            _see_summary(found, data)
            return data.get("message") in found.seqs
        case _:
            return False


def _see_summary(found: Traces, data: dict[str, object]) -> None:
    """Remember whose next summary holds no trace, as the sequence numbers beside it say; others are of everything."""
    match data:
        case {"unheard": [int(first), int(last)], "seat": str(seat)}:
            found.clear = "" if any(first <= seq <= last for seq in found.seqs) else seat
        case _:
            found.clear = ""


def notes_written(events: Sequence[Event]) -> set[str]:
    """List the notes that seats wrote in these events, not those they brought along."""
    written: set[str] = set()
    for event in events:
        match event.body:
            case SeatChanged(what="notes", after=notes) if event.by != "room":
                written |= set(notes[-1:])
            case _:
                pass
    return written


def with_notes(events: Sequence[Event], notes: Collection[str]) -> set[int]:
    """Find the events that hold one of some notes: of notebooks, and of notices that show them."""
    return {event.seq for event in events if _echoes(Traces(set(), notes=set(notes)), event)}
