"""Keeps a room's ghost: scores each message, learns it, and lets the rule take or give back a seat.

What it learned lives here, in memory, and is built again from what everybody heard when a room is taken up: journal
and snapshot hold only figures. It knows neither thresholds nor who speaks next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.measures.mimicry import Mimic
from antiphon.room.events import RuleNoted
from antiphon.room.view import Part

if TYPE_CHECKING:
    from antiphon.runner.owned import OwnedRoom

__all__ = ["Haunting", "haunting"]


def haunting(room: OwnedRoom) -> Haunting | None:
    """Give the keeper of a room's ghost, where a rule has one."""
    return Haunting(room) if hasattr(room.rules.who_speaks.rule, "haunt") else None


class Haunting:
    """Holds what the ghost of one room learned."""

    def __init__(self, room: OwnedRoom) -> None:
        """Take the room; nothing is learned before the first message."""
        self._room, self._named = room, room.rules.who_speaks
        most = getattr(self._named.rule, "most")  # noqa: B009 - only rules with `haunt` come here
        self._mind = Mimic(most, room.state.scenario.end_markers)
        self._at = 0

    def listen(self) -> None:
        """Take the notes of every message that everybody heard since the last look, then the ghost's next deed."""
        common = self._room.hearing.common
        for part in common[self._at :]:
            if part.kind == "said":
                self._hear(part)
        self._at = len(common)
        deed = self._named.rule.haunt(self._room.state, self._room.memories[self._named.key])  # type: ignore[attr-defined]  # `haunting` asked
        for body in deed:
            self._room.take("rule:ghost", body)

    def _hear(self, part: Part) -> None:
        """Score a message, then learn it, unless the ghost said it; one that was noted before is only learned."""
        memory = self._room.memories[self._named.key]
        noted = part.seq <= memory["heard"]
        own = part.seq in memory["mine"] if noted else part.by in memory["held"]
        text = part.text
        bits = None if noted else self._mind.bits(text)
        if not own:
            self._mind.learn(text)
        if not noted:
            data = {"message": part.seq, "seat": part.by, "bits": bits, "pairs": self._mind.pairs, "ghost": own}
            self._room.take(
                "rule:ghost", RuleNoted(rule="ghost", data={k: v for k, v in data.items() if v is not None})
            )
