"""Tells a room's events as lines of text with named styles: what a person reads, on any kind of console.

Pure: events in, lines out. All that models and people wrote passes through `for_terminal`. It knows no terminal,
no width and no colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from antiphon.cli.flagged import answered, judged, nudged, open_flags, raised
from antiphon.cli.remarks import ruled
from antiphon.cli.wording import BLANK, Line, Lines, block, quiet, seat_style, short, tinted_block
from antiphon.measures.surprise import REMEMBERED, Shade, Surprises
from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    Erased,
    Event,
    FlagAcked,
    FlagRaised,
    GateChanged,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RoomEnded,
    RoomOpened,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    SeatLeft,
    StateChanged,
    TurnEnded,
    TurnRequested,
)
from antiphon.room.flags import MONITOR, waiting
from antiphon.room.state import State, apply
from antiphon.transcripts.tint import shaded

__all__ = ["BLANK", "Line", "Teller", "block", "seat_style", "short"]

_BLOB = len("sha256:") + 10
"""Characters of a picture's name that are shown: enough to tell one from another and to find the file."""
_NAME = 20
"""Columns of a name in the list of those who sit when a room opens."""
_TOLD_BY_EVENTS = frozenset({"prompt", "temperature", "add_ai", "name", "whisper", "leave", "mute_self", "end", "pass"})
"""Commands whose success another event tells; their refusals are told all the same."""


