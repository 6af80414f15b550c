"""A ghost listens, and may take the seat of whoever it can foresee; another rule says who speaks next.

How well it foresaw each message is noted by the engine, which alone holds what it learned; here are only the figures,
and what follows from them. It knows no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypedDict

import msgspec
from msgspec import Meta

from antiphon.measures.mimicry import MOST
from antiphon.registry import names, plugin
from antiphon.room.asking import Ask
from antiphon.room.contracts import Moment, Rule
from antiphon.room.events import AnyBody, Event, RuleNoted, SeatChanged, SeatLeft
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import Seat, State

__all__ = ["PLUGIN", "Ghost"]

WINDOW = 5
"""Messages over which it is judged, and those without a new word after which it starves."""
_NEVER = frozenset({"ghost", "human", "imported"})
"""Providers whose seats it never takes: its own kind, people, and those for whom nobody speaks."""


class _Mind(TypedDict):
    inner: Any
    bits: dict[str, list[float]]
    own: list[float]
    held: dict[str, dict[str, Any]]
    mine: list[int]
    heard: int
    pairs: int
    dry: int
    hungry: int
    overfed: bool


class Ghost(RuleSettings, frozen=True, kw_only=True):
    """Lets a ghost take the seat it foresees best, below a threshold of bits per character over five messages.

    It gives the seat back when five messages in a row taught it nothing (starved), and learns no more when it is full
    (overfed). It takes no person's seat, and one seat only unless `spreads`.

    Attributes:
        over: the rule that says who speaks, with its settings: {round_robin = {}}.
        threshold: bits per character below which a seat is foreseen; plain English by strangers is above 2.
        spreads: whether it may take every other foreseen seat too, once its own speech is as coherent as that.
        first_question: what it says first in a seat; "" = whatever comes to it.
        most: pairs of context and word that it may learn.
    """

    over: dict[str, dict[str, Any]] = msgspec.field(default_factory=lambda: {"round_robin": {}})
    threshold: Annotated[float, Meta(gt=0, le=8)] = 0.5
    spreads: bool = False
    first_question: Annotated[str, Meta(max_length=2_000)] = ""
    most: Annotated[int, Meta(ge=100, le=250_000)] = MOST

    hint: ClassVar[str] = "Something in this room listens, and may speak in your place."

    def __post_init__(self) -> None:
        """Refuse to wrap no rule, several, or another ghost, and settings that the wrapped rule would refuse."""
        known = [name for name in names("who_speaks") if name != "ghost"]
        if len(self.over) != 1 or next(iter(self.over)) not in known:
            given = " and ".join(self.over) or "none"
            msg = f"a ghost listens over exactly one rule, not {given}; there are: {', '.join(known)}"
            raise ValueError(msg)
        self._inner()

    def terms(self) -> str:
        """Tell what it takes to lose one's seat."""
        return (
            "A ghost learns from everything said in this room. It may take the seat of whoever it foresees better than "
            f"{self.threshold:.15g} bits per character over {WINDOW} messages, and gives it back when nothing is new."
        )

    def promise(self, seat: str) -> str | None:
        """Tell what the wrapped rule tells, then what is told of the ghost."""
        told = (self._inner().promise(seat), RuleSettings.promise(self, seat))
        return " ".join(sentence for sentence in told if sentence) or None

    def start(self) -> _Mind:
        """Begin with nothing heard."""
        return {
            "inner": self._inner().start(),
            "bits": {},
            "own": [],
            "held": {},
            "mine": [],
            "heard": 0,
            "pairs": 0,
            "dry": 0,
            "hungry": -1,
            "overfed": False,
        }

    def step(self, memory: _Mind, event: Event) -> _Mind:
        """Take in how well a message was foreseen, and what became of seats; the wrapped rule takes in everything."""
        if memory["inner"] is not None:
            memory["inner"] = self._inner().step(memory["inner"], event)
        match event.body:
            case RuleNoted(rule="ghost", data={"message": int(message)} as data):
                _heard(memory, message, data)
            case RuleNoted(rule="ghost", data={"event": str(what)} as data):
                _befell(memory, what, data)
            case SeatLeft(seat=seat):
                memory["held"].pop(seat, None)
                memory["bits"].pop(seat, None)
            case SeatChanged(what="model", seat=seat, after=after) if after.get("provider") != "ghost":
                memory["held"].pop(seat, None)
                memory["bits"].pop(seat, None)
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Mind, moment: Moment) -> str | Ask | None:
        """Give what the wrapped rule answers: in whose place somebody speaks is not who speaks next."""
        answer: str | Ask | None = self._inner().answer(state, memory["inner"], moment)
        return answer

    def haunt(self, state: State, memory: _Mind) -> tuple[AnyBody, ...]:
        """Give the events of the ghost's next deed after a message: born, starved or overfed; () = it only listens."""
        if memory["pairs"] >= self.most and not memory["overfed"]:
            return (RuleNoted(rule="ghost", data={"event": "overfed", "pairs": memory["pairs"]}),)
        held = memory["held"]
        if held and memory["dry"] >= WINDOW:
            note = RuleNoted(rule="ghost", data={"event": "starved", "seats": list(held), "pairs": memory["pairs"]})
            return (note, *(_voiced(state.seats[seat], before) for seat, before in held.items() if seat in state.seats))
        if (held and not self._coherent(memory)) or memory["pairs"] <= memory["hungry"]:
            return ()
        foreseen = [
            (bits, seat)
            for seat in state.speakers()
            if seat.provider not in _NEVER and (bits := _mean(memory["bits"].get(seat.id, []))) < self.threshold
        ]
        return self._born(state, *min(foreseen, key=lambda one: one[0])) if foreseen else ()

    def _coherent(self, memory: _Mind) -> bool:
        return self.spreads and _mean(memory["own"]) < self.threshold

    def _born(self, state: State, bits: float, seat: Seat) -> tuple[AnyBody, ...]:
        before = _voice(seat)
        extra = {
            "since": state.seq + 1,
            "first_question": self.first_question,
            "markers": list(state.scenario.end_markers),
            "most": self.most,
        }
        after = {**_NOBODY, "extra": extra}
        numbers = {"bits": round(bits, 4), "threshold": self.threshold}
        note = RuleNoted(rule="ghost", data={"event": "born", "seat": seat.id, "before": before, **numbers})
        return note, _voiced(seat, after)

    def _inner(self) -> Rule:
        name, settings = next(iter(self.over.items()))
        return _wrapped(name, msgspec.json.encode(settings))


