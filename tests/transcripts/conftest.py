"""What tests of transcripts share: hostile texts, and rooms as events and as records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b

import pytest

from antiphon.room.events import Draft, Event
from antiphon.room.journals import Record
from antiphon.room.records import SALT_BYTES, seal

Placed = Callable[[Iterable[Draft]], list[Event]]
Sealed = Callable[[Iterable[Event]], list[Record]]


@pytest.fixture(scope="session")
def placed() -> Placed:
    """Give drafts their places, as a journal would."""

    def place(made: Iterable[Draft]) -> list[Event]:
        return [
            Event("room-1", seq, "2026-11-21T09:30:00.000Z", draft.by, draft.body) for seq, draft in enumerate(made, 1)
        ]

    return place


@pytest.fixture(scope="session")
def sealed() -> Sealed:
    """Make records of events, with salts that are no secret."""

    def make(events: Iterable[Event]) -> list[Record]:
        records: list[Record] = []
        for event in events:
            salt = blake2b(str(event.seq).encode(), digest_size=SALT_BYTES).digest()
            records.append(seal(records[-1].hash if records else b"", event, salt))
        return records

    return make
