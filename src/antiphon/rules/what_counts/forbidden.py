"""Words that a message must not hold: phrases and simple globs, found in time linear in the text.

They are no regular expressions: what a scenario or a model writes can make no search slow. It knows nothing of
meaning: "b a d" is not "bad".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, ClassVar, Literal
from unicodedata import normalize

from msgspec import Meta

from antiphon.room.contracts import Moment, Verdict
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "Forbidden"]

Phrase = Annotated[str, Meta(min_length=1, max_length=200)]


class Forbidden(RuleSettings, frozen=True, kw_only=True):
    """Flags (or withholds from the others) a message that holds a forbidden phrase.

    Attributes:
        patterns: phrases, found as whole words whatever their case, width or spacing; "*" stands for any letters
            within a word, so that "conscious*" also finds "consciousness".
        penalty: "flag" = recorded, and heard as usual; "withhold" = recorded, and heard by nobody else.
    """

    patterns: Annotated[tuple[Phrase, ...], Meta(min_length=1, max_length=200)]
    penalty: Literal["flag", "withhold"] = "flag"

    hint: ClassVar[str] = "Some words are forbidden here."

    def __post_init__(self) -> None:
        """Refuse a phrase that every text would hold."""
        for pattern in self.patterns:
            if not _plain(pattern).strip("* "):
                msg = f"a forbidden phrase needs at least one letter or sign besides '*', unlike {pattern!r}"
                raise ValueError(msg)

    def terms(self) -> str:
        """Tell the phrases, and what becomes of a message that holds one."""
        listed = ", ".join(f'"{pattern}"' for pattern in self.patterns)
        fate = "is noted" if self.penalty == "flag" else "is heard by nobody else"
        return f"These words are forbidden here: {listed}. A message with one of them {fate}."

    def answer(self, state: State, memory: None, moment: Moment) -> Verdict:  # noqa: ARG002 - the text is enough
        """Name the first phrase of the list that the text holds, and how often."""
        text = _plain(moment.text)
        for pattern in self.patterns:
            times = sum(1 for _ in _search(pattern).finditer(text))
            if times:
                data = {"pattern": pattern, "times": times}
                return Verdict(ok=False, reason="a forbidden phrase", penalty=self.penalty, data=data)
        return Verdict()


def _plain(text: str) -> str:
    """Fold case and width, and every run of white space to one space."""
    return " ".join(normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=1_024)
def _search(pattern: str) -> re.Pattern[str]:
    """Compile a phrase; each "*" is an atomic group, which is left by the first fit and never tried again."""
    first, *others = re.split(r"\*+", _plain(pattern))
    parts = [re.escape(first)] if first else []
    end = r"(?!\w)" if _word(others[-1] if others else first, -1) else ""
    for number, literal in enumerate(others, start=1):
        last = end if number == len(others) else ""
        parts.append(rf"(?>\w*?{re.escape(literal)}{last})" if literal else r"\w*+")
    begin = r"(?<!\w)" if not first or _word(first, 0) else ""
    return re.compile(begin + "".join(parts) + ("" if others else end))


def _word(literal: str, place: int) -> bool:
    return bool(literal) and re.match(r"\w", literal[place]) is not None


PLUGIN = Forbidden
