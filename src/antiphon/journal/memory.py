"""A journal in memory: for tests, for short experiments, for rooms nobody wants to keep.

Several `MemoryJournal` objects over one `Store` are several owners, as several processes are with a file. Nothing
survives the process; nothing here waits, so every call is as atomic as one event of the loop.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.errors import Fenced, JournalError, NotAllowed, RoomOwned, UnknownName, UserError
from antiphon.journal.heads import Head, Heads, sealed
from antiphon.journal.naming import blob_name, blobs_in, note_in, place_of, said_in, words_in, words_of
from antiphon.room.journals import Claim, Lease, Record, Request, RoomRow, Write
from antiphon.room.records import line
from antiphon.room.times import stamp

__all__ = ["MemoryJournal", "Store"]

_EXCERPT = 80
"""Characters of an excerpt on either side of the word that was found."""


class _Room(Struct):
    head: Head
    row: RoomRow
    records: list[Record]


class _Note(Struct):
    text: str
    room: str


class Store:
    """Is what journals in memory share: rooms, and everything in the order in which it was stored."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rooms: dict[str, _Room] = {}
        self.log: list[tuple[str, int] | None] = []
        self.inbox: dict[str, Request] = {}
        self.blobs: dict[str, tuple[bytes, str]] = {}
        self.snapshots: dict[tuple[str, str], tuple[int, bytes, bytes]] = {}
        self.notes: dict[tuple[str, str], list[_Note]] = {}
        self.owners: set[str] = set()

    def descendants(self, stream: str) -> set[str]:
        """Name a room's forks, and theirs."""
        found: set[str] = set()
        wanted = {stream}
        while wanted:
            wanted = {name for name, room in self.rooms.items() if room.row.parent in wanted} - found - {stream}
            found |= wanted
        return found


