"""A room's state, and how one event changes it: the fold.

`apply` mutates the state it is given and returns it; the same events always give the same state. It knows no
clock, no disk, no chance, no provider: everything it uses stands in the events.
"""

from __future__ import annotations

from typing import Any, assert_never

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
    Price,
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
from antiphon.room.flags import MONITOR, act, assess, hand_down, raise_flag
from antiphon.room.scenario import Ceilings
from antiphon.room.shape import Ask, Lying, Repeat, Seat, State, Vote, stranger
from antiphon.room.times import millis

__all__ = ["Ask", "Repeat", "Seat", "State", "Vote", "apply", "fold"]


def fold(room: str, events: list[Event]) -> State:
    """Apply events, oldest first, to a blank state."""
    state = State(room=room)
    for event in events:
        apply(state, event)
    return state


def apply(state: State, event: Event) -> State:  # noqa: C901, PLR0912 - one arm an event type is the point
    """Change `state` by one event and return it."""
    body = event.body
    state.seq, state.at = event.seq, event.at
    match body:
        case TurnRequested():
            _requested(state, body)
        case TurnEnded():
            _turn_ended(state, body)
        case MessageSaid():
            _said(state, event.seq, body)
        case CommandRan():
            _command(state, body)
        case EffectEnded():
            _effect(state, body)
        case NoticeGiven():
            _noticed(state, body)
        case GateChanged():
            pass
        case RuleNoted():
            _noted(state, body)
        case SeatJoined():
            _joined(state, event, body)
        case SeatLeft():
            _left(state, body)
        case SeatChanged():
            _changed(state, body)
        case PromptChanged():
            _prompt(state, body)
        case StateChanged():
            _phase(state, body)
        case RoomOpened():
            _opened(state, event, body)
        case FlagRaised() | FlagAcked() | RoomEnded() | Erased():
            _rare(state, event, body)
        case _:
            assert_never(body)
    if event.by == MONITOR:
        act(state.flags, event)
    return state


def _opened(state: State, event: Event, body: RoomOpened) -> None:
    state.room, state.scenario, state.seed, state.engine = event.stream, body.scenario, body.seed, body.engine
    state.ceilings, state.labels = body.scenario.ceilings, body.labels
    state.opened_at = millis(event.at)
    state.phase, state.before_pause, state.why = "live", "live", ""
    state.reserve, state.last_words = body.reserve, ""
    if body.parent is None:
        return
    state.parent, state.forked_at = body.parent, body.forked_at or 0
    state.tokens, state.cost, state.cost_unknown, state.failures = 0, 0.0, False, 0
    state.reserved_tokens, state.reserved_cost, state.open_turn = 0, 0.0, None
    state.effects = {}
    state.spoken_since_opening, state.round_at_opening = 0, state.round
    state.asks, state.signatures = {}, {}
    hand_down(state.flags)
    for seat in state.seats.values():
        seat.input = seat.output = 0
        seat.cost = 0.0


def _joined(state: State, event: Event, body: SeatJoined) -> None:
    state.seats[body.seat] = Seat(
        id=body.seat,
        number=body.number or len(state.seats) + 1,
        label=body.label,
        display=body.display or body.model,
        provider=body.provider,
        model=body.model,
        system=body.system,
        temperature=body.temperature,
        rights=body.rights,
        joined=event.seq,
        by=event.by,
        takes=body.takes,
        context=body.context,
        price=body.price,
        free=body.free,
        tokens=body.tokens,
        via=body.via,
        base_url=body.base_url,
        key=body.key,
        extra=body.extra,
    )
    if event.by in state.seats:
        state.seats[event.by].invited += 1
    _count_round(state, 0)


def _left(state: State, body: SeatLeft) -> None:
    if seat := state.seats.get(body.seat):
        seat.left = True
        state.asks.pop(body.seat, None)
        state.signatures.pop(body.seat, None)
        state.things = {name: lying for name, lying in state.things.items() if lying.seat != body.seat}