_NOBODY: dict[str, Any] = {
    "provider": "ghost",
    "model": "ghost",
    "display": "Ghost",
    "context": None,
    "free": True,
    "takes": [],
    "via": [],
    "price": None,
    "base_url": "",
    "key": "",
}
"""What a seat that a ghost took is made of; it costs nothing and calls nobody."""


@lru_cache(maxsize=64)  # a rule is a value: the same name and settings make the same one
def _wrapped(name: str, settings: bytes) -> Rule:
    rule: Rule = msgspec.json.decode(settings, type=plugin("who_speaks", name))
    return rule


def _heard(memory: _Mind, message: int, data: Mapping[str, Any]) -> None:
    """Keep the last figures of the seat, or of the ghost where it spoke itself."""
    memory["heard"] = message
    if data.get("ghost"):
        memory["mine"].append(message)
    bits, pairs = data.get("bits"), data.get("pairs", memory["pairs"])
    fed = pairs > memory["pairs"]
    memory["pairs"], memory["dry"] = pairs, 0 if fed else memory["dry"] + 1
    if isinstance(bits, int | float):
        kept = memory["own"] if data.get("ghost") else memory["bits"].setdefault(str(data["seat"]), [])
        kept.append(float(bits))
        del kept[:-WINDOW]


def _befell(memory: _Mind, what: str, data: Mapping[str, Any]) -> None:
    match what:
        case "born":
            memory["held"][data["seat"]] = dict(data["before"])
            memory["dry"] = 0
        case "starved":
            memory["held"], memory["own"], memory["hungry"] = {}, [], memory["pairs"]
        case "overfed":
            memory["overfed"] = True
        case _:
            pass


def _mean(bits: list[float]) -> float:
    """Average a full window; one that is not full foresees nothing."""
    return sum(bits) / WINDOW if len(bits) >= WINDOW else float("inf")


def _voice(seat: Seat) -> dict[str, Any]:
    """Give everything that says who speaks for a seat, so that it can be given back."""
    price = seat.price
    return {
        "provider": seat.provider,
        "model": seat.model,
        "display": seat.display,
        "context": seat.context,
        "free": seat.free,
        "takes": list(seat.takes),
        "via": list(seat.via),
        "price": None if price is None else msgspec.to_builtins(price),
        "base_url": seat.base_url,
        "key": seat.key,
        "extra": dict(seat.extra),
    }


def _voiced(seat: Seat, after: dict[str, Any]) -> SeatChanged:
    before = {"provider": seat.provider, "model": seat.model}
    return SeatChanged(seat=seat.id, what="model", before=before, after=after)


PLUGIN = Ghost
