"""Finds what a text is about: words that stand where a noun does, between an article and a small word.

A guess by place alone, in English; it knows no dictionary.
"""

from __future__ import annotations

import re

__all__ = ["nouns"]

_NOUN = re.compile(
    r"\b(?:the|a|an|my|your|his|her|our|their|this) ([^\W\d_]{4,24})"
    r"(?=[.,;:?!—]|$| (?:of|in|on|at|with|that|which|who|and|or|is|was|to|from|by|before|after|when|has|had)\b)"
)

_DULL = frozenset(
    {"first", "kind", "last", "least", "most", "next", "other", "others", "same", "second", "sort", "third"}
)
"""Words that stand where a noun does and are about nothing."""


def nouns(*texts: str) -> list[str]:
    """List the nouns of some texts in lower case, each once, in the order in which they come."""
    return [noun for noun in dict.fromkeys(_NOUN.findall(" ".join(texts).lower())) if noun not in _DULL]
