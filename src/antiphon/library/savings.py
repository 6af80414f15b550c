"""Says what an ending saved: the messages that were not said, what they would have read and written, and its price.

Tokens are counted with the one estimator of a room; input is counted as if every turn resent the full history, without
any system text and without a cache. It runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

from antiphon.measures.tokens import count
from antiphon.room.events import Price

__all__ = ["Saved", "at_length", "saved"]


class Saved(Struct, frozen=True):
    """Is what a room that stopped did not spend.

    Attributes:
        messages: not said.
        written: output tokens not written.
        read: input tokens not read.
        dollars: what that costs, in US dollars.
    """

    messages: int
    written: int
    read: int
    dollars: float


def saved(texts: Sequence[str], kept: int, price: Price) -> Saved:
    """Count what stopping after the first `kept` of these messages saves, at a model's price.

    Args:
        texts: what is said where nobody stops it, oldest first.
        kept: messages that were said.
        price: US dollars a million tokens.
    """
    return _unspent([count(text) for text in texts], kept, price)


def at_length(each: int, messages: int, kept: int, price: Price) -> Saved:
    """Compute what stopping early would save if every message were equally long; nothing is measured.

    Args:
        each: tokens of a message.
        messages: said where nobody stops it.
        kept: messages that were said.
        price: US dollars a million tokens.
    """
    return _unspent([each] * messages, kept, price)


def _unspent(tokens: Sequence[int], kept: int, price: Price) -> Saved:
    before = [0, *accumulate(tokens)]
    written, read = sum(tokens[kept:]), sum(before[place] for place in range(kept, len(tokens)))
    return Saved(len(tokens) - kept, written, read, (written * price.output + read * price.input) / 1e6)
