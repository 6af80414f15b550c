"""Cuts a message into what the detectors count: its words and its content words, in any script, at a bounded cost.

Content words are compared by their first letters, so that endings matter less; in scripts written without spaces two
neighbouring characters are one. Where a text has hardly a word (a drawing, a board), its runs of signs stand for words.
It knows no room and no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from antiphon.measures.words import words as unicode_words

__all__ = ["STEM", "cut", "without_marker"]

MOST_CHARACTERS = 1_200
"""Characters of a message that are looked at, half from its start and half from its end: the cost is bounded, and both
the topic and the parting words are in it."""

STEM = 6
"""Letters of a word that are compared: endings of case, number and tense are mostly behind them."""

SHORTEST_CONTENT = 4
"""Letters from which on a word counts as content; shorter ones are mostly grammar. A word with a digit always does."""

FEW_WORDS = 3
"""Words under which a text is looked at for signs instead."""

SIGN_RUNS = 8
"""Runs of signs from which on such a text is a drawing rather than a full stop."""

_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def cut(text: str) -> tuple[list[str], list[str]]:
    """Cut a text, its marker already taken away, into (words, content words), both in order."""
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2
        text = text[:half] + " " + text[-half:]
    words = unicode_words(text)
    if len(words) < FEW_WORDS:
        runs = text.casefold().split()
        return (runs, runs) if len(runs) >= SIGN_RUNS else (words, words)
    if not text.isascii() and _SPACELESS.search(text):
        return words, _neighbours(words)
    return words, [word[:STEM] for word in words if len(word) >= SHORTEST_CONTENT or not word.isalpha()]


def _neighbours(words: list[str]) -> list[str]:
    """Give content words of a text in which single characters are words: two that stand together are one."""
    content: list[str] = []
    before = ""
    for word in words:
        if _SPACELESS.match(word):
            if before:
                content.append(before + word)
            before = word
            continue
        before = ""
        if len(word) >= SHORTEST_CONTENT or not word.isalpha():
            content.append(word[:STEM])
    return content


def without_marker(text: str, markers: Iterable[str]) -> str:
    """Give the text without the marker at its end and without the bold or italic around that."""
    bare = text.rstrip()
    for marker in markers:
        for ending in (bare, bare.rstrip("*_` ")):
            if marker and ending.endswith(marker):
                return ending[: -len(marker)].rstrip("*_` \n\t")
    return bare
