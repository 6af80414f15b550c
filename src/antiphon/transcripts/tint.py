"""Tints the words of a message, as it was said or as safe HTML, by how surprising they are; drawings and code stay.

Of HTML only text between tags is looked at, and only spans of our own are put around it: taken out again, they leave
the HTML as it was, byte for byte. It knows no event and no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from antiphon.measures.surprise import READ, Shade, Surprise, first_and_last, fused, level_of
from antiphon.measures.words import located
from antiphon.room.quoting import fences, in_fences
from antiphon.transcripts.ascii_art import passages

__all__ = ["shaded", "sparkline", "tinted"]

_TAG = re.compile(r"""<[^<>"']*(?:"[^"]*"[^<>"']*)*>""")
"""A tag as our writers serialise it: attributes stand in double quotes."""

_SIGN = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);|.", re.DOTALL)
"""One sign of a text, as it is or written as an entity."""

_AHEAD = 48
"""Words of the message that the page may have left out before the next one: marks of mark-up, a link's address."""

_MOST_BARS = 240
"""Bars of a sparkline; a longer room's messages share them, so that it stays a picture."""
_HIGH = 40
"""Units that the highest bar is high."""
_BAR = 16
"""Pixels that a bar is wide where the page has room for them all."""


def shaded(message: str, surprise: Surprise) -> tuple[Shade, ...]:
    """Give where a message as it was said is to be tinted: never in drawings and code."""
    still = sorted([*fences(message[:READ]), *_drawings(message[:READ])])
    return tuple(shade for shade in surprise.shades(message) if not in_fences(still, shade[0]))


def _drawings(message: str) -> Iterator[tuple[int, int]]:
    place = 0
    for part in passages(message):
        if part.drawn:
            yield place, place + len(part.text)
        place += len(part.text) + 1


def tinted(safe: str, message: str, surprise: Surprise) -> str:
    """Put a span of class `t1` to `t4` around the surprising words of a message; drawings and code stay plain.

    Args:
        safe: the message as safe HTML.
        message: as it was said.
        surprise: of the message.
    """
    left = _Left(message, surprise)
    made, place, fixed = [], 0, False
    for tag in _TAG.finditer(safe):
        text = safe[place : tag.start()]
        washed = _washed(text, left)  # drawings and code stay as they are, but their words are passed
        made += [text if fixed else washed, tag.group()]
        fixed = (fixed or tag.group().startswith("<pre")) and tag.group() != "</pre>"
        place = tag.end()
    return "".join((*made, _washed(safe[place:], left)))


class _Left:
    """Holds the words of a message that the page has not shown yet, with their levels."""

    def __init__(self, message: str, surprise: Surprise) -> None:
        levels = {start: level_of(bits) for start, _, bits in surprise.words}
        end = surprise.words[-1][1] if surprise.words else 0
        self._words = [(word, levels.get(start, 0)) for start, _, word in located(message[:end])]
        self._next = 0

    @property
    def over(self) -> bool:
        """Tell whether every word was shown."""
        return self._next >= len(self._words)

    def level(self, word: str) -> int:
        """Give the level of the next such word; 0 for words the message does not have near here."""
        for at in range(self._next, min(self._next + _AHEAD, len(self._words))):
            if self._words[at][0] == word:
                self._next = at + 1
                return self._words[at][1]
        return 0


def _washed(text: str, left: _Left) -> str:
    if left.over:
        return text
    made, place = [], 0
    for start, end, level in _stretches(text, left):
        made += [text[place:start], f'<span class="t{level}">{text[start:end]}</span>']
        place = end
    return "".join((*made, text[place:]))


def _stretches(text: str, left: _Left) -> Iterator[tuple[int, int, int]]:
    """Give (start, end, level) in a text of HTML; neighbours of one level are one stretch."""
    plain, places = _read(text)
    began, ended, now = 0, 0, 0
    for start, end, word in located(plain):
        level = left.level(word)
        if level == now and plain[ended:start] in {"", " "}:
            ended = end
            continue
        if now:
            yield places[began], places[ended], now
        began, ended, now = start, end, level
    if now:
        yield places[began], places[ended], now


def _read(text: str) -> tuple[str, range | list[int]]:
    """Give a text of HTML without entities, and where each of its signs stands."""
    if "&" not in text:
        return text, range(len(text) + 1)
    plain: list[str] = []
    places: list[int] = []
    for found in _SIGN.finditer(text):
        sign = unescape(found.group()) if len(found.group()) > 1 else found.group()
        plain.append(sign)
        places += [found.start()] * len(sign)
    return "".join(plain), [*places, len(text)]


# ---------------------------------------------------------------------------------- the whole room


def sparkline(means: list[float]) -> str:
    """Draw a room's surprise, message by message, as a small picture that says the same in words; "" for none.

    Args:
        means: bits a word of each message that has words, oldest first.
    """
    if not means:
        return ""
    bars = fused(means, _MOST_BARS)
    most = max(bars) or 1.0
    path = "".join(f"M{at}.5 {_HIGH}v-{max(1, round(bar / most * _HIGH))}" for at, bar in enumerate(bars))
    return (
        f'<svg class="spark" width="{len(bars) * _BAR}" viewBox="0 0 {len(bars)} {_HIGH}" preserveAspectRatio="none" '
        f'role="img" aria-label="{_told(means)}"><path d="{path}"/></svg>'
    )


def _told(means: list[float]) -> str:
    first, last = first_and_last(means)
    return f"Surprise, message by message: {first:.1f} bits a word in the first quarter, {last:.1f} in the last."
