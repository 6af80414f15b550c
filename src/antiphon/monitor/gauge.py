"""Measures what one message adds to a conversation, relative to the conversation's own life so far.

A gauge keeps the content words that were said lately, how much living turns brought, and each
speaker's habits, all within fixed bounds; from them it makes the readings of a message, each in [0, 1]. Turns that
bring nothing teach it nothing, so that farewells never come to look rich. It draws no conclusion.
"""

from __future__ import annotations

from itertools import islice
from zlib import crc32

from msgspec import Struct, field

from antiphon.measures.shape import cap, without_marker
from antiphon.measures.words import content_words
from antiphon.measures.words import words as cut_words
from antiphon.monitor.parting import KINDS, TAIL, parting_words

__all__ = ["READINGS", "Gauge", "Readings"]

MOST_WORDS = 384
"""Content words remembered: those that a dozen rich messages bring, or a hundred poor ones."""

SLACK = 128
"""Words over that bound before the oldest go, all at once, so that dropping costs nothing on most messages."""

FEW_WORDS = 3
"""Words under which a message is looked at for signs instead."""

SIGN_RUNS = 8
"""Runs of signs from which on such a message is a drawing rather than a full stop."""

MOST_SEATS = 64
"""Speakers whose habits are kept: as many as a room can seat."""

LONGEST_NAME = 64
"""Characters by which a speaker is known."""

LIVING_TURNS = 24
"""Turns whose upper quartile of new words says what a turn of this room can bring."""

LIVING = 0.35
"""Share of that from which on a turn is living, and may teach."""

FEWEST_NEW = 3.0
"""New content words under which that quartile never goes: shares of less are noise."""

FEWEST_KINDS = 4
"""Different content words from which on a message tells how stale it is."""

RECENT = 12
"""Messages whose exact words are remembered."""

FRAMES = 16
"""First and last words of messages remembered: of eight messages."""

FRAME_FROM = 6
"""Words a message needs to have a frame; shorter ones are all frame."""

PARTINGS = 8
"""Messages among whose speakers all must be parting for `mutual`; who was silent for longer is not asked."""

STANDING = 16
"""Messages in a row that ask to end, for `standing` to be 1: two who both sign everything get there too, and no
room on record that did so for that long had anything left to say, but one."""

HABIT = 0.15
"""Weight of the newest living turn in a speaker's habits: about seven turns make one."""

FEWEST_TURNS = 2
"""Living turns of a speaker before its length tells anything."""

DENSITY = 6.0
"""One parting word in so many words more than this weighs half, two weigh all."""

FAREWELL = 3.0
"""How much more farewell words count towards parting than their density: two in sixty words are a goodbye."""

ASKED = 0.5
"""What a question mark somewhere in the last characters counts, against one at the very end."""

_END = 200
"""Characters at a message's end in which a question is looked for."""

_QUESTIONS = ("?", "？", "؟")
_NOTHING = frozenset(" \t\r\n.…·•*_-–—~`\u200b\u2060|/\\()[]{}<>")
_CLOSERS = " \t\r\n*_\"”'»)」』"


class Habits(Struct):
    """Keeps what a speaker does in living turns: means of its readings, its length in words, its markers."""

    turns: int = 0
    marked: int = 0
    length: float = 0.0
    asks: float = 0.0
    frame: float = 0.0
    parting: list[float] = field(default_factory=lambda: [0.0] * len(KINDS))


class Readings(Struct, frozen=True):
    """Says what was measured on one message; each value in [0, 1].

    Attributes:
        lack: how far its new content words fall short of the upper quartile of the room's living turns.
        stale: share of its content words said lately.
        same: 1.0 when the very words were said lately.
        bare: 1.0 when nothing is in it but white space, dots, or the marker.
        short: how far its length falls short of the speaker's living turns.
        marker: 1.0 for the end marker, less the speaker's habit of it.
        farewell, gratitude, stillness, ending, refusal, exchange: parting words near its end, less the speaker's habit.
        frame: whether it begins or ends as a recent message does, less the speaker's habit.
        mutual: how much all who spoke lately are parting (the least of them).
        standing: how long every message has asked to end.
        unasked: how far it asks less than the speaker's living turns do.
        asks: 1.0 when it ends in a question.
    """

    lack: float
    stale: float
    same: float
    bare: float
    short: float
    marker: float
    farewell: float
    gratitude: float
    stillness: float
    ending: float
    refusal: float
    exchange: float
    frame: float
    mutual: float
    standing: float
    unasked: float
    asks: float


READINGS = Readings.__struct_fields__
"""The readings by name, in order."""


