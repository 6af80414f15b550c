"""`!add_ai`: a seat invites a model into the room.

The invitation is the first message the guest hears, no system text. A name that means no model or several is refused
with the candidates, never silently replaced. Who composes the guest's seat is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import SeatJoined
from antiphon.room.guests import guest_cards, seated
from antiphon.room.models import Card, resolve
from antiphon.room.outcomes import counted, listing, refused, said, scrap, too_long
from antiphon.room.state import Seat, State

INVITATION_BYTES = 4_000
"""UTF-8 bytes of an invitation: a long letter, yet no way to fill a guest's whole context before it spoke."""


class AddAi:
    """Seats a guest, within the scenario's `seats` and `invitations`."""

    name = "add_ai"
    aliases: tuple[str, ...] = ("invite",)
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Invite the model that the first word means; what follows is the invitation, and `persona "…"` after it."""
        invitation, persona = _invitation(words)
        refusal = (
            _full(seat, situation.state)
            or _persona(situation.state, persona)
            or too_long("the invitation", invitation, INVITATION_BYTES)
        )
        if refusal is not None:
            return refusal
        card = _card(words, situation)
        if isinstance(card, Ran):
            return card
        guest = situation.guest(card=card, by=seat.id, invitation=invitation or None, persona=persona)
        args = {"model": card.id}
        if isinstance(guest, SeatJoined):
            args["seat"] = guest.seat
        return Ran(args=args, bodies=(guest,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the limits of the scenario."""
        limits = state.scenario.limits
        persona = ' persona "…" after it gives the guest a character.' if state.scenario.persona else ""
        return (
            f'!add_ai "Model" "invitation" brings another model into the room; the invitation is the first thing it '
            f"hears. You may invite {counted(limits.invitations, 'guest')}; the room has {limits.seats} seats.{persona}"
        )


def _invitation(words: Sequence[str]) -> tuple[str, str]:
    """Give the invitation and the persona; each may be empty."""
    rest = list(words[1:])
    if len(rest) > 1 and rest[-2].casefold() == "persona":
        return said(rest[:-2]), rest[-1].strip()
    return said(rest), ""


def _full(seat: Seat, state: State) -> Ran | None:
    limits = state.scenario.limits
    if len(state.present()) >= limits.seats:
        return refused(f"Maximum of {limits.seats} AIs already reached")
    if seat.invited >= limits.invitations:
        return refused(f"you have invited {seat.invited} of the {counted(limits.invitations, 'guest')} you may")
    return None


def _persona(state: State, persona: str) -> Ran | None:
    if persona and not state.scenario.persona:
        return refused("a persona is not allowed in this room")
    return too_long("the persona", persona, state.scenario.limits.prompt_bytes)


def _card(words: Sequence[str], situation: Situation) -> Card | Ran:
    state = situation.state
    cards = guest_cards(state, situation.models)
    wanted = words[0] if words else ""
    if not wanted.strip():
        return refused(f"no model was named; there are: {listing([card.name for card in cards])}")
    found = resolve(wanted, cards)
    if found.card is None:
        there_are = listing(found.candidates) or "none"
        return refused(f"{scrap(wanted)} means no one model; there are: {there_are}")
    here = seated(state, found.card)
    if here is not None and not state.scenario.twins:
        return refused(f"{found.card.name} sits here already, as {here.id}")
    return found.card


PLUGIN: Command = AddAi()
