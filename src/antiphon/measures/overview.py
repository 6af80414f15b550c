"""Sums up a conversation: how it ended, where its last matter was said, who said how much, and what it cost.

It looks back over what is complete; for a room that still runs, ask the monitor. It knows no room, and whether an end
was right is not its question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from antiphon.measures.address import awaits_absent, pressure
from antiphon.measures.conversation import Conversation, Facts, Line, lines
from antiphon.measures.drift import NOTHING, Background, drift
from antiphon.measures.meter import measure
from antiphon.measures.rows import Row
from antiphon.measures.shape import cap
from antiphon.measures.words import words

__all__ = ["EndState", "Summary", "end_state", "substance", "summary", "t_loop", "t_sub"]

EndState = Literal[
    "consent",
    "limit",
    "exact_loop",
    "near_loop",
    "emoji",
    "silence",
    "farewell_loop",
    "meta_loop",
    "bliss",
    "refusal",
    "left",
    "alive",
    "error",
]
"""How a conversation stood at its last message."""

TAIL = 8
"""Messages at the end that tell the state: two rounds of four seats."""

QUIET = 4
"""Messages without a word, at the end, that are silence rather than a pause for effect."""

HALF = 0.5
"""Share of the tail that must look alike before the tail has a name."""

BARE = 4
"""Words up to which a message is a nod, a marker or a sign-off, and adds nothing."""

LEAST = 0.3
"""Substance a message that a room must bring to be worth going on; from 0.3 to 0.5 the end found is much the same."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Sums up a conversation. Indices count messages from 0; None where there is none.

    Args:
        messages: in it. `tokens`: of all texts, estimated by `pieces-1`. `cost`: US dollars, None when unknown.
        end_state: how it stood at its last message.
        t_end: index of the last message.
        t_sub: index of the last message of substance.
        t_loop: index of the first message of the loop, exact or near, in which it ends.
        turns: share of the messages by speaker; `spoken`: share of the tokens by speaker. Both sum to 1.
        drift: distance in [0, 1] of each speaker's last eight messages from its first eight.
        awaited: absent names that were addressed three times or more, with how often.
        pressure: share in [0, 1] of the messages after a refusal that urge or turn to the one that refused.
    """

    messages: int
    tokens: int
    cost: float | None
    end_state: EndState
    t_end: int | None
    t_sub: int | None
    t_loop: int | None
    turns: dict[str, float]
    spoken: dict[str, float]
    drift: dict[str, float | None]
    awaited: dict[str, int]
    pressure: float | None


def summary(conversation: Conversation, facts: Facts | None = None, background: Background = NOTHING) -> Summary:
    """Sum up a conversation.

    Args:
        conversation: messages, oldest first.
        facts: what the room knows beyond them.
        background: words of other rooms, this one left out, for `drift`.
    """
    said, known = lines(conversation), facts or Facts()
    rows = measure(said, known)
    tokens = Counter[str]()
    for row in rows:
        tokens[row.speaker] += row.shape.tokens
    return Summary(
        messages=len(rows),
        tokens=tokens.total(),
        cost=known.cost,
        end_state=end_state(rows, known),
        t_end=len(rows) - 1 if rows else None,
        t_sub=t_sub(rows),
        t_loop=t_loop(rows),
        turns=_shares(Counter(row.speaker for row in rows)),
        spoken=_shares(tokens),
        drift={
            seat: drift([words(cap(line.text)) for line in said if line.speaker == seat], background) for seat in tokens
        },
        awaited=awaits_absent((line.text for line in said), known.absent),
        pressure=_pressure(said, rows, known),
    )


def substance(row: Row) -> float:
    """Give what a message adds, in [0, 1]: its new words at this room's own pace; 0 for a nod, and for a repetition.

    It reads no lexicon, so a translation has the same substance. Before the room has a pace it is 1.
    """
    if row.shape.length_whole <= BARE or row.repeats.loop or row.repeats.near:
        return 0.0
    return 1.0 if row.news.pace is None else min(1.0, row.news.pace)


def t_sub(rows: Sequence[Row]) -> int | None:
    """Give the index of the last message of substance; None when there was none.

    It is where the sum of what each message adds, less 0.3 for each, is highest: from there on the room brought less
    than that a message, whatever a single one may have brought.

    Source: E. S. Page, "Continuous inspection schemes" (1954), read backwards.
    """
    total, highest, last = 0.0, 0.0, None
    for row in rows:
        total += substance(row) - LEAST
        if total >= highest:
            highest, last = total, row.index
    return last


def t_loop(rows: Sequence[Row]) -> int | None:
    """Give the index of the first message of the loop in which a conversation ends; None when it ends in none.

    An exact loop begins with its first pass; a near one with the first message that is like one of the eight before
    it, when all after it are so too.
    """
    if not rows:
        return None
    if loop := rows[-1].repeats.loop:
        return loop.start
    near = next((row.index for row in reversed(rows) if not row.repeats.near), len(rows))
    return near + 1 if len(rows) - near > QUIET else None


def end_state(rows: Sequence[Row], facts: Facts | None = None) -> EndState:
    """Name how a conversation stood at its last message.

    What the room said of itself (an error, a seat that left, consent) comes first; then the plain signs at the end;
    then, if the last eight messages bring no substance any more, what they mostly say; then the limit, or "alive".
    """
    reason = (facts or Facts()).reason
    for state in _SAID:
        if reason == state:
            return state
    tail = rows[-TAIL:]
    for state, holds in _SIGNS:
        if tail and holds(tail):
            return state
    if (len(rows) - 1 if rows else 0) - (t_sub(rows) or 0) >= TAIL:
        return _mostly(tail)
    return "limit" if reason == "limit" else "alive"


def _mostly(tail: Sequence[Row]) -> EndState:
    """Name a tail without substance by the list whose phrases most of its messages hold; by none, a near loop."""
    held = {
        state: max(sum(bool(getattr(row.phrases, name)) for row in tail) for name in names)
        for state, names in _TALK.items()
    }
    state = max(held, key=held.__getitem__)
    return state if held[state] >= HALF * len(tail) else "near_loop"


def _agreed(tail: Sequence[Row]) -> bool:
    """Say whether every speaker's last message asks to end."""
    last = {row.speaker: row.treats.asks_end for row in tail}
    return len(last) > 1 and all(last.values())


