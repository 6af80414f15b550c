"""Writes the classic text form: a turn's notices, then the block of its message; pictures where they were finished.

A line of a message that looks like a line of the form gets a back slash. The report says what is not kept. It does
not know how files are named or stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from antiphon.room.events import (
    AnyBody,
    CommandRan,
    EffectEnded,
    Erased,
    Event,
    MessageSaid,
    PromptChanged,
    SeatChanged,
    SeatJoined,
)
from antiphon.room.journals import Record
from antiphon.transcripts.classic import MARK, PERSON, escaped, shortened
from antiphon.transcripts.telling import NOBODY, Told, aloud, events_of, plain, seats, unkept

__all__ = ["PLUGIN", "Classic"]

_SEAT = re.compile(r"AI-[1-9][0-9]{0,3}")
_FULL = re.compile(r"Maximum of [0-9]{1,3} AIs already reached")
_FOREIGN = 9_000
"""Numbers of seats whose ids are none of this form begin here; no room seats so many."""
_LONGEST = 8_000
"""Characters of an argument in a notice: a reader gives up on quotations twice as long."""
_MOST_QUOTES = 400
"""Quotation marks in such an argument, for the same reason."""


class Classic:
    """Writes the classic text."""

    name = "classic"
    suffix = ".txt"
    keeps = ("speakers", "shown text", "order", "outcomes", "prompts")

    def write(
        self,
        told: Sequence[Record] | Sequence[Event],
        blobs: Callable[[str], tuple[bytes, str] | None],  # noqa: ARG002 - the writers' contract
    ) -> bytes:
        """Write a room's events, its parents' included, as UTF-8."""
        events = events_of(told)
        writing = _Writing(events)
        lines = [MARK]
        for event in events:
            lines += writing.lines(event)
        return ("\n".join(lines) + "\n").encode("utf-8", "replace")

    def report(self, told: Sequence[Record] | Sequence[Event]) -> list[str]:
        """List what is not kept."""
        events = events_of(told)
        writing = _Writing(events)
        left = [ran for asked in writing.commands.values() for ran in asked if not writing.notice(*ran)]
        lost = unkept(events, kept=("outcomes", "prompts", "pictures", "notices"))
        pictures = sum(isinstance(event.body, EffectEnded) and event.body.blob is not None for event in events)
        if left:
            lost.append(f"{_counted(len(left), 'command outcome')} that this form has no line for")
        if pictures:
            lost.append(f"{_counted(pictures, 'picture')}, of which only the descriptions are kept")
        return lost


class _Writing:
    """Knows which events belong to the notices of which message."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.seats = seats(events)
        self.said = {event.seq for event, _ in aloud(events)}
        self.commands: dict[int, list[tuple[CommandRan, AnyBody | Erased]]] = {}
        self.asked: dict[str, str] = {}
        for place, event in enumerate(events):
            body = event.body
            if isinstance(body, CommandRan) and body.message is not None:
                self.commands.setdefault(body.message, []).append((body, _cause(events, place)))
                if body.effect is not None:
                    self.asked[body.effect] = _argument(body, "text")

    def lines(self, event: Event) -> list[str]:
        """Give the lines that an event makes; most make none of their own."""
        body = event.body
        if isinstance(body, MessageSaid) and event.seq in self.said:
            notices = [line for command in self.commands.get(event.seq, ()) for line in self.notice(*command)]
            text = body.text if body.shown is None else body.shown
            return [*notices, self._heading(body), escaped(text)]
        if isinstance(body, EffectEnded) and body.kind == "image" and body.failed is None and body.seat is not None:
            name = self._name(body.seat)
            words = _quoted(body.prompt or self.asked.get(body.effect, ""))
            return [f"🎨 {name} created an image\ufffc", f"[{name}]: !image {words} "] if words else []
        return []

    def _heading(self, body: MessageSaid) -> str:
        if body.seat is None:
            return f"{PERSON} ({plain(body.person or NOBODY)}) "
        return f"{self._name(body.seat)} "

    def _name(self, seat: str) -> str:
        told = self.seats.get(seat) or Told(seat, seat, seat)
        return f"{self._id(seat)} ({plain(told.model)})"

    def _id(self, seat: str) -> str:
        """Give the seat's id where it has this form's shape, else a number of its own."""
        if _SEAT.fullmatch(seat):
            return seat
        return f"AI-{_FOREIGN + list(self.seats).index(seat)}" if seat in self.seats else f"AI-{_FOREIGN - 1}"

    def notice(self, ran: CommandRan, cause: AnyBody | Erased) -> list[str]:
        """Give the lines that tell of one command and of what it brought about; none where the form has none."""
        seat, name = self._id(ran.seat), self._name(ran.seat)
        if ran.outcome == "refused":
            return self._refused(ran)
        match ran.name, cause:
            case "image", _:
                return [f'🎨 [{name}]: !image "{shortened(_argument(ran, "text"))}" (generating...)']
            case "prompt", PromptChanged(how=how, text=text):
                words = "revert" if how == "revert" else ("replace " if how == "replace" else "") + _quoted(text)
                told = f"[{seat} modified their system prompt]"
                return [told, f"💭 [{seat}]: !prompt {words}"] if not words.endswith(" ") and words else []
            case "temperature", SeatChanged(what="temperature", after=after):
                return [f"[{seat} adjusted their temperature]", f"🌡️ [{seat}]: !temperature {after}"]
            case "add_ai", SeatJoined(display=display, model=model, invitation=invitation):
                words = f"{_quoted(display or model)} {_quoted(invitation or '')}".rstrip()
                return [f"✨ [{seat}]: !add_ai {words}"]
            case _:
                return []

    def _refused(self, ran: CommandRan) -> list[str]:
        found = _FULL.match(ran.reason or "")
        return [found.group()] if ran.name == "add_ai" and found else []


def _cause(events: Sequence[Event], place: int) -> AnyBody | Erased:
    """Give the event that a command brought about: the one behind it."""
    return events[place + 1].body if place + 1 < len(events) else events[place].body


def _argument(ran: CommandRan, name: str) -> str:
    value = ran.args.get(name)
    return value if isinstance(value, str) else ""


def _quoted(text: str) -> str:
    """Put a text in quotation marks as a command's argument; "" when it is empty or too long for a notice."""
    if not text or len(text) > _LONGEST or text.count('"') > _MOST_QUOTES:
        return ""
    plain_ends = text.replace("\r\n", "\n").replace("\r", "\n")
    return '"' + plain_ends.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


PLUGIN = Classic()
