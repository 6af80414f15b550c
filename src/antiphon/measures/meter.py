"""Measures a conversation message by message: one row of numbers for each, in bounded memory.

The table of a whole conversation is the fold of the incremental form, so that a live room and a recorded one get the
same numbers. It decides nothing, and it does not know which number is good.
"""

from __future__ import annotations

from collections import deque

from antiphon.measures import shape, tokens
from antiphon.measures.address import self_misidentification, speaks_for_other
from antiphon.measures.conversation import Conversation, Facts, Line, lines
from antiphon.measures.fixation import Fixations
from antiphon.measures.lexical import counts
from antiphon.measures.novelty import HISTORY, Pace, Recent, WordIds, distinct, entropy, gain, packed, share_of
from antiphon.measures.prediction import Prequential
from antiphon.measures.repetition import Loops, comparable, jaccard, likeness
from antiphon.measures.rows import News, Phrases, Repeats, Row, Shape, Treats
from antiphon.measures.words import content_words, language, words

__all__ = ["Meter", "measure"]

NEARBY = 8
"""Messages back for near duplicates, the mean of new words and the trend of lengths: two rounds of four seats."""

VOCABULARY = 32
"""Messages back in which a word counts as known."""

TELLING = 400
"""Characters of a message that its language is told by: enough function words, at a known cost."""

ASKED_AGAIN = 8
"""Messages of a seat after which its language is asked again; seldom does one change it."""

GRAMS = 4
"""Words in the n-grams of novelty and echo."""

SHORT_GRAMS = 3
"""Words in the n-grams whose rate a monitor watches: shorter ones repeat sooner."""


class Meter:
    """Measures messages as they come in, in memory that 64 messages of 1,200 characters bound.

    Args:
        facts: names, marker and what else is known beforehand.
        costly: measure `gain` and `bits` too, which take several times the time of all others.
    """

    def __init__(self, facts: Facts | None = None, *, costly: bool = False) -> None:
        """Start before the first message."""
        self.facts = facts or Facts()
        self._seats: dict[str, _Seat] = {}
        self._novelty, self._past = _Novelty(), _Past() if costly else None
        self._loops, self._fixations = Loops(), Fixations()
        self._nearby: deque[str] = deque(maxlen=NEARBY)
        self._lengths: deque[int] = deque(maxlen=NEARBY)
        self._index = 0
        self._at: float | None = None

    def see(self, speaker: str, text: str) -> Row:
        """Hear a message of which nothing but speaker and text is known, and measure it."""
        return self.hear(Line(speaker, text))

    def hear(self, line: Line) -> Row:
        """Hear a message and measure it against everything heard before."""
        heard = _Heard(line)
        seat = self._seats.setdefault(line.speaker, _Seat())
        seat.tell(heard.speech)
        row = Row(
            index=self._index,
            speaker=line.speaker,
            language=seat.language,
            shape=self._shape(heard),
            news=self._news(heard),
            repeats=self._repeats(heard, seat),
            phrases=Phrases(**counts(heard.said, seat.language)),
            treats=self._treats(heard, seat.language),
        )
        seat.said = heard.said
        self._index, self._at = self._index + 1, line.at
        return row

    def _shape(self, heard: _Heard) -> Shape:
        whole = heard.whole
        self._lengths.append(len(heard.every))
        return Shape(
            length=len(heard.said),
            length_whole=len(heard.every),
            characters=len(heard.line.text),
            tokens=tokens.count(heard.line.text),
            shown=heard.shown,
            emoji=shape.emoji_share(whole),
            alphabetic=shape.alphabetic_share(whole),
            slope=shape.slope(self._lengths),
        )

    def _news(self, heard: _Heard) -> News:
        gained, cost = self._past.see(heard.whole) if self._past else (None, None)
        return self._novelty.see(heard.said, heard.every, gained, cost)

    def _repeats(self, heard: _Heard, seat: _Seat) -> Repeats:
        text = comparable(heard.every)
        near = likeness(text, self._nearby)
        self._nearby.append(text)
        content = content_words(heard.said, seat.language)
        return Repeats(
            loop=self._loops.see(heard.line.text),
            near=near,
            jaccard=jaccard(heard.said, seat.said) if seat.seen > 1 else None,
            fixation=self._fixations.see(heard.line.speaker, content),
        )

    def _treats(self, heard: _Heard, language: str | None) -> Treats:
        line, names = heard.line, self.facts.names
        others = [name for other in names if other != line.speaker for name in names[other]]
        others += [other for other in self._seats if other != line.speaker and other not in names]
        return Treats(
            speaks_for_other=speaks_for_other(heard.speech, others),
            self_misidentification=self_misidentification(heard.said, others, language),
            asks_end=line.asks_end or shape.ends_with(line.text, self.facts.marker),
            seconds_between=None if line.at is None or self._at is None else line.at - self._at,
        )