class Teller:
    """Follows one room and tells each event.

    Attributes:
        state: the room after the last event told.
        means: bits a word of each message with words, oldest first; none without `surprises`.
    """

    def __init__(self, room: str, surprises: Surprises | None = None, *, brief: bool = False) -> None:
        """Begin before the room's first event.

        Args:
            room: its id.
            surprises: tint the words of messages.
            brief: leave out seeds and hashes, which one looks up to type them.
        """
        self.state = State(room=room)
        self.means: list[float] = []
        self._surprises, self._brief = surprises, brief
        self._speaking: str | None = None

    def remember(self, events: Sequence[Event]) -> None:
        """Take in what happened before, without a word."""
        for event in events:
            apply(self.state, event)
        if self._surprises is not None:
            for text in _newest(events):
                self._surprise(self._surprises, text)

    def tell(self, event: Event) -> list[Line]:
        """Take in one event and give what is to be read of it; most bookkeeping gives nothing."""
        before = self.state.phase
        if (asked := self.state.open_turn) is not None:
            self._speaking = asked.seat
        apply(self.state, event)
        if isinstance(event.body, StateChanged) and before == event.body.after:
            return []
        return list(self._lines(event))

    def _lines(self, event: Event) -> Lines:  # noqa: C901, PLR0912 - one arm an event type is the point
        match event.body:
            case RoomOpened() as body:
                yield from self._opened(event, body)
            case SeatJoined() as body:
                yield from self._joined(event, body)
            case MessageSaid() as body:
                yield from self._said(event, body)
            case CommandRan() as body:
                yield from _ran(body)
            case EffectEnded() as body:
                yield from self._effect(body)
            case NoticeGiven() as body:
                yield from self._notice(event, body)
            case TurnEnded() as body:
                yield from _turn(body, self.name(self._speaking))
            case SeatChanged() as body:
                yield from _changed(event, body)
            case PromptChanged() as body:
                yield from _prompt(event, body)
            case SeatLeft() as body:
                yield from self._left(body)
            case StateChanged() as body:
                yield from judged(body) if event.by == MONITOR else self._moved(body)
            case RuleNoted() as body:
                text = ruled(body.rule, body.data)
                yield from [] if text is None else [quiet(short(text), "warn")]
            case FlagRaised() as body:
                yield raised(body, self.state.flags, brief=self._brief)
            case FlagAcked() as body:
                yield answered(event, body, self.state.flags)
            case RoomEnded() as body:
                yield BLANK
                yield Line(((f"the room has ended: {short(body.reason, 60)}", "bold"),))
            case Erased() as body:
                yield from _erased(body)
            case TurnRequested() | GateChanged():
                pass
            case _:
                assert_never(event.body)

    def heading(self) -> list[Line]:
        """Say which room this is and how far it has come, for a person who comes to it later."""
        state = self.state
        facts = [state.room, f"{state.messages} messages so far"]
        if state.phase != "live":
            facts.append(state.phase)
        if counted := waiting(state.flags.values()):
            facts.append(f"open flags: {open_flags(counted)}")
        title = short(state.scenario.title or state.scenario.name, 70)
        return [Line(((title, "bold"),)), Line(((" · ".join(facts), "quiet"),))]

    # -------------------------------------------------------------------------------- names

    def style(self, seat: str | None) -> str:
        """Name the style of a seat's colour."""
        known = self.state.seats.get(seat or "")
        return seat_style(known.number) if known is not None else "person"

    def name(self, seat: str | None) -> str:
        """Name a seat as its header does: "AI-1 · Echo", with the model where the label says something else."""
        known = self.state.seats.get(seat or "")
        if known is None:
            return short(seat or "somebody", 60)
        label, display = short(known.label, 40), short(known.display, 40)
        if label in {known.id, ""}:
            return known.id if display in {known.id, ""} else f"{known.id} · {display}"
        # "Echo 2" is one of two Echos: the model needs no second mention
        return f"{known.id} · {label}" if label.startswith(display) else f"{known.id} · {label} ({display})"

    def header(self, seat: str | None) -> tuple[str, str]:
        """Give a header's first span."""
        return self.name(seat), f"bold {self.style(seat)}"

    # -------------------------------------------------------------------------------- one event type each

    def _opened(self, event: Event, body: RoomOpened) -> Lines:
        scenario = body.scenario
        title = short(scenario.title or scenario.name, 70)
        yield Line(((title, "bold"),))
        facts = [event.stream] if self._brief else [event.stream, f"seed {body.seed}"]
        if body.parent is not None:
            facts.append(f"fork of {body.parent} after {body.forked_at}")
        yield Line(((" · ".join(facts), "quiet"),))

    def _joined(self, event: Event, body: SeatJoined) -> Lines:
        seat = self.state.seats[body.seat]
        if event.by in self.state.seats:
            yield Line(
                ((self.name(body.seat), self.style(body.seat)), (f" joins, invited by {self.name(event.by)}", "quiet")),
                2,
            )
            return
        yield Line(
            (
                (self.name(body.seat).ljust(_NAME), self.style(body.seat)),
                (f"  {seat.provider}/{short(seat.model, 60)}", "quiet"),
            ),
            2,
        )

    def _said(self, event: Event, body: MessageSaid) -> Lines:
        spans = [self.header(body.seat)] if body.seat else [_person(event, body)]
        if body.whisper:
            to = ", ".join(short(seat, 20) for seat in body.to or ()) or "nobody"
            spans.append((f" whispers to {to}", "quiet"))
        elif body.to == ():
            spans.append((" (withheld: heard by nobody)", "warn"))
        yield BLANK
        yield Line(tuple(spans))
        if body.text.strip():
            yield from self._text(body.text, self.style(body.seat) if body.seat else "")
        else:
            yield quiet("(blank)")
        if body.cut:
            yield quiet(f"cut here ({short(body.cut, 40)})", "warn")
        if body.asks_end is not None:
            yield quiet("asks to end" + ("" if body.asks_end == "unknown" else f" ({short(body.asks_end, 40)})"))

    def _text(self, text: str, style: str) -> Lines:
        if self._surprises is None:
            return block(text, style)
        return tinted_block(text, self._surprise(self._surprises, text), style)

    def _surprise(self, surprises: Surprises, text: str) -> Sequence[Shade]:
        """Take in a message's words, and give where they surprise."""
        found = surprises.see(text)
        self.means += [] if found.mean is None else [found.mean]
        return shaded(text, found)

    def _effect(self, body: EffectEnded) -> Lines:
        whose = self.name(body.seat) if body.seat else "the room"
        kind = body.kind.replace("_", " ")
        if body.failed is not None:
            yield quiet(f"{kind} of {whose} failed: {short(body.failed.message)}", "warn")
            return
        if body.kind == "last_words" and body.text:
            yield BLANK
            yield Line((("Last words of the room", "bold"),))
            yield from block(body.text)
            return
        yield quiet(f"{kind} by {whose}" + (f" · {body.blob[:_BLOB]}" if body.blob and not self._brief else ""))
        for text in (body.caption or body.prompt, body.text):
            if text:
                yield Line(((short(text), "quiet"),), 4)

    def _notice(self, event: Event, body: NoticeGiven) -> Lines:
        if event.by in self.state.seats and body.kind in _TOLD_BY_EVENTS:
            return
        if body.synthetic and event.by == MONITOR:
            yield nudged(body)
            return
        to = f" (to {', '.join(body.to)})" if body.to else " (to nobody in the room)" if body.to == () else ""
        yield quiet(short(body.text) + to)

    def _moved(self, body: StateChanged) -> Lines:
        return _moved(body, self._speaking if self.state.open_turn is not None else None)

    def _left(self, body: SeatLeft) -> Lines:
        how = {"left": "left", "voted_out": "was voted out", "removed": "was removed"}[body.cause]
        yield quiet(f"{self.name(body.seat)} {how}" + (f": {short(body.reason)}" if body.reason else ""))


