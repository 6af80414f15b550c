"""Writes the forwarder's markdown: one title, one heading a message. Real forwarder files come back byte-equal.

Rooms of more than two seats get a longer title. Only what everybody heard is in it; the report says what is not.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Sequence

from antiphon.room.events import Event
from antiphon.room.journals import Record
from antiphon.transcripts.footnotes import Footnote, marker, tail
from antiphon.transcripts.forwarder import ARROW, PERSON, RULE, escaped, heading
from antiphon.transcripts.telling import NOBODY, aloud, events_of, plain, seats, span, unkept

__all__ = ["PLUGIN", "Markdown"]


class Markdown:
    """Writes the markdown of a forwarder."""

    name = "markdown"
    suffix = ".md"
    keeps = ("speakers", "text", "order")

    def write(
        self,
        told: Sequence[Record] | Sequence[Event],
        blobs: Callable[[str], tuple[bytes, str] | None],
    ) -> bytes:
        """Write a room's events, its parents' included, as UTF-8."""
        return self.annotated(told, blobs, ())

    def annotated(
        self,
        told: Sequence[Record] | Sequence[Event],
        blobs: Callable[[str], tuple[bytes, str] | None],  # noqa: ARG002 - the writers' contract
        notes: Sequence[Footnote],
    ) -> bytes:
        """Write the same with a reader's notes as footnotes; one at anything else stands at the message before."""
        events = events_of(told)
        names = _names(events)
        heard = aloud(events)
        said = [(names[body.seat or _person(body.person)], body.text) for _, body in heard]
        seqs = [event.seq for event, _ in heard]
        placed = sorted(((max(1, bisect(seqs, note.seq)), note) for note in notes if seqs), key=lambda pair: pair[0])
        counts = Counter(place for place, _ in placed)
        speakers = list(names.values())
        head = [f"# {ARROW.join(speakers)}\n\n"]
        began, ended = span(events)
        head += [f"**Started:** {began}\n"] * bool(began) + [f"**Ended:** {ended}\n"] * bool(ended)
        head += [f"**Messages:** {len(said)}\n\n{RULE}"]
        body = [
            f"{heading(speaker)}{escaped(text, speakers)}{marker(place, counts[place])}\n\n{RULE}"
            for place, (speaker, text) in enumerate(said, 1)
        ]
        return "".join([*head, *body, tail(placed)]).encode("utf-8", "replace")

    def report(self, told: Sequence[Record] | Sequence[Event]) -> list[str]:
        """List what is not kept."""
        events = events_of(told)
        changed = [
            f"the label of {seat.id}, which does not fit a heading"
            for seat in seats(events).values()
            if _names(events)[seat.id] != seat.label
        ]
        return unkept(events) + changed


def _person(name: str | None) -> str:
    return f"person:{name or NOBODY}"


def _names(events: Sequence[Event]) -> dict[str, str]:
    """Give each speaker a name that a title and a heading can bear, each only once."""
    wanted = {seat.id: _fit(seat.label) for seat in seats(events).values()}
    for _, body in aloud(events):
        if body.seat is None:
            wanted.setdefault(_person(body.person), _fit(body.person or NOBODY) + PERSON)
        else:
            wanted.setdefault(body.seat, _fit(body.seat))
    names: dict[str, str] = {}
    for speaker, name in wanted.items():
        count, made = 1, name
        while made in names.values():
            count += 1
            made = f"{name.removesuffix(PERSON)} {count}{PERSON if name.endswith(PERSON) else ''}"
        names[speaker] = made
    return names


def _fit(label: str) -> str:
    name = plain(label).replace(ARROW.strip(), "<->")
    return name.removesuffix(PERSON) if name.endswith(PERSON) else name


PLUGIN = Markdown()
