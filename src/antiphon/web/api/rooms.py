"""Looking at rooms: the list, one room, its events, what a seat was shown, flags, search.

Nothing here changes anything.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from antiphon.library.flagging import Flagged, flags_in, flags_kept
from antiphon.library.inspecting import Measured, SeatPast, measured, seat_past
from antiphon.library.reading import Shown, known_room, seat_view, stretch
from antiphon.library.tinting import Tinted
from antiphon.web.calls import RoomId, Seq, get
from antiphon.web.desk import Desk
from antiphon.web.shapes import RoomLine, RoomState, Told, state_of

__all__ = ["OPERATIONS"]

Text = Annotated[str, Meta(max_length=400)]
Limit = Annotated[int, Meta(ge=1, le=500, description="How many at most.")]
Start = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class RoomsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filters the list; several values of one filter mean any of them, several filters mean all of them."""

    find: Text = ""
    phase: tuple[Text, ...] = ()
    scenario: tuple[Text, ...] = ()
    model: tuple[Text, ...] = ()
    why: tuple[Text, ...] = ()
    label: tuple[Text, ...] = ()
    parent: Text = ""
    flagged: bool = False
    start: Start = 0
    limit: Limit = 100


class RoomList(Struct, frozen=True, kw_only=True):
    """Is one page of the list, newest change first: how many rooms fit the filter, how many there are, and a position.

    `position` stands before the rows: a live stream that begins there misses nothing.
    """

    rooms: tuple[RoomLine, ...]
    fitting: int
    total: int
    position: str


class StretchQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Chooses a stretch: after `after`, or the last ones before `before`; neither means the newest."""

    after: Start | None = None
    before: Seq | None = None
    limit: Limit = 200


class EventsQuery(StretchQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Chooses a stretch, and of which types."""

    type: tuple[Text, ...] = ()


class Events(Struct, frozen=True, kw_only=True):
    """Is a stretch of a room, oldest first: `first` and `last` bound it, `head` is the room's last event.

    Events of other types than were asked for are left out of `events`, but count for the bounds.
    """

    room: str
    events: tuple[Told, ...]
    first: int
    last: int
    head: int


class ViewQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Chooses a moment: before turn `turn`, or after event `at`; neither means now."""

    turn: Seq | None = None
    at: Seq | None = None


class Flags(Struct, frozen=True, kw_only=True):
    """Lists flags, of one room or of all."""

    flags: tuple[Flagged, ...]


class FlagsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Chooses flags: all, or only those that wait for an answer."""

    waiting: bool = False


class SearchQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks for messages that hold every word."""

    words: Annotated[str, Meta(min_length=1, max_length=400)]
    limit: Limit = 50


class Hit(Struct, frozen=True, kw_only=True):
    """Is a message that was found: its room, its sequence number, and an excerpt as plain text."""

    room: str
    seq: int
    excerpt: str


class Hits(Struct, frozen=True, kw_only=True):
    """Lists what was found, best first."""

    hits: tuple[Hit, ...]


@get("/rooms", "Rooms")
async def list_rooms(desk: Desk, query: RoomsQuery) -> RoomList:
    """List the rooms, the one that changed last on top; from the table of rooms alone."""
    journal = desk.laboratory.journal
    position = await journal.end()
    rows = await journal.rooms()
    lines = [line for row in rows if _fits(line := desk.line(row), query)]
    page = tuple(lines[query.start : query.start + query.limit])
    return RoomList(rooms=page, fitting=len(lines), total=len(rows), position=position)


def _fits(line: RoomLine, query: RoomsQuery) -> bool:
    wanted = query.find.casefold()
    return (
        (not wanted or wanted in f"{line.room} {line.title} {line.scenario} {' '.join(line.models)}".casefold())
        and (not query.phase or line.phase in query.phase or (line.stopped and "stopped" in query.phase))
        and (not query.scenario or line.scenario in query.scenario)
        and (not query.model or not set(query.model).isdisjoint(line.models))
        and (not query.why or line.why in query.why)
        and (not query.label or not _labels(line).isdisjoint(query.label))
        and (not query.parent or line.parent == query.parent)
        and (not query.flagged or line.flags > 0)
    )


def _labels(line: RoomLine) -> set[str]:
    return {f"{key}={value}" for key, value in line.labels.items()} | line.labels.keys()


@get("/rooms/{room}", "Rooms")
async def show_room(desk: Desk, room: RoomId) -> RoomState:
    """Show a room as it stands."""
    position = await desk.laboratory.journal.end()
    line = await desk.line_of(room)
    state = await desk.states.now(room)
    spoken, waiting = desk.live.spoken(room), desk.people.waiting(room)
    return state_of(state, line, position=position, spoken=spoken, waiting=waiting)


@get("/rooms/{room}/events", "Rooms")
async def list_events(desk: Desk, room: RoomId, query: EventsQuery) -> Events:
    """Tell a stretch of a room's events, each with safe HTML where a reader would see something."""
    first, last, head = await _bounds(desk, room, query)
    told = await desk.scrolls.tell(room, first, last)
    kept = tuple(event for event in told if not query.type or event.type in query.type)
    return Events(room=room, events=kept, first=first + 1, last=last, head=head)