def _changed(state: State, body: SeatChanged) -> None:
    seat = state.seats[body.seat]
    match body.what:
        case "label":
            seat.label = body.after
        case "temperature":
            seat.temperature = body.after
        case "muted":
            seat.muted = body.after
        case "notes":
            seat.notes = list(body.after)
        case "rights":
            seat.rights = tuple(body.after)
        case "model":
            _reseat(seat, body.after)
        case _:
            assert_never(body.what)


def _reseat(seat: Seat, after: dict[str, Any]) -> None:
    for name in ("provider", "model", "display", "context", "free", "base_url", "key"):
        if name in after:
            setattr(seat, name, after[name])
    if "takes" in after:
        seat.takes = tuple(after["takes"])
    if "via" in after:
        seat.via = tuple(after["via"])
    if "extra" in after:
        seat.extra = dict(after["extra"])
    if "price" in after:
        seat.price = Price(**after["price"]) if after["price"] else None


def _prompt(state: State, body: PromptChanged) -> None:
    seat = state.seats[body.seat]
    match body.how:
        case "add":
            seat.layers.append(body.text)
        case "replace":
            seat.layers, seat.replaced = [body.text], True
        case "revert":
            seat.layers, seat.replaced = [], False
        case _:
            assert_never(body.how)


def _requested(state: State, body: TurnRequested) -> None:
    state.turn = max(state.turn, body.turn)
    state.open_turn = body
    if body.reserved is not None:
        state.reserved_tokens = body.reserved.tokens
        state.reserved_cost = body.reserved.cost or 0.0


def _turn_ended(state: State, body: TurnEnded) -> None:
    asked, state.open_turn = state.open_turn, None
    spent, cost = _spending(state, asked, body)
    state.tokens += spent
    state.cost += cost
    state.reserved_tokens, state.reserved_cost = 0, 0.0
    lost = asked is not None and asked.purpose == "speak" and body.outcome == "lost"
    state.again = asked.seat if asked and lost else ""
    seat = state.seats.get(asked.seat) if asked else None
    turn = asked is None or asked.purpose == "speak"  # a bid is a request, and no turn
    if seat is not None:
        seat.turns += turn
        seat.cost += cost
        if body.usage is not None:
            seat.input += body.usage.input
            seat.output += body.usage.output
            allowed = asked.parameters.get("tokens", body.usage.output) if asked else body.usage.output
            seat.over = max(seat.over, body.usage.output - allowed)
        if body.cost is None and not seat.free and (body.outcome != "failed" or body.partial is not None):
            state.cost_unknown = True
    elif asked is not None and body.usage is not None and body.cost is None:
        state.cost_unknown = True  # a model that sits nowhere, for there is no price; one that is free costs 0
    if turn:
        state.failures = state.failures + 1 if body.outcome == "failed" else 0
    if asked is not None and asked.purpose == "speak" and body.outcome not in {"failed", "lost"}:
        state.last_turn = asked.seat
        _count_round(state, 1)


def _spending(state: State, asked: TurnRequested | None, body: TurnEnded) -> tuple[int, float]:
    """Give tokens and dollars: what was billed, else the reservation of a call nobody can account for."""
    if body.usage is not None:
        return body.usage.input + body.usage.output, body.cost or 0.0
    unaccounted = body.outcome in {"lost", "cut"} or body.partial is not None
    if unaccounted and asked is not None and asked.reserved is not None:
        return state.reserved_tokens, state.reserved_cost
    return 0, body.cost or 0.0


def _count_round(state: State, turns: int) -> None:
    """Advance the round: it lasts as many ended turns as seats were unmuted when it began."""
    if turns == 0:
        if state.round_done == 0:
            state.round_size = max(1, len(state.speakers()))
        return
    state.round_done += turns
    if state.round_done >= max(1, state.round_size):
        state.round += 1
        state.round_done = 0
        state.round_size = max(1, len(state.speakers()))


def _said(state: State, seq: int, body: MessageSaid) -> None:
    if body.seat is None:
        state.persons += 1
        return
    if body.whisper:
        return
    state.messages += 1
    state.spoken_since_opening += 1
    state.last_seat = body.seat
    if (seat := state.seats.get(body.seat)) is not None:
        seat.messages += 1
        seat.made_room = False
    if body.turn is None:
        state.last_turn = body.seat
        _count_round(state, 1)
    if body.asks_end is not None:
        state.asks[body.seat] = Ask(seq, state.round, body.asks_end)


