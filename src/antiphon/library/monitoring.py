"""Runs the monitor over conversations that are there already: files in any form we read, and rooms.

It says where a conversation would have been stopped and what that would have saved. Nothing is stored or changed.
Tokens are counted with the one estimator of a room; input is counted as if every turn resent the full history.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from antiphon.errors import AntiphonError
from antiphon.library.laboratory import Laboratory
from antiphon.library.policies import policy_of
from antiphon.measures.conversation import Line
from antiphon.measures.meter import Meter
from antiphon.measures.rows import Cell, columns
from antiphon.measures.tokens import count
from antiphon.monitor.monitor import Monitor
from antiphon.monitor.policy import Policy
from antiphon.monitor.steering import Kind, tally
from antiphon.monitor.watch import State, Verdict
from antiphon.room.events import Event, MessageSaid, RoomOpened, RuleNoted
from antiphon.room.flags import MONITOR
from antiphon.room.records import decode
from antiphon.room.speech import asks_end as ends_with_marker
from antiphon.runner.history import history
from antiphon.transcripts.opening import read_file
from antiphon.transcripts.transcript import Transcript

__all__ = [
    "Heard",
    "Outcome",
    "Skipped",
    "Unjudged",
    "Watched",
    "heard_in",
    "judge",
    "measured",
    "policy_of",
    "watch_files",
    "watch_room",
    "watch_rooms",
]


class Heard(Struct, frozen=True):
    """Is one message of a conversation.

    Attributes:
        speaker: who said it.
        text: what was said.
        asks_end: whether it asks to end; None = as the end markers say.
        judged: whether it is a turn; what a person says and what is whispered is none, as in a room that runs.
    """

    speaker: str
    text: str
    asks_end: bool | None = None
    judged: bool = True


class Unjudged(Struct, frozen=True):
    """Stands for a message that is no turn: where the conversation stands is as before."""

    index: int
    seat: str
    state: State


class Outcome(Struct, frozen=True, kw_only=True):
    """Says where a conversation would have stopped; indices are 0-based over its messages.

    Attributes:
        file: the file or room.
        messages: how many there are.
        closing_at: the first message after which everybody was leaving, or None.
        revived_at: messages at which it came back to life from closing or a pause.
        paused_at: the message after which it was first paused, or None.
        ended_at: the last message kept; None = it would still run.
        reason: why it stopped, or None.
        saved_messages, saved_output_tokens: what came after that.
        saved_input_tokens: what was read to say that, each turn having been sent the full history.
    """

    file: str
    messages: int
    closing_at: int | None
    revived_at: tuple[int, ...]
    paused_at: int | None
    ended_at: int | None
    reason: str | None
    saved_messages: int
    saved_output_tokens: int
    saved_input_tokens: int


class Watched(Struct, frozen=True):
    """Holds the verdict on every message of a conversation, and what follows from them.

    `steers` sums up what the room's own monitor changed while it ran, by kind; `lines` are the messages as measures
    take them, None where one was not judged.
    """

    outcome: Outcome
    verdicts: tuple[Verdict | Unjudged, ...]
    steers: tuple[Kind, ...] = ()
    lines: tuple[Line | None, ...] = ()


class Skipped(Struct, frozen=True):
    """Says why a file or a room could not be read; `asked` tells whether it was named, or only lay in a folder."""

    file: str
    error: str
    exit_code: int
    asked: bool


def judge(
    name: str, heard: Sequence[Heard], monitor: Monitor, *, pauses_run: bool = False, forks: Sequence[int] = ()
) -> Watched:
    """Show a monitor a whole conversation.

    Args:
        name: what the conversation is called in the outcome.
        heard: its messages, oldest first.
        monitor: a fresh one.
        pauses_run: whether somebody always lets a paused room go on, so that only an ending stops it.
        forks: places at which somebody forked the conversation, and so let it go on: no stop before the last counts.
    """
    markers = monitor.policy.end_markers
    told = tuple(_told(heard, monitor, forks))
    verdicts = [verdict for verdict in told if isinstance(verdict, Verdict)]
    own = [verdict for verdict in verdicts if verdict.index >= max(forks, default=0)]
    stops = [verdict for verdict in own if verdict.stop and (verdict.state == "ended" or not pauses_run)]
    ended = stops[0].index if stops else None
    until = [verdict for verdict in verdicts if ended is None or verdict.index <= ended]
    tokens = [count(one.text) for one in heard]
    history_before = [0, *accumulate(tokens)]
    kept = len(heard) if ended is None else ended + 1
    turns = [place for place in range(kept, len(heard)) if heard[place].judged]
    outcome = Outcome(
        file=name,
        messages=len(heard),
        closing_at=next((verdict.index for verdict in until if verdict.state == "closing"), None),
        revived_at=tuple(v.index for v in until if v.before in {"closing", "paused"} and v.state == "live"),
        paused_at=next((v.index for v in until if v.state == "paused"), None),
        ended_at=ended,
        reason=stops[0].stop if stops else None,
        saved_messages=len(heard) - kept,
        saved_output_tokens=sum(tokens[place] for place in turns),
        saved_input_tokens=sum(history_before[place] for place in turns),
    )
    return Watched(outcome, told, lines=tuple(_line(one, markers) for one in heard))


def _line(one: Heard, markers: Sequence[str]) -> Line | None:
    asks_end = ends_with_marker(one.text, markers) if one.asks_end is None else one.asks_end
    return Line(one.speaker, one.text, asks_end=asks_end) if one.judged else None


def measured(one: Watched) -> Iterator[dict[str, Cell] | None]:
    """Give the measures of each message of a conversation, by name; None where one was not judged.

    They decide nothing: a policy goes by the readings in its verdicts.
    """
    meter = Meter()
    for line in one.lines:
        row = None if line is None else columns(meter.hear(line))
        yield row and {name: value for name, value in row.items() if name not in {"index", "speaker"}}


def _told(heard: Sequence[Heard], monitor: Monitor, forks: Sequence[int]) -> Iterator[Verdict | Unjudged]:
    """Give what is told of each message; numbers are places among all messages, and not among those judged."""
    state: State = "live"
    places: list[int] = []
    for index, one in enumerate(heard):
        if index in forks and state == "ended":  # as in a room that runs: a fork of what was over is a new beginning
            state, places, monitor = "live", [], Monitor(monitor.policy)
        if not one.judged:
            yield Unjudged(index, one.speaker, state)
            continue
        places.append(index)
        verdict = monitor.see(one.speaker, one.text, asks_end=one.asks_end)
        state = verdict.state
        yield verdict if len(places) == index + 1 else _placed(verdict, places)


def _placed(verdict: Verdict, places: Sequence[int]) -> Verdict:
    flags = tuple(
        replace(
            flag,
            first=places[flag.first],
            last=places[flag.last],
            evidence=tuple(places[number] for number in flag.evidence),
        )
        for flag in verdict.flags
    )
    return replace(verdict, index=places[verdict.index], flags=flags)


def watch_files(paths: Iterable[Path], policy: Policy, *, pauses_run: bool = False) -> list[Watched | Skipped]:
    """Judge the conversations of files, and of folders' files, each file once; one that fails stops no other."""
    done: list[Watched | Skipped] = []
    known: set[str] = set()
    for path in paths:
        files = _files(path) if path.is_dir() else [path]
        for file in files:
            if (place := os.path.realpath(file)) in known:
                continue
            known.add(place)
            try:
                found = read_file(file)
            except AntiphonError as error:
                done.append(Skipped(str(file), str(error), error.exit_code, asked=not path.is_dir()))
                continue
            for number, transcript in enumerate(found):
                name = str(file) if len(found) == 1 else f"{file}#{number}"
                monitor = Monitor(policy, end_markers=transcript.end_markers or None)
                done.append(judge(name, heard_in(transcript), monitor, pauses_run=pauses_run))
    return done


