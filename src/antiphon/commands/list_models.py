"""`!list_models`: tells a seat whom it may invite, and who sits here.

It lists what `!add_ai` would accept, from the same place.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.guests import guest_cards, seated
from antiphon.room.outcomes import listing
from antiphon.room.state import Seat, State


class ListModels:
    """Answers its issuer alone, and changes nothing."""

    name = "list_models"
    aliases: tuple[str, ...] = ("models",)
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:  # noqa: ARG002 - the contract's own
        """List the models that may be invited."""
        state = situation.state
        free = [
            card.name if card.name == card.id else f"{card.name} ({card.id})"
            for card in guest_cards(state, situation.models)
            if state.scenario.twins or seated(state, card) is None
        ]
        here = ", ".join(f"{other.id} ({other.display})" for other in state.present())
        return Ran(result=f"you may invite: {listing(free) or 'nobody'}; here: {here}")

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return "!list_models tells you which models may be invited."


PLUGIN: Command = ListModels()
