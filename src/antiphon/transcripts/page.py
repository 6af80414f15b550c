"""Builds the pieces of a page from a room's events: head, seats, messages, lines of the room, pictures.

Every foreign text passes `safe.for_html` or `markup.marked_up`. It knows no file, and where a picture is found only as
a function.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence

from antiphon.measures.surprise import Surprises
from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    Erased,
    Event,
    FlagAcked,
    FlagRaised,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RoomEnded,
    RoomOpened,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    StateChanged,
    TurnEnded,
)
from antiphon.room.flags import MONITOR
from antiphon.transcripts.markup import marked_up
from antiphon.transcripts.safe import for_html
from antiphon.transcripts.telling import NOBODY, Told, seats
from antiphon.transcripts.tint import tinted

__all__ = ["Blobs", "Page", "inside_page", "picture_type"]

Blobs = Callable[[str], tuple[bytes, str] | None]

_COLOURS = 8
"""Seats that get a colour of their own before colours begin anew; labels always tell them apart."""
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
"""How the bytes of pictures begin that a page may hold; the stored type is not believed (SVG can hold scripts)."""


_EVIDENCE = 8
"""Messages that a line of the monitor's leads to, the newest ones."""

_SHOWN_BY_EFFECT = frozenset({"prompt", "temperature", "add_ai", "name", "leave", "whisper", "image"})
"""Commands whose own event says more than "done" would."""
_SHOWN_BY_CHANGE = (" modified their system prompt]", " adjusted their temperature]")
"""Ends of notices that repeat what the line of the change says; the seats heard them, a reader needs one."""


def picture_type(data: bytes) -> str | None:
    """Tell the MIME type of a picture that a page may hold, by its first bytes; None for anything else."""
    return next((mime for start, mime in _PICTURES.items() if data.startswith(start)), None)


def inside_page(blobs: Blobs) -> Callable[[str], str]:
    """Give the addresses of pictures that are kept inside the page itself, as data."""

    def address(blob: str) -> str:
        found = blobs(blob)
        mime = picture_type(found[0]) if found is not None else None
        return f"data:{mime};base64,{base64.b64encode(found[0]).decode('ascii')}" if found and mime else ""

    return address


