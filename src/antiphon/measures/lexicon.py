"""Holds the word lists of measures: one versioned TOML file a language, part of the package as its code is.

A list is phrases one a line, or words with spaces between them. Nothing is read but these files, and each of them
once. It does not know how a phrase is found in a text: `lexical.py` does.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

__all__ = ["LANGUAGES", "Lexicon", "load"]

LANGUAGES = ("en", "zh", "ja", "de", "ar", "ru")
"""Languages with a lexicon of their own; in all others lexical measures abstain."""


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names a language, the version of its lists, and the lists: text by name."""

    version: int
    language: str
    lists: dict[str, str]

    def words(self, name: str) -> frozenset[str]:
        """Give a list whose entries are single words; empty when there is none of this name."""
        return frozenset(self.lists.get(name, "").split())

    def phrases(self, name: str) -> tuple[str, ...]:
        """Give a list whose entries are phrases, one a line; empty when there is none of this name."""
        lines = (line.strip() for line in self.lists.get(name, "").splitlines())
        return tuple(line for line in lines if line)


@cache
def load(language: str) -> Lexicon:
    """Read the lexicon of a language, or "others": function words of languages that have none.

    Raises:
        FileNotFoundError: there is no lexicon of this language.
    """
    text = files("antiphon.measures").joinpath("lexicons", f"{language}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Lexicon)
