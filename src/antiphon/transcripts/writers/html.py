"""Writes one self-contained page: dark and light, on paper too, pictures inside, nothing fetched, no script."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from antiphon.room.events import Event
from antiphon.room.journals import Record
from antiphon.transcripts.document import Frame, document
from antiphon.transcripts.footnotes import Footnote
from antiphon.transcripts.page import inside_page
from antiphon.transcripts.telling import events_of, unkept

__all__ = ["PLUGIN", "Html"]


class Html:
    """Writes the page.

    Attributes:
        untinted: writes the same page without the tint of surprising words.
    """

    name = "html"
    suffix = ".html"
    keeps = (
        "speakers", "text", "order", "times", "reasoning", "prompts", "whispers", "outcomes", "notices", "pictures",
    )  # fmt: skip

    def __init__(self, untinted: Html | None = None) -> None:
        """Tint surprising words where there is a way to leave that out."""
        self.untinted = untinted or self

    def write(
        self, told: Sequence[Record] | Sequence[Event], blobs: Callable[[str], tuple[bytes, str] | None]
    ) -> bytes:
        """Write a room's events, its parents' included, as UTF-8."""
        return self.annotated(told, blobs, ())

    def annotated(
        self,
        told: Sequence[Record] | Sequence[Event],
        blobs: Callable[[str], tuple[bytes, str] | None],
        notes: Sequence[Footnote],
    ) -> bytes:
        """Write the same with a reader's notes as footnotes."""
        frame = Frame(notes=tuple(notes), tint=self.untinted is not self)
        return document(events_of(told), inside_page(blobs), frame)

    def report(self, told: Sequence[Record] | Sequence[Event]) -> list[str]:
        """List what is not kept."""
        events = events_of(told)
        return unkept(
            events, kept=("whispers", "reasoning", "outcomes", "notices", "pictures", "prompts", "names", "flags")
        )


PLUGIN = Html(untinted=Html())
