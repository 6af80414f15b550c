"""Holds what measures are told of a conversation: who said what, and a few plain facts about the room.

Nothing here comes from events: whoever has events, a transcript or a loop of their own fills these values. It does not
know how a room works.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

__all__ = ["Conversation", "Facts", "Line", "lines"]


class Line(msgspec.Struct, frozen=True):
    """Is one message: who spoke, what was said, and what is known about when.

    Args:
        speaker: a name that is the same for all messages of one seat.
        text: as received; it may be empty.
        at: seconds since any fixed moment; None when it was not recorded.
        asks_end: the speaker asked to end the room with it.
    """

    speaker: str
    text: str
    at: float | None = None
    asks_end: bool = False


Conversation = Iterable[Line | tuple[str, str]]
"""Messages, oldest first: notices and tool output left out."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Says what a room knows beyond its messages; every part may be left out.

    Args:
        names: what each speaker is called: labels, models. A speaker that is missing is called by its own name.
        marker: the string that asks to end when a message ends with it; "" for none.
        reason: why the room ended, in its own word ("consent", "limit", "left", "error" …); None if it did not say.
        absent: names that are not seated or were refused.
        refused_at: index of the first message after which somebody had refused or left, and who; None for nobody.
        cost: US dollars spent; None when unknown.
    """

    names: Mapping[str, tuple[str, ...]] = {}
    marker: str = ""
    reason: str | None = None
    absent: tuple[str, ...] = ()
    refused_at: tuple[int, str] | None = None
    cost: float | None = None

    def called(self, speaker: str) -> tuple[str, ...]:
        """Give what a speaker is called."""
        return self.names.get(speaker, (speaker,))


def lines(conversation: Conversation) -> list[Line]:
    """Give a conversation's messages as `Line`s; pairs of speaker and text become lines without a time."""
    return [said if isinstance(said, Line) else Line(*said) for said in conversation]
