"""Who hears what: the fold that turns events into each seat's parts.

`Hearing.hear` takes each event after `apply` changed the state by it. It keeps one list of what everybody heard,
for joiners, and one `SeatView` a seat. It knows the words of notices and outcomes, and no provider.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct

from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    Erased,
    Event,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    TurnEnded,
    TurnRequested,
    ViewFact,
)
from antiphon.room.state import Seat, State
from antiphon.room.view import Kind, Part, SeatView, View, escape

__all__ = ["Hearing"]

_ROOM = "room"
_LABELS_FROM = 3
"""With `labels = "auto"`, names are shown from this many seats on; a dyad sends bare text."""
_TOLD_TO_ALL = frozenset({"add_ai", "remove_ai"})
"""Commands whose refusal everybody hears: seats that were never told waited for a guest who could not come."""


class Hearing:
    """Holds what each seat of one room heard."""

    __slots__ = ("_speaking", "common", "views")

    def __init__(self) -> None:
        """Begin with no seats."""
        self.views: dict[str, SeatView] = {}
        self.common: list[Part] = []
        self._speaking = ""

    # -------------------------------------------------------------------------------- the fold

    def hear(self, state: State, event: Event) -> None:  # noqa: C901 - one arm an event type
        """Take in one event, already applied to `state`."""
        body = event.body
        match body:
            case TurnRequested():
                self._requested(body)
            case TurnEnded():
                if body.outcome not in {"said", "cut"}:
                    self._settle()
            case MessageSaid():
                self._said(state, event, body)
            case CommandRan():
                self._outcome(state, event.seq, body)
            case EffectEnded():
                self._effect(state, event.seq, body)
            case NoticeGiven():
                self._notice(event.seq, body.text, body.to)
            case SeatJoined():
                self._joined(state, event, body)
            case SeatLeft():
                self._notice(event.seq, f"[{state.seats[body.seat].label} left the room]", None, but=body.seat)
            case SeatChanged():
                self._changed(state, event, body)
            case PromptChanged():
                self._layer(state, event.seq, body)
            case RuleNoted():
                self._forget(body)
            case Erased(erased_type="seat.joined"):
                seat = next(reversed(state.seats))
                self.views[seat] = SeatView(seat, rich=False, parts=[], late=[])
            case _:
                pass  # nothing that a seat hears

    def _requested(self, body: TurnRequested) -> None:
        if body.purpose == "speak" and body.seat in self.views:
            self._speaking = body.seat
            self.views[body.seat].waiting = True

    def _settle(self) -> None:
        if self._speaking:
            self.views[self._speaking].settle()
            self._speaking = ""

    def _give(self, part: Part, to: tuple[str, ...] | None = None, but: str = "") -> None:
        if to is None:
            self.common.append(part)
        for seat, view in self.views.items():
            if seat != but and (to is None or seat in to) and not (view.alone and (to is None or part.by != _ROOM)):
                view.hear(part)

    def _notice(self, seq: int, text: str, to: tuple[str, ...] | None, but: str = "", kind: Kind = "notice") -> None:
        self._give(Part(seq, _ROOM, kind, "", escape(text)), to, but)

    def _said(self, state: State, event: Event, body: MessageSaid) -> None:
        speaker = body.seat or f"person:{body.person or 'somebody'}"
        words = body.text if body.shown is None else body.shown
        if state.scenario.hear_reasoning and body.reasoning:
            words = f"<thinking>{body.reasoning}</thinking>\n\n{words}"
        part = Part(event.seq, speaker, "said", self._label(state, body), escape(words))
        own_view = self.views.get(speaker)
        if body.whisper:
            self._give(msgspec.structs.replace(part, label=f"{self._name(state, body)}, whispering to you"), body.to)
            return
        self._give(part, body.to, but=speaker)
        if own_view is not None:
            kept = body.own if body.own is not None else body.text
            own_view.reply(part if kept == words else Part(event.seq, speaker, "said", part.label, escape(kept)))
            if self._speaking == speaker:
                self._speaking = ""

    def _name(self, state: State, body: MessageSaid) -> str:
        if body.seat is None:
            return body.person or "somebody"
        seat = state.seats.get(body.seat)
        return seat.label if seat else body.seat

    def _label(self, state: State, body: MessageSaid) -> str:
        """Name the speaker where names are shown; people always have theirs."""
        if body.seat is None:
            return self._name(state, body) if body.person else ""
        return self._name(state, body) if self._labelled(state) else ""

    @staticmethod
    def _labelled(state: State) -> bool:
        labels = state.scenario.labels
        return labels == "always" or (labels == "auto" and len(state.present()) >= _LABELS_FROM)

    def _outcome(self, state: State, seq: int, body: CommandRan) -> None:
        if body.message is None:
            return
        match body.outcome:
            case "refused":
                text = f"[!{body.name} refused: {body.reason}]"
            case "pending":
                text = f"[!{body.name}: under way]"
            case _:
                text = f"[!{body.name}: {body.result}]" if body.result else f"[!{body.name}: done]"
        self._notice(seq, text, (body.seat,), kind="outcome")
        if body.outcome == "refused" and body.name in _TOLD_TO_ALL:
            label = state.seats[body.seat].label
            others = tuple(seat for seat in self.views if seat != body.seat)
            self._notice(seq, f"[{label}'s !{body.name} was refused: {body.reason}]", others)

    def _effect(self, state: State, seq: int, body: EffectEnded) -> None:
        if body.failed is not None:
            if body.seat:
                self._notice(seq, f"[!{body.kind} failed: {body.failed.message}]", (body.seat,), kind="outcome")
        elif body.kind == "image":
            who = state.seats[body.seat].label if body.seat in state.seats else "somebody"
            text = f'[{who} created an image: "{body.caption or body.prompt or ""}"]'
            self._give(Part(seq, _ROOM, "picture", "", escape(text), (body.blob,) if body.blob else ()))
        elif body.kind == "summary" and body.text and body.seat:
            text = f"[what was said before, in short: {body.text}]"
            self._notice(seq, text, (body.seat,), kind="briefing")

    def _joined(self, state: State, event: Event, body: SeatJoined) -> None:
        inviter = state.seats.get(event.by)
        if inviter is not None:
            text = f"[{body.label} joined the room, invited by {inviter.label}]"
            self._notice(event.seq, text, None)
        view = SeatView(body.seat, "parts" in body.takes, [], [], sees="images" in body.takes)
        for part in self._before(state, event.seq):
            view.hear(part)
        if inviter is not None and body.invitation:
            label = inviter.label if self._labelled(state) or view.parts else ""
            view.hear(Part(event.seq, inviter.id, "said", label, escape(body.invitation)))
        self.views[body.seat] = view

    def _before(self, state: State, seq: int) -> list[Part]:
        """Give what a seat that joins now is told of the past, every speaker by name."""
        rule = state.scenario.joiners_hear
        past = [part for part in self.common if part.seq < seq]
        if not past or rule == "from_joining":
            return []
        if rule.startswith("last "):
            past = past[-int(rule[5:]) :]
        elif rule == "briefing":
            text = state.briefing or f"{state.messages} messages were said before you came."
            return [Part(seq, _ROOM, "briefing", "", escape(f"[what was said before, in short: {text}]"))]
        return [self._named(state, part) for part in past]

    @staticmethod
    def _named(state: State, part: Part) -> Part:
        if part.kind != "said" or part.label or part.by not in state.seats:
            return part
        return msgspec.structs.replace(part, label=state.seats[part.by].label)

    def _changed(self, state: State, event: Event, body: SeatChanged) -> None:
        seat = state.seats[body.seat]
        if body.what == "label":
            self._notice(event.seq, f"[{body.before} is now called {body.after}]", None)
        elif body.what == "model" and (view := self.views.get(body.seat)) is not None:
            view.reseat(rich="parts" in seat.takes, sees="images" in seat.takes)
        elif body.what == "muted" and event.by != body.seat:
            self._notice(event.seq, f"[{seat.label} was {'muted' if body.after else 'unmuted'}]", None)

    def _layer(self, state: State, seq: int, body: PromptChanged) -> None:
        seat = state.seats[body.seat]
        if body.how == "add" and "late_system" in seat.takes:
            self._give(Part(seq, _ROOM, "layer", "", escape(body.text)), (body.seat,))

    def _forget(self, body: RuleNoted) -> None:
        first, view = body.data.get("unheard_before"), self.views.get(body.data.get("seat", ""))
        if first is None or view is None:
            return
        if body.data.get("alone"):
            view.hear_alone()
        elif (gone := body.data.get("overwritten")) is not None:
            view.overwrite(gone["parts"], gone["characters"], gone["system"])
        else:
            view.forget_before(first)

    # -------------------------------------------------------------------------------- what is shown

    def system(self, seat: Seat) -> str:
        """Give what is left of the system text: the seat's own, with its layers where the model takes no late ones."""
        whole = self.whole_system(seat)
        gone = self.views[seat.id].system_gone
        return whole[gone:] if gone else whole

    @staticmethod
    def whole_system(seat: Seat) -> str:
        """Give the system text before any of it is overwritten."""
        if "late_system" in seat.takes and not seat.replaced:
            return seat.system
        return seat.system_text()

    def fact(self, seat: Seat) -> ViewFact:
        """Describe the view that is about to be sent; remembers it as sent."""
        return self.views[seat.id].fact(self.system(seat))

    def view(self, state: State, seat: Seat) -> View:
        """Make the view of a seat as its speaker gets it."""
        view = self.views[seat.id]
        others = tuple(other.label for other in state.seats.values() if other is not seat and not other.left)
        shape = state.scenario.shape
        return View(state.room, seat, self.system(seat), view.heard(), others, shape, view)

    def heard_since_own(self, seat: str) -> bool:
        """Tell whether a seat heard anything since its own last message; False when it never heard a thing."""
        parts = self.views[seat].parts
        return bool(parts) and not (parts[-1].by == seat and parts[-1].kind == "said")

    def tokens(self, seat: str, count: Callable[[str], int]) -> int:
        """Estimate the tokens of the parts a seat still hears, with the room's estimator."""
        return self.views[seat].tokens(count)

    def pack(self) -> bytes:
        """Encode everything for a snapshot; parts shared by seats are kept once."""
        pool: dict[int, int] = {}
        parts: list[Part] = []

        def place(part: Part) -> int:
            if id(part) not in pool:
                pool[id(part)] = len(parts)
                parts.append(part)
            return pool[id(part)]

        common = [place(part) for part in self.common]
        views = [
            _PackedView(
                v.seat,
                v.rich,
                v.sees,
                [place(p) for p in v.parts],
                [place(p) for p in v.late],
                v.waiting,
                v.first,
                v.sent_system,
                v.sent_size,
                v.sent_first,
                v.gone,
                v.sent_gone,
                v.system_gone,
                v.alone,
            )
            for v in self.views.values()
        ]
        return msgspec.msgpack.encode(_Packed(parts, common, views, self._speaking))

    @classmethod
    def unpack(cls, data: bytes) -> Hearing:
        """Decode what `pack` encoded."""
        packed = msgspec.msgpack.decode(data, type=_Packed)
        hearing = cls()
        pool = packed.parts
        hearing.common = [pool[i] for i in packed.common]
        hearing._speaking = packed.speaking
        for v in packed.views:
            hearing.views[v.seat] = SeatView(
                v.seat,
                v.rich,
                [pool[i] for i in v.parts],
                [pool[i] for i in v.late],
                sees=v.sees,
                waiting=v.waiting,
                first=v.first,
                sent_system=v.sent_system,
                sent_size=v.sent_size,
                sent_first=v.sent_first,
                gone=v.gone,
                sent_gone=v.sent_gone,
                system_gone=v.system_gone,
                alone=v.alone,
            )
        return hearing


class _PackedView(Struct, array_like=True):
    seat: str
    rich: bool
    sees: bool
    parts: list[int]
    late: list[int]
    waiting: bool
    first: int
    sent_system: str
    sent_size: int
    sent_first: int
    gone: int = 0
    sent_gone: int = 0
    system_gone: int = 0
    alone: bool = False


class _Packed(Struct, array_like=True):
    parts: list[Part]
    common: list[int]
    views: list[_PackedView]
    speaking: str
