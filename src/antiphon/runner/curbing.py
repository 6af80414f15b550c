"""Has commands refused that the monitor refuses a seat for now, with its reason; all others run as they are.

It counts nothing, and knows no event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from antiphon.monitor.curbs import USUAL
from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.state import Seat, State
from antiphon.runner.settle import Lookup

__all__ = ["curbed"]


def curbed(lookup: Lookup, refusals: Mapping[str, str]) -> Lookup:
    """Give the commands with those of `refusals` (command -> reason) refused where they would go further."""
    if not refusals:
        return lookup
    commands = {
        name: _Curbed(command, refusals[name]) if name in refusals else command
        for name, command in lookup.commands.items()
    }
    return msgspec.structs.replace(lookup, commands=commands)


class _Curbed(Struct, frozen=True):
    """Is a command that is refused, except where it takes back."""

    command: Command
    reason: str

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.command.aliases

    @property
    def paid(self) -> bool:
        return self.command.paid

    @property
    def shown(self) -> str:
        return self.command.shown

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        ran = self.command.run(seat, words, situation)
        if ran.outcome != "done" or _takes_back(seat, ran):
            return ran
        return Ran(outcome="refused", reason=self.reason, args={"curbed": self.name})

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:
        return self.command.promise(seat_rights, state)


def _takes_back(seat: Seat, ran: Ran) -> bool:
    """Tell whether a change brings a seat nearer to where it began."""
    if "value" in ran.args:
        return bool(ran.args["value"] <= (USUAL if seat.temperature is None else seat.temperature))
    return ran.args.get("how") == "revert"
