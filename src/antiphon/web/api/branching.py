"""Forking rooms, having a message said anew, and comparing what came of it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from antiphon.library.branching import Branch, Comparison, before_message, branch, compare
from antiphon.library.catalogue import no_files
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import outlook
from antiphon.web.api.starting import Limits, PolicyName, agreed, spending
from antiphon.web.calls import RoomId, Seq, get, post
from antiphon.web.desk import Desk
from antiphon.web.shapes import RoomLine

__all__ = ["OPERATIONS"]

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=200_000)]
Setting = Annotated[str, Meta(max_length=20_000)]

MOST_AT_ONCE = 8
"""Answers that may be asked for at once: each is a room of its own, and as many as a person compares."""


class Forking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says what a fork has otherwise than its parent.

    Attributes:
        at: after which event; None = the last settled turn.
        seats: "AI-2=MODEL" for seats that another model shall voice.
        prompts: seat -> the system text that replaces its own.
        temperatures: seat -> 0 to 2.
        rules: "QUESTION.NAME" of rules to put in force.
        settings: "PATH=VALUE" lines of the scenario.
        rounds: an end after so many rounds.
        same_chance: draw the same numbers as the parent.
        policy: what its monitor goes by; None = as in the parent.
        limits: ceilings of the fork alone.
        run: whether it runs now, or is only kept.
        agreed: that the price was seen.
    """

    at: Seq | None = None
    seats: tuple[Name, ...] = ()
    prompts: dict[str, Text] = {}
    temperatures: dict[str, Annotated[float, Meta(ge=0, le=2)]] = {}
    rules: tuple[Name, ...] = ()
    settings: tuple[Setting, ...] = ()
    rounds: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    same_chance: bool = False
    policy: PolicyName | None = None
    limits: Limits = Limits()
    run: bool = True
    agreed: bool = False


class Again(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says how often a message is said anew, each time in a fork of its own, and by whom.

    Attributes:
        count: how many forks.
        model: who speaks in its seat; None = who did.
        temperature: 0 to 2; None = as it was.
        prompt: replaces the seat's system text.
        go_on: whether the forks run on after it, or wait.
        agreed: that the price was seen.
    """

    count: Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)] = 1
    model: Name | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    prompt: Text | None = None
    go_on: bool = False
    agreed: bool = False


class Forked(Struct, frozen=True, kw_only=True):
    """Names the forks that were made, and the event after which they begin."""

    parent: str
    rooms: tuple[str, ...]
    forked_at: int


class Family(Struct, frozen=True, kw_only=True):
    """Lists a room's parent (None: it has none), and its forks, the one that began first on top."""

    room: str
    parent: RoomLine | None
    forks: tuple[RoomLine, ...]


@post("/rooms/{room}/forks", "Branching", status=201)
async def fork(desk: Desk, room: RoomId, body: Forking) -> Forked:
    """Begin a room with another room's past; the parent stays as it is."""
    await no_files(desk.laboratory, [*body.seats, *body.settings])
    how = Branch(
        at=body.at,
        seats=body.seats,
        prompts=body.prompts,
        temperatures=body.temperatures,
        rules=body.rules,
        settings=body.settings,
        rounds=body.rounds,
        same_chance=body.same_chance,
        policy=body.policy,
        spending=spending(body.limits),
    )
    if body.run:
        await _price(desk.laboratory, room, how, word=body.agreed)
    return await _make(desk, room, how, runs=body.run)


@post("/rooms/{room}/messages/{seq}/again", "Branching", status=201)
async def say_again(desk: Desk, room: RoomId, seq: Seq, body: Again) -> Forked:
    """Have a message said anew, several times at once: each in a fork at the turn before, which waits after it."""
    at = await before_message(desk.laboratory, room, seq)
    seat = next(iter(await desk.scrolls.tell(room, seq - 1, seq)), None)
    who = seat.by if seat is not None else ""
    how = Branch(
        at=at,
        seats=() if body.model is None else (f"{who}={body.model}",),
        prompts={} if body.prompt is None else {who: body.prompt},
        temperatures={} if body.temperature is None else {who: body.temperature},
    )
    await no_files(desk.laboratory, how.seats)
    await _price(desk.laboratory, room, how, word=body.agreed)
    made = [await _make(desk, room, how, runs=True, turns=None if body.go_on else 1) for _ in range(body.count)]
    return Forked(parent=room, rooms=tuple(name for one in made for name in one.rooms), forked_at=made[0].forked_at)


async def _price(laboratory: Laboratory, room: str, how: Branch, *, word: bool) -> None:
    """Refuse to spend money nobody agreed to."""
    expected, _ = await outlook(laboratory, room, at=how.at, seats=how.seats, **how.spending)
    agreed(expected, word=word)


async def _make(desk: Desk, room: str, how: Branch, *, runs: bool, turns: int | None = None) -> Forked:
    session = await branch(desk.laboratory, room, how)
    if runs:
        await desk.hosting.start(session, turns=turns)
    else:
        await session.pause()
        await session.release()
        desk.live.touch(session.id)
    return Forked(parent=room, rooms=(session.id,), forked_at=session.forked_at or 0)


@get("/rooms/{room}/family", "Branching")
async def show_family(desk: Desk, room: RoomId) -> Family:
    """List a room's parent and its forks; forks at one place are answers to the same question."""
    line = await desk.line_of(room)
    rows = await desk.laboratory.journal.rooms()
    forks = sorted((row for row in rows if row.parent == room), key=lambda row: row.created_at)
    parent = await desk.lines({line.parent}) if line.parent is not None else []
    return Family(room=room, parent=parent[0] if parent else None, forks=tuple(desk.line(row) for row in forks))


@get("/rooms/{room}/compare/{other}", "Branching")
async def compare_rooms(desk: Desk, room: RoomId, other: RoomId) -> Comparison:
    """Tell where two rooms part: equal messages from the start, and the first that differ."""
    return await compare(desk.laboratory, room, other)


OPERATIONS = (fork, say_again, show_family, compare_rooms)
