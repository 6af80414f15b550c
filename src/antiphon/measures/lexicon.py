"""Holds the word lists of measures: one versioned TOML file a language, part of the package as its code is.

A list is phrases one a line, or words with spaces between them; beside the lists stand weaker words of parting, which
mean something only near the end of a message and together. Measures and the monitor read the same files, each of them
once. It does not know how anything is found in a text: `lexical.py` does, and the monitor.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

__all__ = ["LANGUAGES", "UNSPACED", "Lexicon", "load"]

LANGUAGES = ("en", "zh", "ja", "de", "ar", "ru")
"""Languages with a lexicon of their own; in all others lexical measures abstain."""

UNSPACED = frozenset({"zh", "ja"})
"""Those of them that are written without spaces: their words are single characters."""


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names a language and the version of its lists, and holds these by name.

    Attributes:
        version: goes up whenever a list changes.
        language: its code.
        lists: text of phrases or words, by name.
        parting: weaker words of parting and pairs of them, by kind.
    """

    version: int
    language: str
    lists: dict[str, str]
    parting: dict[str, tuple[str, ...]] = {}

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