class MemoryJournal:
    """Keeps rooms in memory; see `antiphon.room.journals.Journal`."""

    def __init__(self, store: Store | None = None) -> None:
        """Open a journal; two over the same `store` see the same rooms and are two owners."""
        self.store = store or Store()
        self._id = os.urandom(8).hex()
        self._heads = Heads()
        self._closed = False
        self.store.owners.add(self._id)

    # -------------------------------------------------------------------------------------- append, read

    async def append(self, write: Write) -> tuple[Record, ...]:
        """Store one write. Raises Fenced or Stale, and then nothing was stored."""
        self._check_open()
        head = self._heads.check(write)
        room = self.store.rooms.get(write.stream)
        if room is None or room.head is not head:
            raise Fenced(f"room {write.stream} was taken by another owner")
        records = sealed(head, write, self._heads.salts)
        if not records:
            return records
        for number, record in enumerate(records, len(self.store.log) + 1):
            room.records.append(msgspec.structs.replace(record, position=number))
            self.store.log.append((record.stream, record.seq))
        head.seq, head.hash = records[-1].seq, records[-1].hash
        self._change(
            room,
            head_seq=head.seq,
            head_hash=head.hash,
            phase=write.phase,
            counters=msgspec.json.decode(msgspec.json.encode(write.counters)),
            changed_at=records[-1].at,
        )
        for request in write.done:
            self.store.inbox.pop(request, None)
        return records

    async def read(self, stream: str, after: int = 0, until: int | None = None) -> list[Record]:
        """Give the stream's own records with after < seq <= until, oldest first."""
        room = self.store.rooms.get(stream)
        records = room.records if room else []
        return [record for record in records if after < record.seq and (until is None or record.seq <= until)]

    async def rooms(self) -> list[RoomRow]:
        """List every room, newest change first."""
        return [self._row(room) for room in sorted(self.store.rooms.values(), key=_changed, reverse=True)]

    async def room(self, stream: str) -> RoomRow | None:
        """Give one room's row."""
        found = self.store.rooms.get(stream)
        return self._row(found) if found else None

    async def tail(
        self, position: str | None, streams: Sequence[str] | None = None, limit: int = 1000
    ) -> tuple[list[Record], str]:
        """Give records stored after `position` and the position to go on from."""
        start = place_of(position)
        found: list[Record] = []
        for number, place in enumerate(self.store.log[start:], start + 1):
            if place is None or (streams is not None and place[0] not in streams):
                continue
            records = self.store.rooms[place[0]].records
            found.append(records[place[1] - records[0].seq])
            if len(found) == limit:
                return found, str(number)
        return found, str(max(start, len(self.store.log)))

    async def end(self) -> str:
        """Give the position behind everything stored so far."""
        return str(len(self.store.log))

    # -------------------------------------------------------------------------------------- own

    async def claim(self, claim: Claim) -> Lease:
        """Take a room; raises RoomOwned when another open journal has it, UnknownName when there is none."""
        self._check_open()
        room = self._create(claim) if claim.create else self.store.rooms.get(claim.stream)
        if room is None:
            raise UnknownName("room", claim.stream, [row.stream for row in (await self.rooms())[:10]])
        self._not_run_elsewhere((claim.stream,))
        room.head = Head(room.row.fence + 1, room.row.head_seq, room.row.head_hash)
        self._heads[claim.stream] = room.head
        self._change(room, owner=self._id, fence=room.head.fence)
        return Lease(
            stream=claim.stream,
            owner=self._id,
            fence=room.head.fence,
            head_seq=room.head.seq,
            head_hash=room.head.hash,
        )

    def _create(self, claim: Claim) -> _Room:
        if claim.stream in self.store.rooms:
            raise NotAllowed(f"room {claim.stream} exists already; claim it without `create`, or take another id")
        now = stamp(round(datetime.now(UTC).timestamp() * 1000))
        row = RoomRow(
            stream=claim.stream,
            head_seq=claim.head_seq,
            head_hash=claim.head_hash,
            phase="live",
            counters={},
            owner=None,
            owner_pid=None,
            owner_alive=False,
            fence=0,
            parent=claim.parent,
            created_at=now,
            changed_at=now,
        )
        room = self.store.rooms[claim.stream] = _Room(Head(0, claim.head_seq, claim.head_hash), row, [])
        return room

    async def release(self, lease: Lease) -> None:
        """Let a room go."""
        head = self._heads.get(lease.stream)
        if head is not None and head.fence == lease.fence:
            del self._heads[lease.stream]
        room = self.store.rooms.get(lease.stream)
        if room and (room.row.owner, room.row.fence) == (lease.owner, lease.fence):
            self._change(room, owner=None)

    async def ask(self, request: Request) -> None:
        """Put a request into the inbox; raises UnknownName when there is no such room."""
        if request.stream not in self.store.rooms:
            raise UnknownName("room", request.stream, [row.stream for row in (await self.rooms())[:10]])
        self.store.inbox.setdefault(request.id, request)

    async def asked(self, streams: Sequence[str] | None = None) -> list[Request]:
        """Give the requests waiting for these rooms (None: for every room owned here), oldest first."""
        if not self.store.inbox:
            return []
        wanted = self._heads if streams is None else streams
        return [request for request in self.store.inbox.values() if request.stream in wanted]

    async def withdraw(self, request: str) -> bool:
        """Remove a request that nobody took; False when it is gone already."""
        return self.store.inbox.pop(request, None) is not None

    # -------------------------------------------------------------------------------------- keep

    async def put_blob(self, data: bytes, mime: str) -> str:
        """Keep bytes; returns "sha256:…"."""
        name = blob_name(data)
        self.store.blobs.setdefault(name, (data, mime))
        return name

    async def get_blob(self, name: str) -> tuple[bytes, str] | None:
        """Give bytes and MIME type."""
        return self.store.blobs.get(name)

    async def put_snapshot(self, stream: str, seq: int, head_hash: bytes, engine: str, data: bytes) -> None:
        """Keep a snapshot of a room that exists, unless a newer one is kept."""
        kept = self.store.snapshots.get((stream, engine))
        if stream in self.store.rooms and (kept is None or kept[0] <= seq):
            self.store.snapshots[stream, engine] = (seq, head_hash, data)

    async def get_snapshot(self, stream: str, engine: str) -> tuple[int, bytes, bytes] | None:
        """Give (seq, head_hash, data) of the newest snapshot this engine wrote."""
        return self.store.snapshots.get((stream, engine))

    async def put_notes(self, memory: str, seat: str, notes: list[str], room: str = "") -> None:
        """Keep a notebook; what was not in it before belongs to `room`."""
        before = {note.text: note.room for note in self.store.notes.get((memory, seat), [])}
        self.store.notes[memory, seat] = [_Note(text, before.get(text, room)) for text in notes]

    async def get_notes(self, memory: str, seat: str) -> list[str]:
        """Give a notebook; empty when there is none."""
        return [note.text for note in self.store.notes.get((memory, seat), [])]

    async def search(self, query: str, limit: int = 50) -> list[tuple[str, int, str]]:
        """Find messages that hold every word of the query: (stream, seq, excerpt), newest first."""
        words = [word.casefold() for word in words_of(query)]
        found: list[tuple[str, int, str]] = []
        for place in reversed(self.store.log if words else []):
            if place is None or len(found) >= limit:
                continue
            records = self.store.rooms[place[0]].records
            record = records[place[1] - records[0].seq]
            text = said_in(record.body) if record.type == "message.said" and record.body else ""
            if set(words) <= {word.casefold() for word in words_in(text)}:
                start = max(0, text.casefold().find(words[0]) - _EXCERPT)
                found.append((*place, text[start : start + 2 * _EXCERPT]))
        return found

    # -------------------------------------------------------------------------------------- erase

    async def erase(self, stream: str, seqs: Sequence[int]) -> int:
        """Erase bodies and salts, and what the snapshots, notebooks and blobs kept of them; returns how many."""
        self._not_run_elsewhere((stream, *self.store.descendants(stream)))
        room = self.store.rooms.get(stream)
        doomed = [r for r in (room.records if room else []) if r.seq in set(seqs) and r.body is not None]
        if room is None or not doomed:
            return 0
        for record in doomed:
            place = record.seq - room.records[0].seq
            room.records[place] = msgspec.structs.replace(record, body=None, salt=None)
        self._forget(stream, doomed, {text for r in doomed for text in note_in(r.body or b"")})
        return len(doomed)

    async def delete(self, stream: str) -> None:
        """Remove a room: events, row, snapshots, inbox, its notes, blobs that no other room names."""
        family = self.store.descendants(stream)
        self._not_run_elsewhere((stream, *family))
        room = self.store.rooms.pop(stream, None)
        if room is None:
            raise UnknownName("room", stream, [row.stream for row in (await self.rooms())[:10]])
        self._heads.pop(stream, None)
        self.store.log = [None if place and place[0] == stream else place for place in self.store.log]
        self.store.inbox = {key: ask for key, ask in self.store.inbox.items() if ask.stream != stream}
        self._forget(stream, room.records, None, family)

    def _forget(
        self, stream: str, records: list[Record], notes: set[str] | None, family: set[str] | None = None
    ) -> None:
        """Drop snapshots, blobs nobody else names, and the room's notes (None: all of them)."""
        gone = {stream} | (self.store.descendants(stream) if family is None else family)
        self.store.snapshots = {key: kept for key, kept in self.store.snapshots.items() if key[0] not in gone}
        named = {name for record in records for name in blobs_in(record.body or b"")}
        if named:
            named -= {n for room in self.store.rooms.values() for r in room.records for n in blobs_in(r.body or b"")}
        for name in named:
            self.store.blobs.pop(name, None)
        for book in self.store.notes.values():
            book[:] = [note for note in book if note.room != stream or (notes is not None and note.text not in notes)]

    async def backup(self, path: str) -> None:
        """Write every event as a line of JSONL to a new file (a journal in memory has no file to copy)."""
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            raise UserError(f"{path} exists already; name a file that does not") from None
        with os.fdopen(handle, "wb") as file:
            for room in self.store.rooms.values():
                file.writelines(line(record) + b"\n" for record in room.records)

    async def take_in(self, row: RoomRow, records: Sequence[Record]) -> None:
        """Store a room that another journal sealed; raises NotAllowed when there is one of that name."""
        self._check_open()
        claim = Claim(stream=row.stream, create=True, head_seq=row.head_seq, head_hash=row.head_hash, parent=row.parent)
        room = self._create(claim)
        for number, record in enumerate(records, len(self.store.log) + 1):
            room.records.append(msgspec.structs.replace(record, position=number))
            self.store.log.append((record.stream, record.seq))
        kept = {name: getattr(row, name) for name in ("phase", "counters", "created_at", "changed_at")}
        self._change(room, **kept)

    async def close(self) -> None:
        """Let every room go; the store stays."""
        if not self._closed:
            self._closed = True
            self.store.owners.discard(self._id)

    # -------------------------------------------------------------------------------------- inside

    def _check_open(self) -> None:
        if self._closed:
            raise JournalError("this journal is closed")

    def _not_run_elsewhere(self, streams: Iterable[str]) -> None:
        for name in streams:
            room = self.store.rooms.get(name)
            if room and room.row.owner in self.store.owners - {self._id}:
                raise RoomOwned(name, os.getpid())

    def _change(self, room: _Room, **fields: Any) -> None:  # Any: as RoomRow says
        room.row = msgspec.structs.replace(room.row, **fields)

    def _row(self, room: _Room) -> RoomRow:
        alive = room.row.owner in self.store.owners
        return msgspec.structs.replace(room.row, owner_alive=alive, owner_pid=os.getpid() if alive else None)


def _changed(room: _Room) -> str:
    return room.row.changed_at
