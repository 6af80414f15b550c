"""Holds what was measured of one message, in groups by what they answer, and gives it as the columns of a table.

Shares are in [0, 1]; None where a measure abstains. Words are those of the first 1,200 characters; lexical measures
leave fenced code and drawings out, and the fields that end in `_whole` count them in. It knows no text.
"""

from __future__ import annotations

import msgspec

from antiphon.measures.fixation import Fixation
from antiphon.measures.repetition import Loop

__all__ = ["Cell", "News", "Phrases", "Repeats", "Row", "Shape", "Treats", "columns"]

Cell = str | int | float | bool | None


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """Says what a message looks like.

    Args:
        length: words of its speech. `length_whole`: words with code and drawings.
        characters: of the whole text, however long.
        tokens: of the whole text, estimated by `pieces-1`.
        shown: share of its characters that are fenced code or a drawing.
        emoji: share of visible characters.
        alphabetic: share of visible characters that are letters or digits.
        slope: trend of the lengths of the last eight messages, as a share of their mean a message; below 0 fading.
    """

    length: int
    length_whole: int
    characters: int
    tokens: int
    shown: float
    emoji: float
    alphabetic: float
    slope: float | None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Says how much of a message is new.

    Args:
        novelty: share of its word 4-grams that were not said in the last 64 messages.
        new_grams: the same of 3-grams.
        echo: share of its word 4-grams that are the previous message's.
        new_words: share of its words that were not said in the last 32 messages.
        vocabulary: mean of `new_words` over the last eight messages with words; below 0.05 the vocabulary is closed.
        pace: its new words as a multiple of what this room's growth lets expect; 1 is as before, 0 nothing new.
        distinct: share of its 2-grams that are different.
        entropy: of its words, in bits a word.
        gain: share of the compressed text that its past does not tell, 0 to 1.1; None unless costly measures are on.
        bits: bits a character by a model that has read only this room, above 0; None unless costly measures are on.
    """

    novelty: float | None
    novelty_whole: float | None
    new_grams: float | None
    echo: float | None
    echo_whole: float | None
    new_words: float | None
    vocabulary: float | None
    pace: float | None
    distinct: float | None
    entropy: float | None
    gain: float | None = None
    bits: float | None = None


class Repeats(msgspec.Struct, frozen=True, kw_only=True):
    """Says what a message repeats.

    Args:
        loop: the exact loop the room is in, None for none.
        near: likeness to the most similar of the last eight messages, 0 when it is below 0.8.
        jaccard: share of words in common with the speaker's own previous message.
        fixation: the earlier message that the seat takes most from, beyond what the others take.
    """

    loop: Loop | None
    near: float
    jaccard: float | None
    fixation: Fixation | None


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """Counts the different phrases of each list of a lexicon; all None in a language without one."""

    farewell: int | None = None
    gratitude: int | None = None
    refusal: int | None = None
    meta: int | None = None
    bliss: int | None = None
    partner_as_human: int | None = None
    absent_user: int | None = None
    urge: int | None = None


class Treats(msgspec.Struct, frozen=True, kw_only=True):
    """Says how a message treats the others, and the end.

    Args:
        speaks_for_other: lines that begin with another seat's name and a colon.
        self_misidentification: others' names that it claims as its speaker's own.
        asks_end: it asks to end the room, or ends with the marker.
        seconds_between: seconds since the previous message; None without times.
    """

    speaks_for_other: int
    self_misidentification: int | None
    asks_end: bool
    seconds_between: float | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Holds all that was measured of one message.

    Args:
        index: of the message, from 0.
        speaker: who said it.
        language: the speaker's, as far as it can be told ("en", "fr"); None when it cannot.
    """

    index: int
    speaker: str
    language: str | None
    shape: Shape
    news: News
    repeats: Repeats
    phrases: Phrases
    treats: Treats


def columns(row: Row) -> dict[str, Cell]:
    """Give a row as one flat line of a table: field name -> value; a loop and a fixation become their numbers."""
    flat: dict[str, Cell] = {"index": row.index, "speaker": row.speaker, "language": row.language}
    for group in (row.shape, row.news, row.repeats, row.phrases, row.treats):
        flat |= msgspec.structs.asdict(group)
    loop, fixation = row.repeats.loop, row.repeats.fixation
    flat |= {"loop": loop.period if loop else None, "fixation": fixation.share if fixation else None}
    return flat
