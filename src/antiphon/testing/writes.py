"""Makes the writes of small rooms, for tests of journals: what a runner would append, without a runner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

from antiphon.room.events import AnyBody, Event, MessageSaid
from antiphon.room.journals import Claim, Journal, Lease, Record, Write

__all__ = ["Opens", "add", "begin", "refused", "said", "say", "write"]

Opens: TypeAlias = Callable[[], Journal]
"""Opens a journal: each call another one, over the same storage."""

AT = "2027-01-15T08:00:00.000Z"


def said(stream: str, seq: int, text: str = "") -> Event:
    """Make a message at a place in a room."""
    return Event(stream, seq, AT, "AI-1", MessageSaid(seat="AI-1", text=text or f"message {seq} of {stream}"))


def write(lease: Lease, *bodies: AnyBody, after: int | None = None, done: tuple[str, ...] = ()) -> Write:
    """Make one write of these bodies behind sequence number `after` (None: the lease's head)."""
    first = 1 + (lease.head_seq if after is None else after)
    events = tuple(Event(lease.stream, seq, AT, "runner", body) for seq, body in enumerate(bodies, first))
    counters = {"messages": first + len(bodies) - 1}
    return Write(stream=lease.stream, fence=lease.fence, events=events, phase="live", counters=counters, done=done)


async def begin(journal: Journal, stream: str, messages: int | Sequence[str] = 0) -> Lease:
    """Create a room and say so many messages, or these, in one write; the lease is as of its creation."""
    lease = await journal.claim(Claim(stream=stream, create=True))
    texts = [f"message {n + 1} of {stream}" for n in range(messages)] if isinstance(messages, int) else messages
    if texts:
        await add(journal, lease, *(MessageSaid(seat="AI-1", text=text) for text in texts))
    return lease


async def add(journal: Journal, lease: Lease, *bodies: AnyBody, after: int | None = None) -> tuple[Record, ...]:
    """Append bodies to a room."""
    return await journal.append(write(lease, *bodies, after=after))


async def say(journal: Journal, lease: Lease, seq: int, text: str = "") -> Record:
    """Append one message at a place."""
    events = (said(lease.stream, seq, text),)
    stored = await journal.append(
        Write(stream=lease.stream, fence=lease.fence, events=events, phase="live", counters={"messages": seq})
    )
    return stored[0]


Refusal = TypeVar("Refusal", bound=Exception)


async def refused(kind: type[Refusal], doing: Awaitable[object]) -> Refusal:
    """Await what must raise `kind`, and give the error; raises AssertionError when it does not."""
    try:
        await doing
    except kind as error:
        return error
    msg = f"nothing raised {kind.__name__}"
    raise AssertionError(msg)
