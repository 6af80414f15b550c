"""Counts tokens without any download: `pieces-1`, the one estimator of a room.

A piece is at most six letters with one leading space, at most three digits, one other visible character, one
character of a script written without spaces, or a run of white space. Rules count with it; a provider's own usage
settles costs only. It knows no model: expect 0.8 to 1.3 times a real tokenizer's count on English prose.
"""

from __future__ import annotations

import re

__all__ = ["count", "pieces"]

_PIECE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
    r"| ?[^\W\d_]{1,6}| ?\d{1,3}|\s+| ?[\W_]"
)


def pieces(text: str) -> list[str]:
    """Cut a text into pieces; joined, they are the text again."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """Count the pieces of a text: an estimate of its tokens."""
    return len(_PIECE.findall(text))
