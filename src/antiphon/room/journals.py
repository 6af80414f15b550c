"""What the room asks of a journal: four Protocols (append, read, tail, own), two more to keep and to erase.

Real ones stand in `antiphon.journal`; every one of them passes `antiphon.testing.journals`. Nothing here is
implemented here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from antiphon.room.events import Event

__all__ = [
    "Appends",
    "Claim",
    "Erases",
    "Journal",
    "Keeps",
    "Lease",
    "Owns",
    "Reads",
    "Record",
    "Request",
    "RoomRow",
    "Tails",
    "TakesIn",
    "Write",
]


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """Is an event as it is stored. `body` and `salt` are None where the owner erased them.

    `hash` is 32 bytes; `position` grows with every commit of a journal (0 when not read from one).
    """

    stream: str
    seq: int
    at: str
    type: str
    by: str
    v: int
    salt: bytes | None
    body: bytes | None
    digest: bytes
    """H(salt ‖ body): kept when salt and body are erased, so that the chain still verifies."""
    hash: bytes
    position: int = 0


class Write(Struct, frozen=True, kw_only=True):
    """Is one append: consecutive events of one room, all or nothing.

    Attributes:
        fence: from the lease; the journal refuses any other.
        events: first has the expected sequence number (head + 1).
        phase: the room's state after these events, for the table `room`.
        counters: JSON for the table `room`, such as {"messages": 12, "tokens": 3400}.
        done: inbox request ids that these events answer; removed in the same transaction.
    """

    stream: str
    fence: int
    events: tuple[Event, ...]
    phase: str
    counters: dict[str, Any]
    done: tuple[str, ...] = ()


class Claim(Struct, frozen=True, kw_only=True):
    """Asks for a room: an existing one, or (with `create`) a new one.

    A fork is created with `head_seq` = the parent's sequence number and `head_hash` = its hash there.
    """

    stream: str
    create: bool = False
    head_seq: int = 0
    head_hash: bytes = b""
    parent: str | None = None


class Lease(Struct, frozen=True, kw_only=True):
    """Is the right to append to a room."""

    stream: str
    owner: str
    fence: int
    head_seq: int
    head_hash: bytes


class Request(Struct, frozen=True, kw_only=True):
    """Is what another process asks of a room's owner: verbs are say, whisper, pause, resume, end, mute and so on."""

    id: str
    stream: str
    verb: str
    arguments: dict[str, Any] = {}  # Any: as the verb says
    by: str = "person"


class RoomRow(Struct, frozen=True, kw_only=True):
    """Is one line of the table `room`: what a list of rooms shows without reading events."""

    stream: str
    head_seq: int
    head_hash: bytes
    phase: str
    counters: dict[str, Any]
    owner: str | None
    owner_pid: int | None
    owner_alive: bool
    fence: int
    parent: str | None
    created_at: str
    changed_at: str


class Appends(Protocol):
    """Writes events."""

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Store one write; returns once it is durable. Raises Fenced or Stale, and then nothing was stored."""
        ...


class Reads(Protocol):
    """Reads one stream, and lists them."""

    async def read(self, stream: str, after: int = 0, until: int | None = None) -> list[Record]:
        """Give the stream's own records with after < seq <= until, oldest first (a fork's prefix is its parent's)."""
        ...

    async def rooms(self) -> list[RoomRow]:
        """List every room, newest change first."""
        ...

    async def room(self, stream: str) -> RoomRow | None:
        """Give one room's row."""
        ...


class Tails(Protocol):
    """Follows what is committed, whoever commits it."""

    async def tail(
        self, position: str | None, streams: Sequence[str] | None = None, limit: int = 1000
    ) -> tuple[list[Record], str]:
        """Give records committed after `position` (None: from the beginning) and the position to go on from.

        Never skips a record, in whatever order writers commit. `position` is opaque.
        """
        ...

    async def end(self) -> str:
        """Give the position behind everything committed so far."""
        ...


class Owns(Protocol):
    """Decides who may write, and carries requests to who does."""

    async def claim(self, claim: Claim) -> Lease:
        """Take a room; raises RoomOwned when a live process has it, UnknownName when there is none."""
        ...

    async def release(self, lease: Lease) -> None:
        """Let a room go."""
        ...

    async def ask(self, request: Request) -> None:
        """Put a request into the inbox of a room's owner."""
        ...

    async def asked(self, streams: Sequence[str] | None = None) -> list[Request]:
        """Give the requests waiting for these rooms (None: for every room this process owns), oldest first."""
        ...

    async def withdraw(self, request: str) -> bool:
        """Remove a request that nobody took; False when it is gone already."""
        ...


class Keeps(Protocol):
    """Keeps what is beside events: snapshots (a cache), blobs, notebooks, the search index."""

    async def put_blob(self, data: bytes, mime: str) -> str:
        """Keep bytes; returns "sha256:…"."""
        ...

    async def get_blob(self, name: str) -> tuple[bytes, str] | None:
        """Give bytes and MIME type."""
        ...

    async def put_snapshot(self, stream: str, seq: int, head_hash: bytes, engine: str, data: bytes) -> None:
        """Keep a snapshot; the newest of a room replaces older ones."""
        ...

    async def get_snapshot(self, stream: str, engine: str) -> tuple[int, bytes, bytes] | None:
        """Give (seq, head_hash, data) of the newest snapshot this engine wrote."""
        ...

    async def put_notes(self, memory: str, seat: str, notes: list[str], room: str = "") -> None:
        """Keep a notebook under a memory's name and a seat's label.

        `room` says who adds what was not in it before: those notes go when that room is deleted.
        """
        ...

    async def get_notes(self, memory: str, seat: str) -> list[str]:
        """Give a notebook; empty when there is none."""
        ...

    async def search(self, query: str, limit: int = 50) -> list[tuple[str, int, str]]:
        """Find messages: (stream, seq, excerpt), best first."""
        ...


class Erases(Protocol):
    """Really deletes."""

    async def erase(self, stream: str, seqs: Sequence[int]) -> int:
        """Erase bodies and salts, and what the index and the snapshots kept of them; returns how many.

        Raises RoomOwned when another live process runs the room or a fork of it: it would keep what it heard.
        """
        ...

    async def delete(self, stream: str) -> None:
        """Remove a room: events, row, index, snapshots, inbox, its notes, blobs that no other room names.

        Its forks are the caller's to remove first. Raises RoomOwned as `erase` does.
        """
        ...

    async def backup(self, path: str) -> None:
        """Write a consistent copy of the live journal to `path`; refuses to overwrite."""
        ...


class TakesIn(Protocol):
    """Receives rooms that another journal sealed."""

    async def take_in(self, row: RoomRow, records: Sequence[Record]) -> None:
        """Store a whole room, byte for byte: all of its own records or, where the room exists already, nothing.

        It is nobody's afterwards. Blobs are the caller's. Raises NotAllowed when there is a room of that name.
        """
        ...


class Journal(Appends, Reads, Tails, Owns, Keeps, Erases, TakesIn, Protocol):
    """Is all of it; what a real adapter implements."""

    async def close(self) -> None:
        """Flush what is queued and let every room go."""
        ...
