"""The things a foreign file can show: seats, speech, commands, notices, pictures.

Readers make them, `transcript.drafts` turns them into events. They know no format and no event.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = ["Commanded", "Entry", "Noticed", "Painted", "Said", "SeatShown"]


class SeatShown(Struct, frozen=True, kw_only=True):
    """Is a participant as a file shows it.

    Attributes:
        label: how the file names the speaker; unique within a transcript.
        model: the model's name as shown; never checked against models that exist.
        id: the seat's id where the form has one, such as "AI-3"; "" = numbered by order.
    """

    label: str
    model: str
    id: str = ""


class Said(Struct, frozen=True, kw_only=True):
    """Is one message; `speaker` is a seat's label, or a person's name when `person`; `at` None = not told."""

    speaker: str
    text: str
    at: str | None = None
    person: bool = False


class Commanded(Struct, frozen=True, kw_only=True):
    """Is one command that the file shows; it stood in the last message of `speaker` before it.

    `args` are its words without quotes. `guest` is the label of the seat that an `add_ai` brought, where the file
    shows it; `picture` numbers the picture that an `image` led to.
    """

    speaker: str
    name: str
    args: tuple[str, ...] = ()
    outcome: Literal["done", "refused"] = "done"
    reason: str | None = None
    guest: str | None = None
    picture: int | None = None


class Noticed(Struct, frozen=True, kw_only=True):
    """Is a line of the program itself."""

    text: str


class Painted(Struct, frozen=True, kw_only=True):
    """Is a picture that stood here; text forms hold its description only. `picture` pairs it with its command."""

    speaker: str
    description: str
    picture: int | None = None


Entry: TypeAlias = Said | Commanded | Noticed | Painted