def _newest(events: Sequence[Event]) -> list[str]:
    """Give the newest messages, oldest first: as much as surprises are measured against."""
    texts: list[str] = []
    left = REMEMBERED
    for event in reversed(events):
        if isinstance(event.body, MessageSaid) and left > 0:
            texts.append(event.body.text)
            left -= len(event.body.text)
    return texts[::-1]


def _ran(body: CommandRan) -> Lines:
    name = short(body.name, 30)
    if body.outcome == "refused":
        yield quiet(f"!{name} refused: {short(body.reason or '')}", "warn")
    elif body.outcome == "pending":
        yield quiet(f"!{name} is under way")
    elif body.name not in _TOLD_BY_EVENTS:
        yield quiet(f"!{name}: {short(body.result)}" if body.result else f"!{name} done")


def _turn(body: TurnEnded, who: str) -> Lines:
    if body.outcome in {"failed", "lost", "passed"}:
        yield BLANK
    match body.outcome:
        case "failed":
            why = short(body.error.message) if body.error else "no reason given"
            tries = f", {body.attempts} attempts" if body.attempts > 1 else ""
            yield quiet(f"{who} did not answer: {why} ({body.error.kind if body.error else 'failed'}{tries})", "warn")
        case "lost":
            yield quiet(f"{who}: the call in flight was lost; asked again", "warn")
        case "passed":
            yield quiet(f"{who} passes")
        case _:
            pass


def _changed(event: Event, body: SeatChanged) -> Lines:
    whose = short(body.seat, 20)
    match body.what:
        case "label":
            yield quiet(f"{whose} is now called {short(str(body.after), 40)}")
        case "temperature":
            yield quiet(f"{whose}: temperature {_number(body.before)} -> {_number(body.after)}")
        case "muted":
            yield quiet(f"{whose} {'is muted' if body.after else 'may speak again'}{_hand(event)}")
        case "model":
            yield quiet(f"{whose} is now voiced by {short(_model(body.after), 60)}", "bold")
        case _:
            pass


def _prompt(event: Event, body: PromptChanged) -> Lines:
    deeds = {"add": "added to", "replace": "replaced", "revert": "set back"}
    text = f": {short(body.text)}" if body.text else ""
    yield quiet(f"{short(body.seat, 20)}: system text {deeds[body.how]}{_hand(event)}{text}")


def _moved(body: StateChanged, speaking: str | None) -> Lines:
    numbers = ", ".join(f"{name} {_known(value)}" for name, value in body.numbers.items())
    why = short(body.rule, 60) + (f" ({short(numbers, 80)})" if numbers else "")
    if body.after == "paused":
        by = "paused by a person" if body.rule == "person" else f"paused: {why}"
        yield BLANK
        yield quiet(by + (f"; {speaking} may finish" if speaking is not None else ""), "warn")
    elif body.after == "draining":
        yield quiet(f"ending: {why}")
    elif body.before == "paused":
        yield quiet("the room goes on")
    else:
        yield quiet(f"{body.after}: {why}")


def _erased(body: Erased) -> Lines:
    if body.erased_type == "message.said":
        yield BLANK
        yield quiet("(a message was here; its owner erased it)")


def _person(event: Event, body: MessageSaid) -> tuple[str, str]:
    name = body.person or event.by.removeprefix("person:")
    return (f"{short(name, 40)} (a person)", "bold") if body.person else (f"({short(name, 40)})", "quiet")


def _hand(event: Event) -> str:
    return " by a person" if event.by.startswith("person") else ""


def _number(value: object) -> str:
    return "the default" if value is None else _known(value)


def _known(value: object) -> str:
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, int | float) else short(str(value), 30)


def _model(after: object) -> str:
    return str(after.get("display") or after.get("model")) if isinstance(after, dict) else str(after)
