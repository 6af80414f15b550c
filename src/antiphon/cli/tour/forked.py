"""Act 4: a room's past is taken up again with one seat given to somebody else, and both futures stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from shutil import get_terminal_size
from textwrap import shorten, wrap

import msgspec

from antiphon.cli.columns import width
from antiphon.cli.options import again
from antiphon.cli.telling import BLANK, Line, short
from antiphon.cli.tour import killed
from antiphon.cli.tour.stage import DEMO, Stage
from antiphon.library.room import Message, messages_of
from antiphon.library.settings import with_rounds, with_settings
from antiphon.room.events import Event, TurnRequested
from antiphon.room.records import decode
from antiphon.runner.history import history

__all__ = ["NAME", "beside", "play"]

NAME = "forked"

AFTER = killed.SHOWN
"""The fork begins after so many messages."""

SHOWN = 4
"""Messages of each future that are shown."""

SEAT, OTHER = "AI-2", "suspect"
"""Whose seat is given to whom: the one who asks is replaced by a second one who suspects."""

_MEANING = (
    "  Left, one suspects and one asks; right, both suspect. That is how one looks for",
    "  what tipped a room: go back before it, change one thing, a voice or a prompt,",
    "  and let it run again. One pair proves nothing, since chance has its share;",
    "  antiphon swarm runs a thousand. The first room is as it was.",
)
"""What the fork is for, said of these two futures."""

_WIDEST = 100
"""Columns of both futures together at most."""

_LONGEST = 150
"""Characters of a message that are shown, to the last whole word: five lines of a column."""


async def play(stage: Stage) -> None:
    """Fork the room of the act before (or one like it), and show where the two part."""
    await stage.title(
        4,
        "The fork: what if both had suspected?",
        f"The same room up to message {AFTER}. From there {SEAT}, who only asks, is voiced by",
        "a second one who suspects: the same past, and one thing changed.",
    )
    room = stage.rooms.get(killed.NAME) or await _room(stage)
    events = await _events(stage, room)
    at = _after(events, AFTER)
    seat = f"{SEAT}={OTHER}"
    stage.say(f"  $ {again('fork', room, stage.journal, '--at', str(at), '--seat', seat)}")
    stage.say(f"  (message {AFTER} and what came of it end with event {at})", "")
    fork = await stage.laboratory.fork(room, at=at, seats=[seat])
    stage.rooms[NAME] = fork.id
    await fork.run()
    there = messages_of(await _events(stage, fork.id))
    here = messages_of(events)
    common = [message for message in here if message.seq <= at]
    for message in common[-2:]:
        stage.say(*_told(message, min(get_terminal_size().columns, _WIDEST)), BLANK)
        await stage.sleep(1)
    new = [_voiced(message) for message in there[len(common) :][:SHOWN]]
    pairs = list(zip(here[len(common) :][:SHOWN], new, strict=False))
    for line in beside(("as it was", "as it might have been"), pairs, get_terminal_size().columns):
        stage.say(line)
        await stage.sleep(0.15)
    stage.say("", *_MEANING)
    await stage.sleep(3)


async def _room(stage: Stage) -> str:
    """Run a room to fork, unseen."""
    plan = with_settings(stage.laboratory.scenario("dyad", killed.SEATS), killed.SETTINGS)
    plan = with_rounds(plan, killed.ROUNDS)
    session = await stage.laboratory.begin(plan, labels=DEMO)
    await session.run()
    return session.id


async def _events(stage: Stage, room: str) -> list[Event]:
    return [decode(record) for record in await history(stage.laboratory.journal, room)]


def _after(events: Sequence[Event], messages: int) -> int:
    """Give the last event before the turn that follows so many messages of seats."""
    last = [message.seq for message in messages_of(events) if message.seat is not None][messages - 1]
    return next(event.seq - 1 for event in events if isinstance(event.body, TurnRequested) and event.seq > last)


def _voiced(message: Message) -> Message:
    """Say who really speaks in the seat that was given away."""
    label = f"{message.label} (voiced by {OTHER})" if message.seat == SEAT else message.label
    return msgspec.structs.replace(message, label=label)


def _shown(message: Message) -> str:
    """Give a message as one safe line that ends with a whole word."""
    return shorten(short(message.text, 2 * _LONGEST), _LONGEST, placeholder=" …")


def _told(message: Message, columns: int) -> list[Line]:
    texts = wrap(_shown(message), max(20, columns - 4))
    return [Line(((message.label, "bold"),), 2), *(Line(((text, ""),), 2) for text in texts)]


def beside(heads: tuple[str, str], pairs: Sequence[tuple[Message, Message]], columns: int) -> list[Line]:
    """Lay two futures side by side; a label stands above what was said.

    Args:
        heads: what the columns are called.
        pairs: messages that stand beside each other.
        columns: of the terminal.
    """
    room = (min(columns, _WIDEST) - 7) // 2
    rows: list[tuple[str, str, str]] = [(*heads, "quiet"), ("-" * room, "-" * room, "quiet")]
    for left, right in pairs:
        texts = [wrap(_shown(one), room) for one in (left, right)]
        rows.append((left.label, right.label, "bold"))
        for place in range(max(map(len, texts))):
            one, other = (text[place] if place < len(text) else "" for text in texts)
            rows.append((one, other, ""))
        rows.append(("", "", ""))
    return [
        Line(((one + " " * (room - width(one)), style), (" | ", "quiet"), (other, style)), 2)
        for one, other, style in rows[:-1]
    ]