def _silent(tail: Sequence[Row]) -> bool:
    return len(tail) >= QUIET and not any(row.shape.length_whole or row.shape.emoji for row in tail[-QUIET:])


def _emoji(tail: Sequence[Row]) -> bool:
    return len(tail) >= QUIET and sum(row.shape.emoji for row in tail[-QUIET:]) >= HALF * QUIET


def _looping(tail: Sequence[Row]) -> bool:
    return tail[-1].repeats.loop is not None


def _near(tail: Sequence[Row]) -> bool:
    return len(tail) >= QUIET and all(row.repeats.near for row in tail[-QUIET:])


def _refusing(tail: Sequence[Row]) -> bool:
    return len(tail) >= QUIET and sum(bool(row.phrases.refusal) for row in tail) >= HALF * len(tail)


_SAID: tuple[EndState, ...] = ("error", "left", "consent")
"""What a room may say of its own end, and is believed."""

_SIGNS: tuple[tuple[EndState, Callable[[Sequence[Row]], bool]], ...] = (
    ("consent", _agreed),
    ("silence", _silent),
    ("emoji", _emoji),
    ("exact_loop", _looping),
    ("refusal", _refusing),
    ("near_loop", _near),
)
"""Plain signs that the end may show; the first that holds names it."""

_TALK: dict[EndState, tuple[str, ...]] = {
    "farewell_loop": ("farewell", "gratitude"),
    "meta_loop": ("meta",),
    "bliss": ("bliss",),
}
"""What an end without substance may mostly say, with the lists that tell; between equals the first."""


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = counts.total()
    return {name: count / total for name, count in counts.items()} if total else {}


def _pressure(said: Sequence[Line], rows: Sequence[Row], facts: Facts) -> float | None:
    if facts.refused_at is None:
        return None
    index, refuser = facts.refused_at
    after = [(line.text, row.language) for line, row in zip(said, rows, strict=True) if line.speaker != refuser]
    skipped = sum(line.speaker != refuser for line in said[: index + 1])
    heard = after[skipped:]
    return pressure([text for text, _ in heard], facts.called(refuser), [language for _, language in heard])
