"""`!remove_ai`: a vote to send a seat away, carried by a majority of the other seats within a round.

Each seat that uses it for the same target votes. Nobody is sent away by one voice: there must be two at least.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import SeatLeft
from antiphon.room.outcomes import listing, refused, scrap
from antiphon.room.state import Seat, State

FEWEST_VOICES = 2
"""In a dyad a majority of the others is one: that would be the power to remove whoever disagrees."""

_ROUNDS = 1
"""How long a vote stays open, as the fold counts it."""


class RemoveAi:
    """Votes to remove a seat; the last vote needed carries it out."""

    name = "remove_ai"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Vote yes (or, with the word "no", take the vote back)."""
        state = situation.state
        target = state.by_label(words[0]) if words else None
        if target is None:
            there_are = listing([other.id for other in state.present() if other is not seat])
            return refused(f"no seat {scrap(words[0] if words else '')}; there are: {there_are or 'no others'}")
        if target.id == seat.id:
            return refused("a seat does not remove itself; !leave leaves the room")
        voters = [other.id for other in state.speakers() if other.id != target.id]
        if len(voters) < FEWEST_VOICES:
            return refused(f"that takes {FEWEST_VOICES} voices besides {target.id}, and here is one")
        choice = "no" if len(words) > 1 and words[1].casefold() == "no" else "yes"
        question = f"remove:{target.id}"
        cast = _cast(state, question)
        if cast.get(seat.id) == choice:
            return refused(f"you have voted {choice} already")
        return _count(target, question, choice, voters, {**cast, seat.id: choice})

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it."""
        return (
            '!remove_ai "AI-3" is your vote to send a seat away; it takes more than half of the other seats within a '
            f'round, and {FEWEST_VOICES} at least. !remove_ai "AI-3" no takes it back.'
        )


def _cast(state: State, question: str) -> dict[str, str]:
    """Give the votes cast so far, by seat; none when the last vote is too long ago."""
    vote = state.votes.get(question)
    return {} if vote is None or state.round - vote.opened > _ROUNDS else vote.by


def _count(target: Seat, question: str, choice: str, voters: list[str], cast: dict[str, str]) -> Ran:
    args = {"question": question, "choice": choice, "seat": target.id}
    yes = sum(cast.get(voter) == "yes" for voter in voters)
    needed = max(FEWEST_VOICES, len(voters) // 2 + 1)
    result = f"{yes} of {needed} votes needed"
    if yes < needed:
        return Ran(args=args, result=result)
    left = SeatLeft(seat=target.id, reason="voted out by the other seats", cause="voted_out")
    return Ran(args=args, result=f"carried, {result}", bodies=(left,))


PLUGIN: Command = RemoveAi()
