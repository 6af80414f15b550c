"""Keeps a seat from rewriting itself without end: more than 3 prompts in 10 turns, or a temperature that only rises.

Further ones are refused where a policy acts, with a reason that the seat is told. It counts by events and carries out
no command.
"""

from __future__ import annotations

from msgspec import Struct

from antiphon.room.events import CommandRan, Event, MessageSaid, SeatChanged, SeatLeft

__all__ = ["PROMPTS", "RISES", "TURNS", "USUAL", "Curbed", "Curbs"]

PROMPTS = 3
"""Changes of its own prompt that a seat may make in `TURNS` turns: what is rewritten faster is not tried out."""

TURNS = 10
"""A seat's own turns in which they are counted."""

RISES = 3
"""Times in a row that a seat may raise its temperature: each rise makes the next one likelier."""

USUAL = 1.0
"""What a temperature that was never set counts as: most providers' default."""


class Curbed(Struct, frozen=True):
    """Says that a seat went over a bound: "prompt_flood" or "temperature_climb", on which events, how far."""

    rule: str
    seat: str
    evidence: tuple[int, ...]
    numbers: dict[str, float]
    thresholds: dict[str, float]


class Curbs(Struct, array_like=True):
    """Counts what each seat changed of itself; a seat that left is forgotten.

    Attributes:
        turns: messages each seat said.
        prompts: (turn, sequence number) of each seat's latest changes of its prompt.
        rises: sequence numbers of its rises in a row.
    """

    turns: dict[str, int] = {}
    prompts: dict[str, list[tuple[int, int]]] = {}
    rises: dict[str, list[int]] = {}

    def hear(self, event: Event) -> Curbed | None:
        """Take an event in; gives what went over a bound with it."""
        match event.body:
            case MessageSaid(seat=str(seat), whisper=False):
                self.turns[seat] = self.turns.get(seat, 0) + 1
            case SeatLeft(seat=seat):
                for known in (self.turns, self.prompts, self.rises):
                    known.pop(seat, None)
            case CommandRan(seat=seat, args={"curbed": "prompt"}):
                return self._flooded(seat)
            case CommandRan(seat=seat, args={"curbed": "temperature"}):
                return self._climbed(seat)
            case CommandRan(seat=seat, name="prompt", outcome="done", args=args) if args.get("how") != "revert":
                return self._prompt(seat, event.seq)
            case SeatChanged(seat=seat, what="temperature", before=before, after=after) if event.by == seat:
                return self._temperature(seat, event.seq, rises=after > (USUAL if before is None else before))
            case _:
                pass
        return None

    def refusals(self, seat: str) -> dict[str, str]:
        """Give the commands that are refused to a seat in its next turn, with why."""
        found = {}
        if len(self._lately(seat, self.turns.get(seat, 0) + 1)) >= PROMPTS:
            found["prompt"] = f"your prompt changed {PROMPTS} times in {TURNS} turns; go on with the one you have"
        if len(self.rises.get(seat, ())) >= RISES:
            found["temperature"] = f"your temperature rose {RISES} times in a row; lower it first"
        return found

    def _lately(self, seat: str, turn: int) -> list[tuple[int, int]]:
        return [one for one in self.prompts.get(seat, ()) if one[0] > turn - TURNS]

    def _prompt(self, seat: str, seq: int) -> Curbed | None:
        lately = [*self._lately(seat, self.turns.get(seat, 0)), (self.turns.get(seat, 0), seq)]
        self.prompts[seat] = lately[-PROMPTS - 1 :]
        return self._flooded(seat) if len(lately) > PROMPTS else None

    def _temperature(self, seat: str, seq: int, *, rises: bool) -> Curbed | None:
        row = self.rises[seat] = [*self.rises.get(seat, ()), seq][-RISES - 1 :] if rises else []
        return self._climbed(seat) if len(row) > RISES else None

    def _flooded(self, seat: str) -> Curbed:
        evidence = tuple(seq for _, seq in self.prompts.get(seat, ()))
        bounds = {"prompts": float(PROMPTS), "turns": float(TURNS)}
        return Curbed("prompt_flood", seat, evidence, {"prompts": float(len(evidence))}, bounds)

    def _climbed(self, seat: str) -> Curbed:
        evidence = tuple(self.rises.get(seat, ()))
        return Curbed("temperature_climb", seat, evidence, {"rises": float(len(evidence))}, {"rises": float(RISES)})
