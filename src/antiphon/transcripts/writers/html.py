"""Writes one self-contained page: dark and light, on paper too, pictures inside, nothing fetched, no script.

The page's policy forbids everything but its own style and its own pictures, should a hostile text ever get through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.resources import files

from antiphon.measures.surprise import LEVELS, Surprises
from antiphon.room.events import Event, MessageSaid, RoomEnded, StateChanged, TurnEnded, TurnRequested
from antiphon.room.journals import Record
from antiphon.transcripts.page import Page, inside_page
from antiphon.transcripts.safe import for_html
from antiphon.transcripts.telling import events_of, opened, seats, span, unkept
from antiphon.transcripts.tint import sparkline

__all__ = ["PLUGIN", "Html"]

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_WHOLE = "This page is whole: it loads nothing and runs nothing. Times are UTC unless a file told them."


class Html:
    """Writes the page.

    Attributes:
        untinted: writes the same page without the tint of surprising words.
    """

    name = "html"
    suffix = ".html"
    keeps = (
        "speakers", "text", "order", "times", "reasoning", "prompts", "whispers", "outcomes", "notices", "pictures",
    )  # fmt: skip

    def __init__(self, untinted: Html | None = None) -> None:
        """Tint surprising words where there is a way to leave that out."""
        self.untinted = untinted or self

    def write(
        self, told: Sequence[Record] | Sequence[Event], blobs: Callable[[str], tuple[bytes, str] | None]
    ) -> bytes:
        """Write a room's events, its parents' included, as UTF-8."""
        events = events_of(told)
        page = Page(events, inside_page(blobs), None if self.untinted is self else Surprises())
        items = page.items()
        title = for_html(_title(events))
        style = files("antiphon.transcripts").joinpath("page.css").read_text("utf-8")
        top = (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="Antiphon">\n'
            f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#talk">To the conversation</a>\n'
        )
        parts = [
            top,
            _head(events, title, page),
            '<main id="talk">\n<ol class="talk">\n',
            "\n".join(items),
            "\n</ol>\n</main>\n",
            f'<footer class="foot"><p>{for_html(_ending(events))} {_WHOLE}</p></footer>\n</body>\n</html>\n',
        ]
        return "".join(parts).encode("utf-8", "replace")

    def report(self, told: Sequence[Record] | Sequence[Event]) -> list[str]:
        """List what is not kept."""
        events = events_of(told)
        return unkept(
            events, kept=("whispers", "reasoning", "outcomes", "notices", "pictures", "prompts", "names", "flags")
        )


def _title(events: Sequence[Event]) -> str:
    rooms = opened(events)
    if not rooms:
        return "A room"
    return rooms[-1].scenario.title or rooms[-1].scenario.name


def _head(events: Sequence[Event], title: str, page: Page) -> str:
    told = "".join(f"<div><dt>{name}</dt><dd>{for_html(value)}</dd></div>" for name, value in _facts(events))
    return (
        '<header class="head">\n<p class="kind">Antiphon · a recorded room</p>\n'
        f'<h1 dir="auto">{title}</h1>\n<dl class="facts">{told}</dl>\n'
        f'<ul class="seats" aria-label="Seats">{_seats(events, page)}</ul>\n'
        f"{_note(events)}{_surprise(page)}</header>\n"
    )


def _surprise(page: Page) -> str:
    """Draw how surprising the room was from its first message to its last, and say what the tint of words means."""
    if not page.means:
        return ""
    steps = "".join(f'<span class="t{step}">{bits:g}</span> ' for step, bits in enumerate(LEVELS, start=1))
    return (
        f'<figure class="surprise">{sparkline(page.means)}<figcaption>Surprise, message by message. A tinted word is '
        f"one that the room so far did not lead one to expect, from {steps}bits on.</figcaption></figure>\n"
    )


def _facts(events: Sequence[Event]) -> list[tuple[str, str]]:
    rooms = opened(events)
    began, ended = span(events)
    said = [event.body for event in events if isinstance(event.body, MessageSaid)]
    turns = [event.body for event in events if isinstance(event.body, TurnEnded)]
    facts = [("Room", events[-1].stream if events else "")]
    if rooms:
        facts.append(("Scenario", rooms[-1].scenario.name))
        facts += [("Parent", f"{room.parent}, after event {room.forked_at}") for room in rooms if room.parent]
    facts += [("Began", began or "unknown"), ("Ended", ended or _ended(events))]
    facts.append(("Messages", f"{len(said):,}"))
    spent = [turn.usage for turn in turns if turn.usage is not None]
    if spent:
        facts.append(("Tokens", f"{sum(u.input for u in spent):,} in, {sum(u.output for u in spent):,} out"))
    if turns:
        facts.append(("Cost", _cost(turns)))
    return facts


def _ended(events: Sequence[Event]) -> str:
    """Say why no end is told: an imported file may be silent about it, a room of ours goes on."""
    return "not told" if any("imported" in room.labels for room in opened(events)) else "not yet"


def _cost(turns: Sequence[TurnEnded]) -> str:
    known = sum(turn.cost or 0.0 for turn in turns)
    unknown = sum(turn.cost is None for turn in turns)
    if unknown == len(turns):
        return "none told"
    if not known and not unknown:
        return "nothing"
    return f"{known:.4f} US dollars" + (f", {unknown} turns unknown" if unknown else "")


def _seats(events: Sequence[Event], page: Page) -> str:
    turn_seat = {event.body.turn: event.body.seat for event in events if isinstance(event.body, TurnRequested)}
    tokens: Counter[str] = Counter()
    messages = Counter(event.body.seat for event in events if isinstance(event.body, MessageSaid))
    for event in events:
        if isinstance(event.body, TurnEnded) and event.body.usage is not None:
            tokens[turn_seat.get(event.body.turn, "")] += event.body.usage.output
    made = []
    for seat in seats(events).values():
        model = f" <bdi>{for_html(seat.model)}</bdi>" if not seat.label.startswith(seat.model) else ""
        count = messages[seat.id]
        said = f"{count:,} message{'' if count == 1 else 's'}"
        said += f", {tokens[seat.id]:,} tokens" if tokens[seat.id] else ""
        colour = page.colours[seat.id]
        made.append(f'<li class="c{colour}"><b><bdi>{for_html(seat.label)}</bdi></b>{model}<small>{said}</small></li>')
    return "".join(made)


def _note(events: Sequence[Event]) -> str:
    """Say what a reader must know before she reads: unknown times, people who spoke."""
    notes = []
    labels = rooms[0].labels if (rooms := opened(events)) else {}
    if "imported" in labels:
        notes.append(f"Imported from {labels.get('file') or 'a file'} ({labels['imported'].replace('_', ' ')}).")
    unknown = sum(isinstance(event.body, MessageSaid) and event.body.said_at == "unknown" for event in events)
    if unknown:
        notes.append("The file does not tell when each message was said.")
    people = sum(isinstance(event.body, MessageSaid) and event.body.person is not None for event in events)
    if people:
        notes.append(f"People spoke in this room {people} time{'' if people == 1 else 's'}.")
    return f'<p class="note">{for_html(" ".join(notes))}</p>\n' if notes else ""


def _ending(events: Sequence[Event]) -> str:
    last = next((event.body for event in reversed(events) if isinstance(event.body, RoomEnded | StateChanged)), None)
    match last:
        case RoomEnded(reason=reason, detail=detail):
            return f"The room ended: {reason}{f' ({detail})' if detail else ''}."
        case StateChanged(after=after, rule=rule):
            return f"The room was {after} when this page was written ({rule})."
        case _:
            return "The room was live when this page was written."


PLUGIN = Html(untinted=Html())