@get("/rooms/{room}/tint", "Rooms")
async def list_tints(desk: Desk, room: RoomId, query: StretchQuery) -> Tinted:
    """Tell which words of a stretch's messages surprise: [start, end, level] in code points of each text, and means.

    Levels are 1 to 4; what lies between has level 0. A mean is bits a word. The first stretch asked of a room costs
    the server the messages before it as well.
    """
    first, last, head = await _bounds(desk, room, query)
    tints = await desk.tints.of(room, await stretch(desk.laboratory.journal, room, first, last))
    return Tinted(room=room, tints=tints, first=first + 1, last=last, head=head)


async def _bounds(desk: Desk, room: str, query: StretchQuery) -> tuple[int, int, int]:
    """Give what lies before a stretch, its last event, and the room's."""
    head = (await known_room(desk.laboratory.journal, room)).head_seq
    if query.after is not None:
        return query.after, min(head, query.after + query.limit), head
    last = head if query.before is None else min(head, query.before - 1)
    return max(0, last - query.limit), last, head


@get("/rooms/{room}/seats/{seat}/view", "Rooms")
async def show_view(desk: Desk, room: RoomId, seat: RoomId, query: ViewQuery) -> Shown:
    """Show exactly what a seat saw before a turn, made again from the events."""
    return await seat_view(desk.laboratory, room, seat, turn=query.turn, at=query.at)


@get("/rooms/{room}/seats/{seat}", "Rooms")
async def show_seat(desk: Desk, room: RoomId, seat: RoomId) -> SeatPast:
    """Show everything about one seat: its texts and layers, its changes, its turns."""
    return await seat_past(desk.laboratory, room, seat)


@get("/rooms/{room}/measures", "Rooms")
async def show_measures(desk: Desk, room: RoomId) -> Measured:
    """Measure every message of a room, as a table."""
    await known_room(desk.laboratory.journal, room)
    return await measured(desk.laboratory, room)


@get("/rooms/{room}/flags", "Rooms")
async def list_flags(desk: Desk, room: RoomId) -> Flags:
    """List what the monitor found in a room, and how each flag stands."""
    return Flags(flags=tuple(await flags_in(desk.laboratory, room)))


@get("/flags", "Rooms")
async def list_all_flags(desk: Desk, query: FlagsQuery) -> Flags:
    """List the flags of all rooms, each where it was raised."""
    return Flags(flags=tuple(await flags_kept(desk.laboratory, waiting=query.waiting)))


@get("/search", "Rooms")
async def search(desk: Desk, query: SearchQuery) -> Hits:
    """Find messages that hold every word, in all rooms."""
    found = await desk.laboratory.journal.search(query.words, query.limit)
    return Hits(hits=tuple(Hit(room=room, seq=seq, excerpt=excerpt) for room, seq, excerpt in found))


OPERATIONS = (
    list_rooms, show_room, list_events, list_tints, show_seat, show_view, show_measures, list_flags, list_all_flags,
    search,
)  # fmt: skip
