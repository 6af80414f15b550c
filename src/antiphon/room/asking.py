"""What a rule asks of a seat, or of a model without one, before it can answer its own question.

An `Ask` is a value: who is asked, in which words, how long it may take, and what counts as an answer. Answers are
read strictly, for what models write is data: a bare number, or one of the labels that were offered. It knows neither
rules nor who carries an ask out.
"""

from __future__ import annotations

import re
from typing import Literal
from unicodedata import normalize

from msgspec import Struct

__all__ = ["JUDGE", "NOT_SEATED", "Ask", "read"]

NOT_SEATED = "moderator"
"""Stands as the seat of a request to a model that moderates and has none; no seat's id is ever so."""

JUDGE = "judge"
"""Stands as the seat of a request to the monitor's judge; no seat's id is ever so."""

_AROUND = " \t\r\n*_`\"'“”‘’.!"
"""What may stand around an answer: white space, emphasis, quotation marks, and a full stop."""
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?", re.ASCII)
_LONGEST = 200
"""Characters of an answer that are looked at; no number and no label is longer."""


class Ask(Struct, frozen=True, kw_only=True):
    """Is a question to several seats, one after the other, or to one model.

    Attributes:
        rule: key of the rule that asks, such as "who_speaks.bidding"; its answers are noted under it.
        purpose: as in `turn.requested`.
        seats: ids of who is asked, in order; `(NOT_SEATED,)` or `(JUDGE,)` when `model` is.
        model: id or name of a model that sits nowhere; "" = the seats' own speakers.
        question: the notice that ends the small view.
        system: system text of a model that sits nowhere; "" = a moderator's.
        quoted: lines shown as material between the latest parts and the question, each a user's message.
        seconds: time limit of each request.
        tokens: largest answer.
        last: how many of the latest parts are shown before the question.
        choices: what may be answered, and what it means; () = a number from 0 to `most`.
        most: the largest number.
    """

    rule: str
    purpose: Literal["bid", "moderate", "judge"]
    seats: tuple[str, ...]
    question: str
    seconds: float
    tokens: int = 16
    last: int = 8
    model: str = ""
    system: str = ""
    quoted: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    most: float = 10


def read(ask: Ask, text: str) -> str | float | None:
    """Read an answer strictly; None when it is neither a number in range nor one of the choices, alone.

    Example:
        >>> bid = Ask(rule="who_speaks.bidding", purpose="bid", seats=("AI-1",), question="?", seconds=1)
        >>> read(bid, " **7** "), read(bid, "about 7"), read(bid, "11")
        (7.0, None, None)
    """
    if len(text) > _LONGEST:
        return None
    bare = text.strip(_AROUND)
    if ask.choices:
        return next((meant for said, meant in ask.choices if _plain(said) == _plain(bare)), None)
    if _NUMBER.fullmatch(bare) is None:
        return None
    number = float(bare.replace(",", "."))
    return number if number <= ask.most else None


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().split()).strip(_AROUND)