class Page:
    """Writes one item of the conversation after the other.

    Attributes:
        refs: safe HTML that stands under messages, by sequence number.
        anchors: the messages that were written, by sequence number.
    """

    def __init__(
        self, events: Sequence[Event], picture: Callable[[str], str], surprises: Surprises | None = None
    ) -> None:
        """Look through the events for what items need to know of each other.

        Args:
            events: oldest first; `learn` adds those that come later.
            picture: gives the address of a picture's blob, "" where it is not kept.
            surprises: tint the words of messages, which must then be told oldest first; None = no tint.
        """
        self.refs: Mapping[int, str] = {}
        self.anchors: set[int] = set()
        self.picture = picture
        self.surprises = surprises
        self.means: list[float] = []
        self.events = events
        self.seats: dict[str, Told] = {}
        self.labels: dict[str, str] = {}
        self.colours: dict[str, int] = {}
        self.rules: dict[str, str] = {}
        self.turns: dict[int, TurnEnded] = {}
        for event in events:
            self.learn(event)

    def learn(self, event: Event) -> None:
        """Take from an event what items need to know of it: who sits here, and what a turn cost."""
        body = event.body
        if isinstance(body, TurnEnded):
            self.turns[body.turn] = body
        elif isinstance(body, SeatJoined) and body.seat not in self.seats:
            self.colours[body.seat] = len(self.seats) % _COLOURS + 1
            self.seats |= seats([event])
            self.labels[body.seat] = body.label

    def items(self) -> list[str]:
        """Give every item of the conversation as an `<li>`, in order."""
        return [item for event in self.events if (item := self.item(event)) is not None]

    # ------------------------------------------------------------------------------ one item

    def item(self, event: Event) -> str | None:
        """Give one event as an `<li>`, in the order of events; None where a reader need not see it."""
        body = event.body
        match body:
            case MessageSaid():
                self.anchors.add(event.seq)
                return f'<li id="m{event.seq}">{self._said(event, body)}</li>'
            case EffectEnded(kind="image"):
                return f'<li class="event">{self._picture(body)}</li>'
            case RoomOpened(parent=str()):
                where = f"Here the room parts from {for_html(body.parent or '')}, after its event {body.forked_at}."
                return f'<li class="event"><p class="line turning">{where}</p></li>'
            case _:
                line = self._line(event)
                return f'<li class="event">{line}</li>' if line else None

    def _said(self, event: Event, body: MessageSaid) -> str:
        kind, colour, name, model = self._speaker(body)
        tags = self._tags(body)
        label = f'<ul class="tags">{"".join(f"<li>{tag}</li>" for tag in tags)}</ul>' if tags else ""
        text, surprise = self._text(body)
        under = " ".join(f"<span>{part}</span>" for part in (model, *self._when(event, body), surprise) if part)
        thought = ""
        if body.reasoning:
            thought = (
                f'<details><summary>Reasoning</summary><div class="inside" dir="auto">{for_html(body.reasoning)}</div>'
                "</details>"
            )
        return (
            f'<article class="said {kind}{colour}" aria-label="{for_html(name)}">'
            f"<header><h2><bdi>{for_html(name)}</bdi></h2>{f'<p>{under}</p>' if under else ''}</header>"
            f'<div class="body" dir="auto">{label}{thought}{text}{self.refs.get(event.seq, "")}</div></article>'
        )

    def _text(self, body: MessageSaid) -> tuple[str, str]:
        """Give what was said, tinted where that is wanted, and how much it surprised, in words."""
        if not body.text.strip():
            return '<p class="nothing">(nothing)</p>', ""
        safe = marked_up(body.text)
        surprise = self.surprises.see(body.text) if self.surprises is not None else None
        if surprise is None or surprise.mean is None:
            return safe, ""
        self.means.append(surprise.mean)
        return tinted(safe, body.text, surprise), f"{surprise.mean:.1f} bits a word"

    def _speaker(self, body: MessageSaid) -> tuple[str, str, str, str]:
        """Give the class, the colour's class, the name, and the model's name where it says more."""
        if body.seat is None:
            return "person", "", body.person or NOBODY, "a person" if body.person else "nobody in the room"
        kind = "whisper " if body.whisper or body.to is not None else ""
        seat = self.seats.get(body.seat, Told(body.seat, body.seat, ""))
        label = self.labels.get(body.seat, seat.label)
        model = f"<bdi>{for_html(seat.model)}</bdi>" if seat.model and not label.startswith(seat.model) else ""
        return kind, self._colour(body.seat), label, model

    def _colour(self, seat: str) -> str:
        return f"c{self.colours[seat]}" if seat in self.colours else ""

    def _tags(self, body: MessageSaid) -> list[str]:
        tags = []
        if body.to is not None:
            heard = ", ".join(f"<bdi>{for_html(self._label(seat))}</bdi>" for seat in body.to) or "nobody"
            tags.append(f"whispered to {heard}" if body.whisper else f"heard by {heard} only")
        if body.asks_end is not None:
            tags.append("asks to end" if body.asks_end == "unknown" else f"asks to end: {for_html(body.asks_end)}")
        if body.cut is not None:
            tags.append(f"cut: {for_html(body.cut)}")
        return tags

    def _when(self, event: Event, body: MessageSaid) -> list[str]:
        """Give the time and the tokens of a message; that times are unknown is told once, in the head."""
        parts = []
        if body.said_at is None:
            parts.append(f'<time datetime="{for_html(event.at)}">{for_html(event.at[11:19])}</time>')
        elif body.said_at != "unknown":
            parts.append(f"<time>{for_html(body.said_at)}</time>")
        turn = self.turns.get(body.turn) if body.turn is not None else None
        if turn is not None and turn.usage is not None and not body.whisper:
            parts.append(f"{turn.usage.output:,} tokens")
        return parts

    def _label(self, seat: str) -> str:
        return self.labels.get(seat, seat)

    def _picture(self, body: EffectEnded) -> str:
        words = for_html(body.caption or body.prompt or "a picture")
        who = f'<b class="{self._colour(body.seat or "")}"><bdi>{for_html(self._label(body.seat or ""))}</bdi></b>'
        if body.failed is not None:
            return f'<p class="line failed">The picture of {who} failed: {for_html(body.failed.message)}</p>'
        address = for_html(self.picture(body.blob)) if body.blob is not None else ""
        seen = (
            f'<img src="{address}" alt="{words}">'
            if address
            else '<div class="absent">The picture is not kept here.</div>'
        )
        return f'<figure>{seen}<figcaption dir="auto">{who} made a picture: {words}</figcaption></figure>'

    # ------------------------------------------------------------------------------ the room's own lines

    def _line(self, event: Event) -> str:  # noqa: C901 - one arm an event type is the point
        match event.body:
            case CommandRan():
                return self._command(event.body)
            case NoticeGiven():
                return self._notice(event, event.body)
            case PromptChanged(seat=seat, how=how, text=text):
                deed = {
                    "add": "added to its prompt",
                    "replace": "replaced its prompt",
                    "revert": "took its prompt back",
                }
                return self._by(seat, f"{deed[how]}{': “' + for_html(text) + '”' if text else ''}")
            case SeatJoined():
                return self._joined(event, event.body)
            case SeatLeft(seat=seat, reason=reason):
                return self._by(seat, f"left the room{': ' + for_html(reason) if reason else ''}")
            case SeatChanged():
                return self._changed(event.body)
            case TurnEnded(outcome="failed" | "lost" as outcome, error=error):
                why = f": {for_html(error.message)}" if error is not None else ""
                return f'<p class="line failed">A turn {"failed" if outcome == "failed" else "was lost"}{why}</p>'
            case StateChanged(after=after, rule=rule, evidence=evidence):
                why = "" if rule == MONITOR else f" ({for_html(rule)})"
                return self._found(f"The room is {for_html(after)}{why}", evidence)
            case RoomEnded(reason=reason, detail=detail):
                return self._plain(f"The room ended: {reason}{f' ({detail})' if detail else ''}.")
            case FlagRaised() | FlagAcked():
                return self._flag(event.body) if isinstance(event.body, FlagRaised) else self._answer(event, event.body)
            case Erased(erased_type=what):
                return self._plain(f"[{what} was erased by its owner]")
            case _:
                return ""

    def _plain(self, text: str) -> str:
        return f'<p class="line" dir="auto">{for_html(text)}</p>'

    def _flag(self, body: FlagRaised) -> str:
        self.rules[body.flag] = body.rule
        about = f" about <bdi>{for_html(self._label(body.seat))}</bdi>" if body.seat else ""
        told = f", which nobody answered for {body.waited:,} messages" if body.waited else ""
        return self._found(f"<b>Flag S{body.severity}</b> {for_html(body.rule)}{about}{told}", body.evidence)

    def _answer(self, event: Event, body: FlagAcked) -> str:
        who, rule = for_html(event.by.removeprefix("person:")), for_html(self.rules.get(body.flag, body.flag))
        reason = f" ({for_html(body.reason)})" if body.reason else ""
        return self._found(f"<bdi>{who}</bdi> on flag {rule}: {for_html(body.verdict)}{reason}", ())

    def _notice(self, event: Event, body: NoticeGiven) -> str:
        text, to = body.text, body.to
        if body.synthetic and event.by == MONITOR:
            return self._nudged(text, to)
        if to == () or text.endswith(_SHOWN_BY_CHANGE):
            return ""
        only = "" if to is None else f" (to {', '.join(map(self._label, to))})"
        return self._plain(text + (only if len(to or ()) < len(self.seats) - 1 else ""))

    def _nudged(self, text: str, to: tuple[str, ...] | None) -> str:
        """Give what the monitor said to seats, in a form that no speech has."""
        whom = "all" if to is None else ", ".join(for_html(self._label(seat)) for seat in to) or "people alone"
        said = f"<em>{for_html(text.removeprefix('[room]: '))}</em>"
        return f'<p class="line monitor" dir="auto"><b>The monitor</b>, to <bdi>{whom}</bdi>: {said}</p>'

    @staticmethod
    def _found(safe: str, evidence: Sequence[int]) -> str:
        """Give a line of the monitor's, with ways to the messages it rests on."""
        links = ", ".join(f'<a href="#m{seq}">{seq}</a>' for seq in evidence[-_EVIDENCE:])
        on = f", on message{'s' * (len(evidence) > 1)} {links}" if evidence else ""
        return f'<p class="line monitor" dir="auto">{safe}{on}.</p>'

    def _by(self, seat: str, safe: str) -> str:
        name = for_html(self._label(seat))
        return f'<p class="line" dir="auto"><b class="{self._colour(seat)}"><bdi>{name}</bdi></b> {safe}</p>'

    def _command(self, ran: CommandRan) -> str:
        if ran.outcome != "refused" and ran.name in _SHOWN_BY_EFFECT:
            return ""
        told = f"<code>!{for_html(ran.name)}</code> "
        if ran.outcome == "refused":
            why = for_html(ran.reason or "no reason kept")
            return self._by(ran.seat, f'{told}<span class="refused">refused: {why}</span>')
        said = {"done": "done", "pending": "under way"}[ran.outcome]
        more = ran.result or ran.reason
        return self._by(ran.seat, f"{told}{said}{' – ' + for_html(more) if more else ''}")

    def _joined(self, event: Event, body: SeatJoined) -> str:
        self.labels[body.seat] = body.label
        if event.by not in self.seats:
            return ""
        inviter = for_html(self._label(event.by))
        words = f": “{for_html(body.invitation)}”" if body.invitation else ""
        return self._by(body.seat, f"joined, invited by <bdi>{inviter}</bdi>{words}")

    def _changed(self, body: SeatChanged) -> str:
        match body.what:
            case "label":
                self.labels[body.seat] = str(body.after)
                return self._by(body.seat, f"was called <bdi>{for_html(str(body.before))}</bdi> until here")
            case "temperature":
                return self._by(body.seat, f"set its temperature to {for_html(str(body.after))}")
            case "muted":
                return self._by(body.seat, "fell silent" if body.after else "speaks again")
            case "model":
                name = body.after.get("display") or body.after.get("model") if isinstance(body.after, dict) else None
                return self._by(body.seat, f"is now voiced by <bdi>{for_html(str(name))}</bdi>")
            case _:
                return ""