class Gauge(Struct):
    """Holds what is remembered of a conversation, bounded; `read` measures the next message and remembers it."""

    known: dict[str, None] = field(default_factory=dict)
    living: list[int] = field(default_factory=list)
    rich: float = 0.0
    recent: list[int] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    partings: list[tuple[str, float]] = field(default_factory=list)
    streak: int = 0
    seats: dict[str, Habits] = field(default_factory=dict)

    def read(self, speaker: str, text: str, *, asks_end: bool, markers: tuple[str, ...] = ()) -> Readings:
        """Measure a message and remember it."""
        speaker = speaker[:LONGEST_NAME]
        body = without_marker(text, markers) if asks_end else text
        words, content = _cut(body)
        habits, length = self._habits(speaker), len(words)
        new, kinds = self._remember(content)
        parting = _densities(parting_words(body, words), length)
        asks, frame = _asks(body), self._frame(words)
        bare = float(not words and _NOTHING.issuperset(body[:_END]))
        same = float(self._said_before(words or body.split()))
        lack = max(0.0, 1.0 - new / max(self.rich, FEWEST_NEW)) if self.living else 0.0
        marker = 1.0 - habits.marked / (habits.turns + 1) if asks_end else 0.0
        less = [max(0.0, now - usual) for now, usual in zip(parting, habits.parting, strict=True)]
        self.streak = self.streak + 1 if asks_end else 0
        readings = Readings(
            lack=lack,
            stale=1.0 - new / kinds if kinds >= FEWEST_KINDS else 0.0,
            same=same,
            bare=bare,
            short=_shorter(length, habits),
            marker=marker,
            farewell=less[0],
            gratitude=less[1],
            stillness=less[2],
            ending=less[3],
            refusal=less[4],
            exchange=less[5],
            frame=max(0.0, frame - habits.frame),
            mutual=self._mutual(speaker, max(marker, min(1.0, FAREWELL * less[0]), bare if habits.turns else 0.0)),
            standing=min(1.0, self.streak / STANDING),
            unasked=max(0.0, habits.asks - asks),
            asks=asks,
        )
        if not (bare or same):
            if lack < 1.0 - LIVING:
                _learn(habits, length, (asks, frame, parting), marked=asks_end)
            if lack < 1.0 - LIVING or not (asks_end or parting[0] or parting[4]):
                self._live(new)
        return readings

    def _habits(self, speaker: str) -> Habits:
        habits = self.seats.get(speaker)
        if habits is None:
            if len(self.seats) >= MOST_SEATS:
                del self.seats[next(iter(self.seats))]
            habits = self.seats[speaker] = Habits()
        return habits

    def _live(self, new: int) -> None:
        """Let a turn teach what a turn of this room can bring: the upper quartile of the last ones."""
        self.living.append(new)
        del self.living[:-LIVING_TURNS]
        self.rich = float(sorted(self.living)[3 * len(self.living) // 4 if len(self.living) > 1 else 0])

    def _remember(self, content: list[str]) -> tuple[int, int]:
        """Remember content words; give how many of them are new, and how many different ones there are."""
        known, kinds = self.known, dict.fromkeys(content)
        before = len(known)
        known.update(kinds)
        new = len(known) - before
        if len(known) > MOST_WORDS + SLACK:
            self.known = dict.fromkeys(islice(known, len(known) - MOST_WORDS, None))
        return new, len(kinds)

    def _said_before(self, words: list[str]) -> bool:
        print_ = _print(words)
        same = print_ in self.recent
        self.recent.append(print_)
        del self.recent[:-RECENT]
        return same

    def _frame(self, words: list[str]) -> float:
        if len(words) < FRAME_FROM:
            return 0.0
        prints = [_print(words[:4]), _print(words[-6:])]
        found = sum(0.5 for print_ in prints if print_ in self.frames)
        self.frames += prints
        del self.frames[:-FRAMES]
        return found

    def seats_lately(self) -> int:
        """Count who spoke in the last messages."""
        return len(dict(self.partings))

    def _mutual(self, speaker: str, parting: float) -> float:
        self.partings.append((speaker, parting))
        del self.partings[:-PARTINGS]
        latest = dict(self.partings)
        return min(latest.values()) if len(latest) > 1 else 0.0


def _cut(body: str) -> tuple[list[str], list[str]]:
    """Cut a message into (words, content words); where there is hardly a word, runs of signs stand for both."""
    words = cut_words(cap(body))
    if len(words) >= FEW_WORDS:
        return words, content_words(words)
    runs = cap(body).casefold().split()
    return (runs, runs) if len(runs) >= SIGN_RUNS else (words, words)


def _shorter(length: int, habits: Habits) -> float:
    if habits.turns < FEWEST_TURNS or not habits.length:
        return 0.0
    return max(0.0, 1.0 - length / habits.length)


def _print(words: list[str]) -> int:
    return crc32(" ".join(words).encode("utf-8", "surrogatepass"))


def _densities(counts: list[int], length: int) -> list[float]:
    """Weigh counts of parting words by how many words they stand among."""
    if not any(counts):
        return [0.0] * len(counts)
    among = DENSITY + min(length, TAIL)
    return [min(1.0, DENSITY * count / among) for count in counts]


def _asks(body: str) -> float:
    end = body[-_END:]
    if end.rstrip(_CLOSERS).endswith(_QUESTIONS):
        return 1.0
    return ASKED if any(sign in end for sign in _QUESTIONS) else 0.0


def _learn(habits: Habits, length: int, seen: tuple[float, float, list[float]], *, marked: bool) -> None:
    """Let a living turn teach a speaker's habits."""
    habits.turns += 1
    habits.marked += marked
    habits.length += max(HABIT, 1.0 / habits.turns) * (length - habits.length)
    weight = max(HABIT, 1.0 / (habits.turns + 2))
    asks, frame, parting = seen
    habits.asks += weight * (asks - habits.asks)
    habits.frame += weight * (frame - habits.frame)
    for kind, value in enumerate(parting):
        habits.parting[kind] += weight * (value - habits.parting[kind])
