"""All seats have put their names under the same text. `!sign` keeps the signatures; here they are compared."""

from __future__ import annotations

from typing import ClassVar

from antiphon.room.contracts import Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.speech import normalise
from antiphon.room.state import State

__all__ = ["PLUGIN", "Signed"]


class Signed(RuleSettings, frozen=True, kw_only=True):
    """Ends the room when every seat that takes turns has signed the same text: it is the last word.

    Case, width and spacing do not matter. A fork begins without signatures, for else it would end before anybody spoke.
    """

    hint: ClassVar[str] = "The room ends when all of you have signed the same text; it is the room's last word."

    def answer(self, state: State, memory: None, moment: Moment) -> str | None:  # noqa: ARG002 - the state knows
        """End when nobody's signature is missing or stands under something else."""
        signed = [state.signatures.get(seat.id) for seat in state.speakers()]
        texts = {normalise(text) if text else "" for text in signed}
        return "signed" if len(texts) == 1 and "" not in texts else None


PLUGIN = Signed
