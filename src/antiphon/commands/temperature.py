"""`!temperature`: a seat sets how freely it speaks, from 0 to the scenario's maximum.

What the model really takes is the provider's business; the engine tells the seat what was applied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import NoticeGiven, SeatChanged
from antiphon.room.outcomes import others, refused, scrap
from antiphon.room.state import Seat, State

PER_TURN = 1
"""Only the last of several would ever apply."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d{0,18})?|\.\d{1,18})", re.ASCII)
"""Plain decimals: no nan, no inf, no exponents, no digits of other scripts."""


class Temperature:
    """Changes the issuer's temperature, within the scenario's `temperature_max`."""

    name = "temperature"
    aliases: tuple[str, ...] = ("temp",)
    paid = False
    shown = "stripped"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Set the temperature to the first word."""
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused("your temperature changed once in this turn already")
        most = situation.state.scenario.limits.temperature_max
        word = words[0].strip().rstrip(",;") if words else ""
        if _NUMBER.fullmatch(word) is None:
            return refused(f"{scrap(word)} is no temperature; write a number from 0 to {most:g}")
        value = float(word)
        if not 0 <= value <= most:
            return refused(f"{value:g} is out of range; write a number from 0 to {most:g}")
        value = abs(value)
        change = SeatChanged(seat=seat.id, what="temperature", before=seat.temperature, after=value)
        text = f"[{seat.label} adjusted their temperature]"
        notice = NoticeGiven(text=text, to=others(seat, situation.state), kind=self.name)
        return Ran(args={"value": value}, bodies=(change, notice))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the scenario's maximum."""
        return (
            f"!temperature x sets your own sampling temperature, from 0 to {state.scenario.limits.temperature_max:g}."
        )


PLUGIN: Command = Temperature()