async def watch_rooms(
    laboratory: Laboratory, names: Iterable[str], policy: Policy, *, pauses_run: bool = False
) -> list[Watched | Skipped]:
    """Judge rooms as a person names them, each room once; one that is not there stops no other."""
    done: dict[str, Watched | Skipped] = {}
    for name in names:
        try:
            room = await laboratory.name(name)
            if room not in done:
                done[room] = await watch_room(laboratory, room, policy, pauses_run=pauses_run)
        except AntiphonError as error:
            done[name] = Skipped(name, f"no such file, and {error}", error.exit_code, asked=True)
    return list(done.values())


async def watch_room(laboratory: Laboratory, room: str, policy: Policy, *, pauses_run: bool = False) -> Watched:
    """Judge a room that is kept, its parents' messages included."""
    events = [decode(record) for record in await history(laboratory.journal, room)]
    watched = judge(room, _spoken(events), Monitor(policy), pauses_run=pauses_run, forks=_forks(events))
    steers = tally(event.body for event in events if event.by == MONITOR and isinstance(event.body, RuleNoted))
    return replace(watched, steers=tuple(steers))


def _files(folder: Path) -> list[Path]:
    """List a folder's files; a markdown twin of a JSON file is left out, since the JSON says the same more surely."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    there = set(found)
    return [path for path in found if not (path.suffix == ".md" and path.with_suffix(".json") in there)]


def heard_in(transcript: Transcript) -> list[Heard]:
    """Give every message of a transcript, oldest first."""
    if transcript.events:
        return _spoken(transcript.events)
    return [Heard(speaker, text) for speaker, text in transcript.messages()]


def _forks(events: Iterable[Event]) -> list[int]:
    """Give how many messages there were at each fork on the way to a room."""
    said, forks = 0, list[int]()
    for event in events:
        match event.body:
            case MessageSaid():
                said += 1
            case RoomOpened(parent=str()):
                forks.append(said)
    return forks


def _spoken(events: Iterable[Event]) -> list[Heard]:
    """Give the messages among events; whether one asks to end was read when it was written."""
    said = [(event.by, event.body) for event in events]
    return [
        Heard(body.seat or by, body.text, body.asks_end is not None, body.seat is not None and not body.whisper)
        for by, body in said
        if isinstance(body, MessageSaid)
    ]