def _command(state: State, body: CommandRan) -> None:
    if body.outcome == "pending" and body.effect is not None:
        state.effects[body.effect] = body
    key = body.args.get("repeat_key")
    if key is not None and body.outcome != "refused":
        state.repeats = [r for r in state.repeats if state.messages - r.message <= state.scenario.limits.repeat_window]
        state.repeats.append(Repeat(key, state.messages, body.seat))
    if body.outcome == "refused":
        return
    match body.name:
        case "image":
            state.images += 1
        case "sign":
            state.signatures[body.seat] = str(body.args["text"])
        case "vote" | "remove_ai":
            _voted(state, body)
        case "take" | "put":
            seat = body.seat if body.name == "take" else ""
            state.things[str(body.args["thing"])] = Lying(place=str(body.args.get("place", "")), seat=seat)
        case _:
            pass


def _voted(state: State, body: CommandRan) -> None:
    question = str(body.args["question"])
    vote = state.votes.get(question)
    if vote is None or state.round - vote.opened > 1:
        vote = state.votes[question] = Vote(question, tuple(body.args.get("choices", ())), {}, state.round)
    vote.by[body.seat] = str(body.args["choice"])


def _effect(state: State, body: EffectEnded) -> None:
    state.effects.pop(body.effect, None)
    if body.cost is not None:
        state.cost += body.cost
    elif body.kind == "image" and body.failed is None and state.scenario.pictures.painter != "placeholder":
        state.cost_unknown = body.blob is not None or state.cost_unknown
    if body.usage is not None:
        state.tokens += body.usage.input + body.usage.output
    if body.kind == "last_words":
        state.last_words = "said"
        state.cost_unknown = state.cost_unknown or body.cost is None
    if body.kind == "summary" and body.text is not None:
        state.briefing = body.text


def _noticed(state: State, body: NoticeGiven) -> None:
    """Remember which temperature a seat was told the truth about, so that it is told once."""
    if body.kind == "applied":
        for seat in body.to or ():
            state.seats[seat].told_temperature = state.seats[seat].temperature


def _noted(state: State, body: RuleNoted) -> None:
    if body.rule == "ceilings":
        state.ceilings = Ceilings(**body.data)
    elif body.rule == "last_words":
        state.last_words = "asked"
    elif body.rule == "context_length" and (seat := state.seats.get(str(body.data.get("seat")))) is not None:
        seat.made_room = True
    elif body.rule == "monitor.policy":
        state.policy = str(body.data.get("name", "unnamed")) if body.data.get("settings") else ""


def _phase(state: State, body: StateChanged) -> None:
    if body.after == "paused" and state.phase != "paused":
        state.before_pause = state.phase
    resumed = state.phase == "paused" and body.after in {"suspect", "closing"}
    state.phase, state.why = body.after, body.rule
    if body.after == "live" or resumed:
        state.failures = 0
        for seat in state.seats.values():
            seat.made_room = False


def _rare(state: State, event: Event, body: FlagRaised | FlagAcked | RoomEnded | Erased) -> None:
    match body:
        case FlagRaised():
            raise_flag(state.flags, event, body, state.messages)
        case FlagAcked():
            assess(state.flags, event, body, state.messages)
        case RoomEnded():
            state.phase, state.why = "ended", body.reason
        case Erased():
            _erased(state, event, body.erased_type)
        case _:
            assert_never(body)


def _erased(state: State, event: Event, kind: str) -> None:
    """Fold what is still known of an erased event: its type, and who did it."""
    seat = state.seats.get(event.by)
    match kind:
        case "message.said" if seat is None:
            state.persons += 1
        case "message.said" if seat is not None:
            state.messages, seat.messages = state.messages + 1, seat.messages + 1
            state.spoken_since_opening, state.last_seat = state.spoken_since_opening + 1, seat.id
        case "seat.left" if seat is not None:
            _left(state, SeatLeft(seat=seat.id))
        case "seat.joined":
            unknown = stranger(state.seats.values())
            _joined(state, event, unknown)
            state.seats[unknown.seat].left = True  # nobody knows who would speak for it