def measure(conversation: Conversation, facts: Facts | None = None, *, costly: bool = False) -> list[Row]:
    """Measure every message of a conversation, oldest first: what `Meter` gives for each of them in turn."""
    meter = Meter(facts, costly=costly)
    return [meter.hear(line) for line in lines(conversation)]


class _Heard:
    """Holds one message cut up: its speech and its whole text, capped, and the words of both."""

    __slots__ = ("every", "line", "said", "shown", "speech", "whole")

    def __init__(self, line: Line) -> None:
        cut = shape.parts(line.text)
        self.line = line
        self.shown = (len(cut.code) + len(cut.art)) / max(1, len(line.text))
        self.speech, self.whole = shape.cap(cut.speech), shape.cap(line.text)
        self.said = words(self.speech)
        self.every = self.said if self.speech == self.whole else words(self.whole)


class _Seat:
    """Remembers of one seat: its language, how many messages it said, the words of the last one."""

    __slots__ = ("language", "said", "seen")

    def __init__(self) -> None:
        self.language: str | None = None
        self.said: list[str] = []
        self.seen = 0

    def tell(self, speech: str) -> None:
        """Tell the language until it is known, and from then on once in eight messages."""
        if self.language is None or self.seen % ASKED_AGAIN == 0:
            self.language = language(speech[:TELLING]) or self.language
        self.seen += 1


class _Novelty:
    """Remembers what the last messages said, as words and packed n-grams."""

    def __init__(self) -> None:
        self._ids, self._pace = WordIds(), Pace()
        self._words: Recent[str] = Recent()
        self._grams: Recent[int] = Recent()
        self._short: Recent[int] = Recent()
        self._previous: frozenset[int] = frozenset()
        self._shares: deque[float] = deque(maxlen=NEARBY)

    def see(self, said: list[str], every: list[str], gained: float | None, cost: float | None) -> News:
        """Measure a message's words, speech and all, against what came before, and remember them."""
        kinds, whole = frozenset(said), self._ids.of(every)
        ids = whole if said is every else self._ids.of(said)
        grams, short = packed(ids, GRAMS), packed(ids, SHORT_GRAMS)
        all_grams = grams if said is every else packed(whole, GRAMS)
        new_words = self._words.new(kinds, VOCABULARY)
        if new_words is not None:
            self._shares.append(new_words)
        news = News(
            novelty=self._grams.new(grams),
            novelty_whole=self._grams.new(all_grams),
            new_grams=self._short.new(short),
            echo=share_of(grams, self._previous),
            echo_whole=share_of(all_grams, self._previous),
            new_words=new_words,
            vocabulary=sum(self._shares) / len(self._shares) if self._shares else None,
            pace=self._pace.see(len(said), round((self._words.new(kinds) or 0) * len(kinds))),
            distinct=distinct(said, 2),
            entropy=entropy(said),
            gain=gained,
            bits=cost,
        )
        self._previous = grams | all_grams
        self._grams.add(self._previous)
        self._short.add(short)
        self._ids.forget(self._words.add(kinds.union(every)))
        return news


class _Past:
    """Remembers what compression and prediction need of what was said."""

    def __init__(self) -> None:
        self._history, self._model = b"", Prequential()

    def see(self, text: str) -> tuple[float | None, float | None]:
        """Give gain and bits of a text, and remember it."""
        found = gain(self._history, text), self._model.see(text)
        self._history = (self._history + text.encode("utf-8", "surrogatepass") + b"\n")[-HISTORY:]
        return found
