"""Plays a room's events again and compares: each view that was sent must be the one the events give.

    verify --replay

It repeats no call and draws no chance; it knows the stored digest and computes its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.errors import BrokenChain
from antiphon.room.contracts import Record
from antiphon.room.events import TurnRequested
from antiphon.room.records import decode
from antiphon.runner.opening import blank

__all__ = ["replay"]


def replay(room: str, records: Sequence[Record]) -> int:
    """Fold a whole history and check every view on the way.

    Args:
        room: its id.
        records: all of its records with its parents' prefixes, oldest first.

    Returns:
        How many views were compared; views that held an erased message cannot be, and are left out.

    Raises:
        BrokenChain: naming the sequence number of the first view that differs.
    """
    fold = blank(room)
    compared, erased = 0, False
    for record in records:
        event = decode(record)
        erased = erased or record.body is None
        body = event.body
        if isinstance(body, TurnRequested) and body.purpose == "speak" and not erased:
            fact = fold.hearing.fact(fold.state.seats[body.seat])
            if fact.digest != body.view.digest or fact.bytes != body.view.bytes:
                raise BrokenChain(room, event.seq, f"{body.seat} was shown another view than the events give")
            compared += 1
        fold.take(event)
    return compared
