"""What was said once is burned: nobody in the room may say the same words in a row again.

It compares runs of words exactly, whatever their case and punctuation; a message shorter than a run is one run. It
knows nothing of meaning, and forgets nothing until it is full.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypedDict

from msgspec import Meta

from antiphon.measures.prediction import words
from antiphon.room.contracts import Allowance, Moment, Verdict
from antiphon.room.events import Event, MessageSaid, RoomOpened, RuleNoted, TurnEnded, TurnRequested
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Burned"]

MOST = 200_000
"""Runs that are kept, some 30 MB: what is said after that is compared, and burns nothing more."""
_LONGEST = 200
"""Characters of a run that are kept and compared; only what has no spaces at all is longer."""


class _Ashes(TypedDict):
    said: dict[str, int]
    waits: dict[str, int]
    short: dict[str, int]
    asked: str


class Burned(RuleSettings, frozen=True, kw_only=True):
    """Penalises a message that repeats `n` words in a row, whoever said them first in the room.

    Attributes:
        n: words of a run; in scripts without spaces a character is a word.
        scope: whose words are burned: those said since this room opened ("room"), or its parents' too ("lineage").
        penalty: "next_turn" = the seat is passed over once; "tokens" = its next message has at most `tokens`;
            "leave" = it leaves for good.
        tokens: tokens of the next message under the penalty "tokens".
        allowed: repeated runs a message may have.
    """

    n: Annotated[int, Meta(ge=1, le=50)] = 4
    scope: Literal["room", "lineage", "journal"] = "room"
    penalty: Literal["next_turn", "tokens", "leave"] = "next_turn"
    tokens: Annotated[int, Meta(ge=1)] = 40
    allowed: Annotated[int, Meta(ge=0)] = 0

    hint: ClassVar[str] = "What was said once cannot be said again here."

    def __post_init__(self) -> None:
        """Refuse a scope that nothing can look through yet."""
        if self.scope == "journal":
            msg = "scope 'journal' needs an index over all rooms, which there is not yet; write 'room' or 'lineage'"
            raise ValueError(msg)

    def terms(self) -> str:
        """Tell the length of a run, whose words count, and the penalty."""
        fate = {
            "next_turn": "you forfeit your next turn",
            "tokens": f"your next message may have at most {self.tokens} tokens",
            "leave": "you leave the room",
        }[self.penalty]
        since = "in this room" if self.scope == "room" else "in this room and those it was forked from"
        spared = f" more than {self.allowed} times" if self.allowed else ""
        return f"Whoever repeats {self.n} words in a row that were said {since}{spared} is penalised: {fate}."

    def start(self) -> _Ashes:
        """Begin with nothing burned."""
        return {"said": {}, "waits": {}, "short": {}, "asked": ""}

    def step(self, memory: _Ashes, event: Event) -> _Ashes:
        """Burn what everybody heard; keep who owes a penalty, and who has paid it."""
        match event.body:
            case MessageSaid(to=None, whisper=False) as body:
                _burn(memory["said"], _runs(body.text if body.shown is None else body.shown, self.n), event.seq)
            case RoomOpened(parent=str()) if self.scope == "room":
                memory["said"] = {}
            case RuleNoted(rule="burned", data={"seat": str(seat), "penalty": "next_turn"}):
                memory["waits"][seat] = 0
            case RuleNoted(rule="burned", data={"seat": str(seat), "penalty": "tokens"}):
                memory["short"][seat] = event.seq
            case TurnRequested(purpose="speak", seat=seat):
                memory["asked"] = seat
            case TurnEnded(outcome="said" | "passed" | "cut") if memory["asked"]:
                _turned(memory)
            case _:
                pass
        return memory

    def answer(self, state: State, memory: _Ashes, moment: Moment) -> Verdict:  # noqa: ARG002 - the memory knows
        """Name the first repeated run, where it was first said, and how many there are."""
        said, here = memory["said"], set[str]()
        again: list[str] = []
        for run in _runs(moment.text, self.n):
            if run in said or run in here:
                again.append(run)
            here.add(run)
        if len(again) <= self.allowed:
            return Verdict()
        data = {"words": again[0], "first_at": said.get(again[0]), "times": len(again)}
        return Verdict(ok=False, reason="words that were burned", penalty=self.penalty, noted="burned", data=data)

    def penalty_of(self, state: State, memory: _Ashes, moment: Moment) -> Allowance:
        """Give what a seat may still use: nothing while the turn it forfeits passes by, little after a short leash."""
        waited = memory["waits"].get(moment.seat)
        if waited is not None and waited < len(state.speakers()):
            return Allowance(tokens=0)
        return Allowance(tokens=self.tokens, cut="burned") if moment.seat in memory["short"] else Allowance()


def _runs(text: str, n: int) -> list[str]:
    """Give every run of n words; of a shorter text all its words, of one without words its signs."""
    found = words(text)
    if not found:
        signs = " ".join(text.split())[:_LONGEST]
        return [signs] if signs else []
    return [" ".join(found[here : here + n])[:_LONGEST] for here in range(max(1, len(found) - n + 1))]


def _burn(said: dict[str, int], runs: list[str], seq: int) -> None:
    for run in runs:
        if len(said) >= MOST:
            return
        said.setdefault(run, seq)


def _turned(memory: _Ashes) -> None:
    """A turn has ended: who waits has waited one more, and whose turn it was has paid."""
    speaker, memory["asked"] = memory["asked"], ""
    memory["waits"].pop(speaker, None)
    memory["short"].pop(speaker, None)
    for seat in memory["waits"]:
        memory["waits"][seat] += 1


PLUGIN = Burned
