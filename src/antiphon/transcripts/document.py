"""Builds a whole page of one room: dark and light, on paper too, pictures inside or beside it, no script.

The page's policy forbids everything but its own style and its own pictures, should a hostile text ever get through.
It knows no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.resources import files

from msgspec import Struct

from antiphon.measures.surprise import LEVELS, Surprises
from antiphon.room.events import Event, MessageSaid, RoomEnded, StateChanged, TurnEnded, TurnRequested
from antiphon.transcripts.footnotes import Footnote, foot, refs
from antiphon.transcripts.page import Page
from antiphon.transcripts.safe import for_html
from antiphon.transcripts.telling import opened, seats, span
from antiphon.transcripts.tint import sparkline

__all__ = ["Frame", "document", "sheet", "top"]

_POLICY = "default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_ALONE_TOLD = "This page is whole: it loads nothing and runs nothing. Times are UTC unless a file told them."
_AMONG = "This page runs nothing, and loads only pictures that lie beside it. Times are UTC unless a file told them."


class Frame(Struct, frozen=True, kw_only=True):
    """Says how a page stands among others.

    Attributes:
        pictures: where pictures may come from, as the page's policy has it.
        back: the address of the list it belongs to, beside it; "" = it stands alone.
        notes: what a reader wrote at the margin.
        tint: whether surprising words are tinted.
    """

    pictures: str = "data:"
    back: str = ""
    notes: tuple[Footnote, ...] = ()
    tint: bool = True


def document(events: Sequence[Event], picture: Callable[[str], str], frame: Frame | None = None) -> bytes:
    """Write a room's events, its parents' included, as a page in UTF-8; `picture` gives the address of a blob."""
    frame = frame or Frame()
    page = Page(events, picture, Surprises() if frame.tint else None)
    page.refs = refs(frame.notes)
    items = page.items()
    title = for_html(_title(events))
    back = f'<p class="kind"><a href="{for_html(frame.back)}">All rooms</a></p>\n' if frame.back else ""
    parts = [
        top(title, sheet("page.css"), _POLICY.format(pictures=frame.pictures)),
        '<a class="skip" href="#talk">To the conversation</a>\n',
        back,
        _head(events, title, page),
        '<main id="talk">\n<ol class="talk">\n',
        "\n".join(items),
        f"\n</ol>\n</main>\n{foot(frame.notes, page.anchors)}",
        f'<footer class="foot"><p>{for_html(_ending(events))} {_ALONE_TOLD if not frame.back else _AMONG}</p></footer>',
        "\n</body>\n</html>\n",
    ]
    return "".join(parts).encode("utf-8", "replace")


def sheet(name: str) -> str:
    """Give a style sheet of the package."""
    return files("antiphon.transcripts").joinpath(name).read_text("utf-8")


def top(title: str, style: str, policy: str) -> str:
    """Open a page: `title` is safe already, `style` and `policy` are ours."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="Antiphon">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
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
