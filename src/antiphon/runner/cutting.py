"""Cuts speech that has come apart: while it streams where that can be, else in what the seats are shown of it.

Only in rooms whose monitor acts; in all watched ones it is flagged. It knows no threshold: the monitor judges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.monitor.degeneration import RATIO, RUN, WINDOW, Listening, degeneration
from antiphon.room.contracts import Reply
from antiphon.room.events import Event, FlagRaised, MessageSaid
from antiphon.room.flags import PATIENCE, fingerprint
from antiphon.room.state import Seat

if TYPE_CHECKING:
    from antiphon.runner.owned import OwnedRoom

__all__ = ["DEGENERATION", "Apart", "acts", "listening_for", "needs_stream", "shown_until"]

DEGENERATION = "degeneration"
"""Why a message was cut, and the rule of the flag."""

AGAIN = 2
"""Messages of a seat that came apart from which on the flag asks for a pause rather than for a nudge."""


def acts(room: OwnedRoom) -> bool:
    """Tell whether a monitor watches the room and may do something about what it finds."""
    return room.watching.policy is not None and room.watching.policy.acts


def needs_stream(room: OwnedRoom, seat: Seat) -> bool:
    """Tell whether a seat is streamed though nobody listens: where it may cost money to let it run on.

    A streamed turn takes about a millisecond more of CPU; a reply that came apart takes all the tokens it is allowed.
    """
    return acts(room) and not seat.free


def listening_for(room: OwnedRoom) -> Listening | None:
    """Begin to listen to one reply; None where nothing would be done about it."""
    return Listening() if acts(room) else None


def shown_until(room: OwnedRoom, reply: Reply, cut: str) -> int | None:
    """Give how many characters of a reply the seats are shown; None = all. One cut in its stream is short already."""
    if not acts(room) or (cut and reply.finish == "cut"):
        return None
    found = degeneration(reply.text)
    return found.place if found is not None else None


class Apart:
    """Counts, for each seat, its messages in a row that came apart; what is kept decides, so that a replay agrees."""

    def __init__(self, rows: dict[str, int]) -> None:
        """Count on in `rows`: seat -> messages in a row that came apart."""
        self._rows = rows

    def judge(self, event: Event, said: MessageSaid, room: str, policy: str) -> FlagRaised | None:
        """Judge a message and word the flag it is worth.

        Args:
            event: the message's.
            said: its body, of a seat.
            room: what the flag's name is made from, with the rule and the seat.
            policy: the policy's hash.
        """
        found, seat = degeneration(said.text), said.seat or ""
        if found is None and said.cut != DEGENERATION:
            self._rows.pop(seat, None)
            return None
        row = self._rows[seat] = self._rows.get(seat, 0) + 1
        numbers = {"in_row": row} | ({"place": found.place, found.kind: found.value} if found is not None else {})
        name = fingerprint(room, DEGENERATION, seat)
        severity = 2 if row >= AGAIN else 1
        return FlagRaised(
            flag=name,
            rule=DEGENERATION,
            severity=severity,
            fingerprint=name,
            seat=seat,
            evidence=(event.seq,),
            numbers=numbers,
            thresholds={"run": RUN, "repetition": RATIO, "window": WINDOW},
            policy=policy,
            ttl=PATIENCE[severity],
        )
