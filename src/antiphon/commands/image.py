"""`!image`: a seat asks for a picture, painted beside the conversation.

The outcome is pending; the picture arrives as an event of its own. Who paints is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.outcomes import counted, refused, said, too_long
from antiphon.room.state import Seat, State

DESCRIPTION_BYTES = 4_000
"""UTF-8 bytes of a description: what image endpoints take, about."""


class Image:
    """Orders a picture, within the scenario's `images`."""

    name = "image"
    aliases: tuple[str, ...] = ("imagine",)
    paid = True
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:  # noqa: ARG002 - the contract's own
        """Order a picture of the words; `again` before them asks for a variant."""
        state = situation.state
        again = len(words) > 1 and words[0].casefold() == "again"
        text = said(words[1:] if again else words)
        if not text:
            return refused('there is no description; write !image "description"')
        if state.images >= state.scenario.limits.images:
            return refused(f"the room has had its {counted(state.scenario.limits.images, 'picture')}")
        if (refusal := too_long("the description", text, DESCRIPTION_BYTES)) is not None:
            return refusal
        args = {"text": text, "variant": state.images if again else 0}
        return Ran(outcome="pending", args=args, effect=situation.next_effect)

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the limits of the scenario."""
        limits = state.scenario.limits
        copies = f"; the same one not again within {counted(limits.repeat_window, 'message')}"
        return (
            f'!image "description" makes a picture that everybody sees, {counted(limits.images, "picture")} in the '
            f"room's life{copies if limits.repeat_window else ''}. "
            '!image again "description" makes a variant.'
        )


PLUGIN: Command = Image()
