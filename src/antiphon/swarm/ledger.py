"""The swarm's own stream: what was planned, every order with its author, every report; and the inbox for orders.

It is a stream like a room's, chained and owned, of `rule.noted` events alone; it is no room and holds no speech.
"""

from __future__ import annotations

import time
from typing import Any

from antiphon.errors import NotAllowed, UserError
from antiphon.room.contracts import Claim, Journal, Lease, Request, Write
from antiphon.room.events import Event, RuleNoted
from antiphon.room.records import decode
from antiphon.room.times import stamp

__all__ = ["Ledger", "ask", "noted", "stream_of"]


def stream_of(swarm: str) -> str:
    """Name the stream of a swarm."""
    return f"swarm:{swarm}"


class Ledger:
    """Is a swarm's stream, owned by whoever leads it."""

    def __init__(self, journal: Journal, lease: Lease) -> None:
        """Take the lease; `open` makes one."""
        self._journal, self._lease, self._seq = journal, lease, lease.head_seq

    @classmethod
    async def open(cls, journal: Journal, swarm: str) -> Ledger:
        """Claim the stream, or make it; raises RoomOwned when another process leads this swarm."""
        stream = stream_of(swarm)
        there = await journal.room(stream) is not None
        return cls(journal, await journal.claim(Claim(stream=stream, create=not there)))

    async def note(self, by: str, what: str, data: dict[str, Any], done: tuple[str, ...] = ()) -> None:
        """Store what was planned, ordered or reported; `done` names the requests it answers."""
        # data: Any: JSON, as each note says
        self._seq += 1
        body = RuleNoted(rule=f"swarm.{what}", data=data)
        event = Event(self._lease.stream, self._seq, stamp(time.time_ns() // 1_000_000), by, body)
        phase = "ended" if what == "reported" else "live"
        counters = {"scenario": "swarm", "why": what}
        write = Write(
            stream=self._lease.stream,
            fence=self._lease.fence,
            events=(event,),
            phase=phase,
            counters=counters,
            done=done,
        )
        await self._journal.append(write)

    async def orders(self) -> list[Request]:
        """Give the orders that wait."""
        return await self._journal.asked([self._lease.stream])

    async def close(self) -> None:
        """Let the stream go."""
        await self._journal.release(self._lease)


async def noted(journal: Journal, swarm: str, what: str) -> list[dict[str, Any]]:  # Any: as the note says
    """Give every note of one kind, oldest first."""
    events = [decode(record) for record in await journal.read(stream_of(swarm))]
    return [e.body.data for e in events if isinstance(e.body, RuleNoted) and e.body.rule == f"swarm.{what}"]


async def ask(journal: Journal, swarm: str, request: Request) -> None:
    """Hand an order to whoever leads a swarm.

    Raises:
        UserError: when there is no such swarm.
        NotAllowed: when nobody leads it now.
    """
    row = await journal.room(stream_of(swarm))
    if row is None:
        raise UserError(f"there is no swarm {swarm!r} here; `antiphon swarm list` names those there are")
    if not row.owner_alive:
        raise NotAllowed(f"nobody runs the swarm {swarm!r} now; run it again, and it goes on where it stopped")
    await journal.ask(request)
